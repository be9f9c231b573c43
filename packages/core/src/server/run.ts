/** `run()`: from a server and a few words to a served server. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { checkOptions, type OptionNames } from '../option-names.ts'
import type { ServerDefinition } from './definition.ts'
import { hostProcess, variable } from './host.ts'
import { currentLaunch, type Launch } from './launch.ts'
import { logsPretty } from './logger.ts'
import { loadTransport, type TransportName } from './load-transport.ts'
import { serveOwned } from './owner.ts'
import { unsupportedNode } from './supported-node.ts'
import type { Running, Transport } from './transport.ts'

export interface ProcessOptions {
  /** `own`: end the process on signals and when nothing is served any more. `host`: leave the process alone. @default 'own' */
  process?: 'own' | 'host'
}

/** A transport by name, with the options that all network transports share; its own function, such as `http()`, takes more. */
export interface RunOptions extends ProcessOptions {
  /** Loads the transport's package. @default `GANGWAY_TRANSPORT`, else 'stdio' */
  transport?: TransportName
  /** @default `GANGWAY_HOST`, else '127.0.0.1' */
  host?: string
  /** 0 takes any free one. @default `GANGWAY_PORT`, else `PORT`, else 8000 */
  port?: number
  /** @default `GANGWAY_PATH`, else '/mcp', or '/sse' */
  path?: string
  /** Host names that clients may address, or 'any'. Required to serve beyond loopback. @default loopback names */
  allowedHosts?: readonly string[] | 'any'
  /** Origins of web pages that may call, or 'any'. @default pages of the allowed hosts */
  allowedOrigins?: readonly string[] | 'any'
}

const OPTIONS: OptionNames<RunOptions> = { transport: true, host: true, port: true, path: true, allowedHosts: true, allowedOrigins: true, process: true }

/** Starts at once and is known to a launching command at once, so a file need not await it. */
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
  // An address in code is for the transport that the code names; a command line may choose another.
  rejectAddress(name, flag === undefined ? { ...rest, ...flags } : flags)
  return loadTransport(name, name === 'stdio' ? {} : { ...rest, ...flags })
}

/** What else than `RunOptions` a transport by name takes is for its own function to know. */
function checkTarget(target: unknown, options: ProcessOptions): void {
  if (typeof target === 'string') throw new GangwayError('GANGWAY_E_USAGE', `run() takes no name by itself: write run({ transport: ${JSON.stringify(target)} })`)
  if (typeof target === 'function') throw new GangwayError('GANGWAY_E_USAGE', `run() takes a transport, and ${target.name || 'this'} is a function that makes one: call it, as in run(${target.name || 'http'}())`)
  if (!isObject(target)) checkOptions('run()', target, OPTIONS)
  checkOptions('run(transport, options)', options, { process: true } satisfies OptionNames<ProcessOptions>)
}

/** Whoever owns the process prints one line and no stack: only another Node.js helps. Throws `GANGWAY_E_NODE_VERSION`. */
function rejectOldNode(owner: 'own' | 'host'): void {
  const process = hostProcess()
  const fault = process && unsupportedNode(process)
  if (!fault) return
  if (owner === 'host') throw fault
  console.error(`gangway: ${fault.code}: ${fault.message}`)
  process.exit(1)
}

/** Who may come in is no question on stdio, and none of its address. */
function rejectAddress(name: string, { authenticate: _, ...options }: { readonly authenticate?: unknown }): void {
  const [option] = name === 'stdio' ? Object.keys(options).filter((key) => options[key as keyof object] !== undefined) : []
  const [shown, others] = option === 'sessions' ? ['sessions (--stateless)', 'http'] : [option, 'http or sse']
  if (option) throw new GangwayError('GANGWAY_E_USAGE', `${shown} has no effect on stdio: choose the ${others} transport, or leave it out`)
}

function announce({ info, logger }: ServerDefinition, { name }: Transport, { url }: Running, launch: Launch | undefined): void {
  const level = url === undefined ? 'debug' : 'info' // Nobody asks where stdio is.
  if (!hostProcess()?.stderr?.isTTY || !logsPretty()) logger[level]({ transport: name, url }, `Serving ${info.name}`)
  else if (launch?.banner !== false) console.error(`${info.title ?? info.name} ${info.version}\n${url ?? 'MCP on stdio; end it with Ctrl+D'}`)
}
