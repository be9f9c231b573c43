/** From a transport to a client that is ready. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { onAbort } from '../jsonrpc/on-abort.ts'
import { checkNumbers, TIMEOUT, type NumberRules } from '../option-numbers.ts'
import type { ClientCapabilities, Implementation } from '../protocol/types/base.ts'
import { isLogLevel, type LogLevel } from '../protocol/types/logging.ts'
import { apart } from './apart.ts'
import { capabilitiesOf, createAnswerer, type Answers } from './answers.ts'
import { Client } from './client.ts'
import { ClientConnection } from './connection.ts'
import { ClientError } from './errors.ts'
import { handshake } from './legacy.ts'
import { negotiate, type NegotiationOptions } from './negotiate.ts'
import type { ServerDescription } from './server-description.ts'
import type { Settings } from './settings.ts'
import type { ClientTransport } from './transport.ts'

export interface LogMessage {
  readonly level: LogLevel
  readonly data: unknown
  readonly logger?: string
}

export interface ClientOptions extends Answers, NegotiationOptions {
  /** What the client calls itself. */
  info?: Implementation
  /** Declared besides what `elicit`, `sample` and `roots` stand for. */
  capabilities?: ClientCapabilities
  /** Milliseconds that a request waits for an answer, or progress. @default 60,000 */
  timeout?: number
  /** Milliseconds that a request waits altogether. @default 3,600,000 */
  maxTimeout?: number
  /** From which level on `onLog` hears of log messages. @default 'info' with `onLog`, else what the server likes */
  logLevel?: LogLevel
  onLog?: (message: LogMessage) => void
  /** Every notification of the server, those included that have a way of their own. */
  onNotification?: (method: string, params: Params) => void
  /** What the server did wrong without harm to any request, such as to print a banner on stdout. @default ignored, but told of when a request fails for it */
  onFault?: (error: ClientError) => void
  /** Gives up connecting. */
  signal?: AbortSignal
}

const NUMBERS: NumberRules<ClientOptions> = { timeout: TIMEOUT, maxTimeout: TIMEOUT, probeTimeout: TIMEOUT }

const INFO: Implementation = { name: 'gangway-client', version: '0' }

/** Resolves once it is agreed what the two speak. Whatever fails, nothing stays open. Throws `ClientError`, `PeerError` where the server refuses the handshake, and `GANGWAY_E_USAGE`. */
export async function connect(transport: ClientTransport, options: ClientOptions = {}): Promise<Client> {
  const { connection, server } = await connectTo(transport, options)
  return new Client(connection, server, connection.requireEra())
}

/** For clients of another kind. */
export async function connectTo(transport: ClientTransport, options: ClientOptions): Promise<{ connection: ClientConnection; server: ServerDescription }> {
  checkTransport(transport)
  checkNumbers(options, NUMBERS)
  const settings = toSettings(options)
  const first = await open(transport, settings, options, (connection) => negotiate(connection, options))
  if (first) return first
  // The request of the modern era that `negotiate` sends first makes some legacy servers exit, and uses up the only handshake of some bridges.
  const second = await open(transport, settings, options, (connection) => handshake(connection))
  return second as NonNullable<typeof second>
}

/** The functions that make transports are called the same for servers. */
function checkTransport(transport: unknown): void {
  const isServers = isObject(transport) && typeof transport.serve === 'function'
  if (isObject(transport) && typeof transport.open === 'function' && !isServers) return
  const name = isServers ? String(transport.name) : 'http'
  const address = typeof transport === 'string' || transport instanceof URL ? JSON.stringify(transport) : '…'
  throw new GangwayError('GANGWAY_E_USAGE', `connect() takes the transport of a client: write connect(${name}(${address})), with ${name} of @gangway/transport-${name}/client`)
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
    if (logLevel && server.capabilities.logging) await connection.requireEra().setLogLevel(connection, logLevel)
    return { connection, server }
  } catch (error) {
    await connection.close()
    throw signal?.aborted ? signal.reason : error
  } finally {
    ignoreAbort?.()
  }
}

function toSettings(options: ClientOptions): Settings {
  const { info = INFO, capabilities = {}, timeout = 60_000, maxTimeout = 3_600_000, onLog, onNotification, onFault = () => {}, logLevel = onLog && 'info' } = options
  return {
    info,
    capabilities: capabilitiesOf(options, capabilities),
    logLevel,
    timeout,
    maxTimeout,
    answer: createAnswerer(options),
    onFault: apart(onFault),
    onNotification: apart((method, params) => {
      const message = method === 'notifications/message' ? parseLog(params) : undefined
      if (message) onLog?.(message)
      onNotification?.(method, params)
    }),
  }
}

/** Undefined for what is no log message. */
export const parseLog = ({ level, data, logger }: Params): LogMessage | undefined => (isLogLevel(level) ? { level, data, ...(typeof logger === 'string' && { logger }) } : undefined)
