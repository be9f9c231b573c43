/** `run()` and `serve()`: select a transport from code, command line and environment, and serve a server over it. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { hostProcess, variable } from './host-process.ts'
import { currentLaunch, type Launch } from './launch.ts'
import { logsPretty } from '../logging/logger.ts'
import { loadTransport, type TransportName } from './load-transport.ts'
import { serveOwned } from './process-lifecycle.ts'
import { unsupportedNode } from './supported-node.ts'
import type { Running, Transport } from './server-transport.ts'

/** A transport by name, with the options that all network transports share. A transport's own function, such as `http()`, accepts more options. */
export interface RunOptions {
  /** The name of the transport. Its package must be installed. @default `GANGWAY_TRANSPORT`, else 'stdio' */
  transport?: TransportName
  /** @default `GANGWAY_HOST`, else '127.0.0.1' */
  host?: string
  /** 0 selects any free port. @default `GANGWAY_PORT`, else `PORT`, else 8000 */
  port?: number
  /** @default `GANGWAY_PATH`, else '/mcp', or '/sse' */
  path?: string
  /** Host names that clients may use in the `Host` header, or 'any'. Required to listen on anything but loopback. @default loopback names */
  allowedHosts?: readonly string[] | 'any'
  /** Origins of web pages that may call the server, or 'any'. @default pages of the allowed hosts */
  allowedOrigins?: readonly string[] | 'any'
}

const OPTIONS: OptionNames<RunOptions> = { transport: true, host: true, port: true, path: true, allowedHosts: true, allowedOrigins: true }

/** The method of the server that was called. `run` owns the process; `serve` leaves it to the program. */
type Method = 'run' | 'serve'

/** `args` are those of the call. Starts, and registers with a launching command, synchronously. A server file therefore need not await the call. */
export function start(method: Method, server: ServerDefinition, args: readonly unknown[]): Promise<Running> {
  const launch = currentLaunch()
  const begin = (served: ServerDefinition = server): Promise<Running> => serveOn(method, served, args, launch)
  return launch ? launch.run(server, begin) : begin()
}

async function serveOn(method: Method, server: ServerDefinition, args: readonly unknown[], launch: Launch | undefined): Promise<Running> {
  const target = checkTarget(method, args)
  rejectOldNode(method)
  const transport = await choose(method, target, launch)
  const running = await (method === 'run' ? serveOwned(transport, server) : transport.serve(server))
  announce(server, transport, running, launch)
  return running
}

async function choose(method: Method, target: Transport | RunOptions, launch: Launch | undefined): Promise<Transport> {
  const { transport: flag, ...flags } = launch?.flags ?? {}
  if ('serve' in target && (flag === undefined || flag === target.name)) {
    rejectAddress(target.name, flags)
    return target.name !== 'stdio' && Object.keys(flags).length > 0 ? target.configure(flags) : target
  }
  const { transport, ...rest } = 'serve' in target ? {} : target
  const name = flag ?? transport ?? variable('GANGWAY_TRANSPORT') ?? 'stdio'
  if (name === 'stdio' && flag === undefined) checkOptions(`${method}()`, target, OPTIONS)
  // If the command line selects stdio, an address in code is not an error: it was written for the transport in code.
  rejectAddress(name, flag === undefined ? { ...rest, ...flags } : flags)
  return loadTransport(name, name === 'stdio' ? {} : { ...rest, ...flags })
}

/** Rejects values that are not a transport or options. The transport's own function checks the options that `RunOptions` lacks. */
function checkTarget(method: Method, [target = {}, ...others]: readonly unknown[]): Transport | RunOptions {
  const usage = (message: string): GangwayError => new GangwayError('GANGWAY_E_USAGE', `${method}() ${message}`)
  if (typeof target === 'string') throw usage(`does not accept a name. Write ${method}({ transport: ${JSON.stringify(target)} })`)
  if (typeof target === 'function') throw usage(`expects a transport, but ${target.name || 'this'} is a function that creates one. Call it: ${method}(${target.name || 'http'}())`)
  if (!isObject(target)) checkOptions(`${method}()`, target, OPTIONS)
  const object = target as Transport | RunOptions
  if ('~gangway' in object) throw usage(`expects a transport, not a server. Write ${method}({ transport: "http" })`)
  if (others.some((other) => other !== undefined) || 'process' in object) throw usage('has no option "process" and no second argument. To leave signals and the exit to the program, call server.serve(transport) instead of server.run()')
  return object
}

/** `run()` prints one line without a stack and exits, because only another Node.js helps. `serve()` throws `GANGWAY_E_NODE_VERSION`. */
function rejectOldNode(method: Method): void {
  const process = hostProcess()
  const fault = process && unsupportedNode(process)
  if (!fault) return
  if (method === 'serve') throw fault
  console.error(`gangway: ${fault.code}: ${fault.message}`)
  process.exit(1)
}

/** The options of an address, with their flags in `gangway run`. */
const FLAGS: Readonly<Record<string, string>> = { host: '--host', port: '--port', path: '--path', allowedHosts: '--allowed-host', allowedOrigins: '--allowed-origin', sessions: '--stateless' }

/** stdio has no address. `authenticate` is accepted, because an operator may set it for every transport. */
function rejectAddress(name: string, { authenticate: _, ...options }: { readonly authenticate?: unknown }): void {
  const [option] = name === 'stdio' ? Object.keys(options).filter((key) => options[key as keyof object] !== undefined) : []
  const shown = option !== undefined && Object.hasOwn(FLAGS, option) ? `${option} (${FLAGS[option]})` : option
  if (option) throw new GangwayError('GANGWAY_E_USAGE', `${shown} is not supported by the stdio transport. Use the ${option === 'sessions' ? 'http' : 'http or sse'} transport, or remove it`)
}

function announce({ info, logger }: ServerDefinition, { name }: Transport, { url }: Running, launch: Launch | undefined): void {
  const level = url === undefined ? 'debug' : 'info' // stdio has no URL to announce.
  if (!hostProcess()?.stderr?.isTTY || !logsPretty()) logger[level]({ transport: name, url }, `Serving ${info.name}`)
  else if (launch?.banner !== false) console.error(`${info.title ?? info.name} ${info.version}\n${url ?? 'MCP on stdio; press Ctrl+D to stop'}`)
}
