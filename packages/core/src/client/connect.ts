/** `connect()`: opens a transport, negotiates the protocol revision, and returns a ready client. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { onAbort } from '../util/on-abort.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import { checkNumbers, TIMEOUT, type NumberRules } from '../util/check-numbers.ts'
import type { ClientCapabilities, Implementation } from '../protocol/types/base-types.ts'
import { isLogLevel, type LogLevel } from '../protocol/types/log-level.ts'
import { isolateErrors } from './isolate-errors.ts'
import { capabilitiesOf, createInputResponder, type InputHandlers } from './input-handlers.ts'
import { Client } from './mcp-client.ts'
import { ClientConnection } from './client-connection.ts'
import { ClientError } from './client-errors.ts'
import { handshake } from './legacy-client-era.ts'
import { negotiate, type NegotiationOptions } from './negotiate.ts'
import type { ServerDescription } from './server-description.ts'
import type { Settings } from './client-settings.ts'
import type { ClientTransport } from './client-transport.ts'

export interface LogMessage {
  readonly level: LogLevel
  readonly data: unknown
  readonly logger?: string
}

export interface ClientOptions extends InputHandlers, NegotiationOptions {
  /** Name and version that the client sends to the server. */
  info?: Implementation
  /** Capabilities to declare in addition to those implied by `elicit`, `sample` and `roots`. */
  capabilities?: ClientCapabilities
  /** Milliseconds to wait for a response. Progress resets the timer. @default 60,000 */
  timeout?: number
  /** Maximum total milliseconds to wait for a response, regardless of progress. @default 3,600,000 */
  totalTimeout?: number
  /** Minimum level of the log messages that `onLog` receives. @default 'info' with `onLog`, else what the server likes */
  logLevel?: LogLevel
  onLog?: (message: LogMessage) => void
  /** Called for every notification from the server, including those that have their own callback, such as log messages. */
  onNotification?: (method: string, params: Params) => void
  /** Called for server faults that affect no request, such as a banner printed on stdout. @default ignored, but told of when a request fails for it */
  onFault?: (error: ClientError) => void
  /** Aborts connecting. It has no effect once the client is connected. */
  signal?: AbortSignal
}

export const CLIENT_OPTIONS: OptionNames<ClientOptions> = {
  info: true,
  capabilities: true,
  elicit: true,
  sample: true,
  roots: true,
  revision: true,
  preferredRevision: true,
  knownServer: true,
  probeTimeout: true,
  timeout: true,
  totalTimeout: true,
  logLevel: true,
  onLog: true,
  onNotification: true,
  onFault: true,
  signal: true,
}
/** Names that other MCP clients use for these options, for the suggestion in the error message. */
const MEANT: ReadonlyMap<string, string> = new Map([['protocolVersion', 'revision'], ['clientInfo', 'info']])
const NUMBERS: NumberRules<ClientOptions> = { timeout: TIMEOUT, totalTimeout: TIMEOUT, probeTimeout: TIMEOUT }

const INFO: Implementation = { name: 'gangway-client', version: '0' }

/**
 * Connects to a server and resolves once both sides have agreed on a protocol revision. If connecting fails, the connection is closed.
 * Throws `ClientError`, `PeerError` if the server rejects the handshake, and `GANGWAY_E_USAGE` for unknown options and values out of range.
 */
export async function connect(transport: ClientTransport, options: ClientOptions = {}): Promise<Client> {
  const { connection, server } = await connectTo(transport, options)
  return new Client(connection, server, connection.requireEra())
}

/** Connects without creating a `Client`. `answer` replaces `elicit`, `sample` and `roots`: it handles every input request, and its result is sent unchanged. */
export async function connectTo(transport: ClientTransport, options: ClientOptions, answer?: Settings['answer']): Promise<{ connection: ClientConnection; server: ServerDescription }> {
  checkTransport(transport)
  checkOptions('connect()', options, CLIENT_OPTIONS, MEANT)
  checkNumbers(options, NUMBERS)
  const settings = toSettings(options, answer ?? createInputResponder(options))
  const first = await open(transport, settings, options, (connection) => negotiate(connection, options))
  if (first) return first
  // `negotiate` first sends a request of the modern era. It makes some legacy servers exit, and some bridges accept no handshake after it. So reconnect.
  const second = await open(transport, settings, options, (connection) => handshake(connection))
  return second as NonNullable<typeof second>
}

/** Detects a server transport, or a URL, that was passed by mistake. */
function checkTransport(transport: unknown): void {
  const isServers = isObject(transport) && typeof transport.serve === 'function'
  if (isObject(transport) && typeof transport.open === 'function' && !isServers) return
  const name = isServers && typeof transport.name === 'string' ? transport.name : 'http' // A server has `serve`, too, but no name.
  const address = typeof transport === 'string' || transport instanceof URL ? JSON.stringify(transport) : '…'
  throw new GangwayError('GANGWAY_E_USAGE', `connect() expects a client transport. Write connect(${name}Client(${address})), with ${name}Client from @gangway/transport-${name}/client`)
}

async function open(transport: ClientTransport, settings: Settings, { signal }: ClientOptions, agree: (connection: ClientConnection) => Promise<ServerDescription | undefined>): Promise<{ connection: ClientConnection; server: ServerDescription } | undefined> {
  signal?.throwIfAborted()
  const connection = new ClientConnection(transport, settings)
  const ignoreAbort = signal && onAbort(signal, () => void connection.close())
  try {
    await connection.open()
    const server = await agree(connection)
    if (!server) return void (await connection.close())
    const { logLevel } = settings
    if (logLevel && server.capabilities.logging) await connection.requireEra().setLogLevel(connection, logLevel).catch((error: unknown) => reportRefusal(connection, error))
    return { connection, server }
  } catch (error) {
    await connection.close()
    throw signal?.aborted ? signal.reason : error
  } finally {
    ignoreAbort?.()
  }
}

/** Reports the error without failing the connection: a server that declares `logging` but lacks the method is still usable. */
function reportRefusal(connection: ClientConnection, error: unknown): void {
  if (!(error instanceof PeerError)) throw error
  connection.fault(new ClientError('GANGWAY_E_RESULT', `${connection.name} declares logging, but rejected logging/setLevel: ${error.message}`))
}

function toSettings(options: ClientOptions, answer: Settings['answer']): Settings {
  const { info = INFO, capabilities = {}, timeout = 60_000, totalTimeout = 3_600_000, onLog, onNotification, onFault = () => {}, logLevel = onLog && 'info' } = options
  return {
    info,
    capabilities: capabilitiesOf(options, capabilities),
    logLevel,
    timeout,
    totalTimeout,
    answer,
    onFault: isolateErrors(onFault),
    onNotification: isolateErrors((method, params) => {
      const message = method === 'notifications/message' ? parseLog(params) : undefined
      if (message) onLog?.(message)
      onNotification?.(method, params)
    }),
  }
}

/** Returns undefined if the parameters are not those of a valid log message. */
export const parseLog = ({ level, data, logger }: Params): LogMessage | undefined => (isLogLevel(level) ? { level, data, ...(typeof logger === 'string' && { logger }) } : undefined)
