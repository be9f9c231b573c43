/** `run()`: selects a transport from code, command line and environment, and serves a server over it. */
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

export interface ProcessOptions {
  /** `own`: shut down on signals, and exit when the last transport stops. `host`: leave the process alone. @default 'own' */
  process?: 'own' | 'host'
}

/** A transport by name, with the options that all network transports share. A transport's own function, such as `http()`, accepts more options. */
export interface RunOptions extends ProcessOptions {
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

const OPTIONS: OptionNames<RunOptions> = { transport: true, host: true, port: true, path: true, allowedHosts: true, allowedOrigins: true, process: true }

/** Starts, and registers with a launching command, synchronously. A server file therefore need not await `run()`. */
export function run(server: ServerDefinition, target: Transport | RunOptions, options: ProcessOptions): Promise<Running> {
  const launch = currentLaunch()
  const begin = (served: ServerDefinition = server): Promise<Running> => start(served, target, options, launch)
  return launch ? launch.run(server, begin) : begin()
}

async function start(server: ServerDefinition, target: Transport | RunOptions, options: ProcessOptions, launch: Launch | undefined): Promise<Running> {
  checkTarget(target, options)
  const owner = ('serve' in target ? options : target).process ?? 'own'
  rejectOldNode(owner)
  const transport = await choose(target, launch)
  const running = await (owner === 'own' ? serveOwned(transport, server) : transport.serve(server))
  announce(server, transport, running, launch)
  return running
}

async function choose(target: Transport | RunOptions, launch: Launch | undefined): Promise<Transport> {
  const { transport: flag, ...flags } = launch?.flags ?? {}
  if ('serve' in target && (flag === undefined || flag === target.name)) {
    rejectAddress(target.name, flags)
    return target.name !== 'stdio' && Object.keys(flags).length > 0 ? target.configure(flags) : target
  }
  const { transport, process: _, ...rest } = 'serve' in target ? {} : target
  const name = flag ?? transport ?? variable('GANGWAY_TRANSPORT') ?? 'stdio'
  if (name === 'stdio' && flag === undefined) checkOptions('run()', target, OPTIONS)
  // If the command line selects stdio, an address in code is not an error: it was written for the transport in code.
  rejectAddress(name, flag === undefined ? { ...rest, ...flags } : flags)
  return loadTransport(name, name === 'stdio' ? {} : { ...rest, ...flags })
}

/** Rejects values that are not a transport or options. The transport's own function checks the options that `RunOptions` lacks. */
function checkTarget(target: unknown, options: ProcessOptions): void {
  if (typeof target === 'string') throw new GangwayError('GANGWAY_E_USAGE', `run() does not accept a name. Write run({ transport: ${JSON.stringify(target)} })`)
  if (typeof target === 'function') throw new GangwayError('GANGWAY_E_USAGE', `run() expects a transport, but ${target.name || 'this'} is a function that creates one. Call it: run(${target.name || 'http'}())`)
  if (!isObject(target)) checkOptions('run()', target, OPTIONS)
  checkOptions('run(transport, options)', options, { process: true } satisfies OptionNames<ProcessOptions>)
}

/** If `run()` owns the process, prints one line without a stack and exits, because only another Node.js helps. Otherwise throws `GANGWAY_E_NODE_VERSION`. */
function rejectOldNode(owner: 'own' | 'host'): void {
  const process = hostProcess()
  const fault = process && unsupportedNode(process)
  if (!fault) return
  if (owner === 'host') throw fault
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
