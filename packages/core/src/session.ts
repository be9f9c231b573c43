/** The legacy front door: one client's session, from `initialize` to its end. */
import { dispatch } from './dispatch.ts'
import { legacy, type SessionHandle } from './eras/legacy.ts'
import { InvalidRequestError } from './jsonrpc/errors.ts'
import type { Exchange } from './jsonrpc/exchange.ts'
import { Inflight } from './jsonrpc/inflight.ts'
import { failure, isRequest, isResponse, type Message, type RequestMessage, type ResponseMessage, type Send } from './jsonrpc/message.ts'
import { LEGACY_REVISIONS, metaOf, negotiate, type LegacyRevision } from './protocol/revisions.ts'
import type { AuthInfo, ClientDescription } from './protocol/types/base.ts'
import type { LogLevel } from './protocol/types/logging.ts'
import { covers, keyOf, toNotification, type Change } from './server/changes.ts'
import { Context } from './server/context.ts'
import type { ServerDefinition } from './server/definition.ts'

/** All that has to outlive a process for another one to go on with the session. Plain data. */
export interface SessionRecord {
  readonly revision: LegacyRevision
  readonly client: ClientDescription
  /** From which level on the client wants log messages. */
  logLevel: LogLevel
  /** The URIs of the resources whose changes the client wants to hear of. */
  readonly subscriptions: string[]
  /** Whether `notifications/initialized` has come: until then nothing is said unasked. */
  initialized: boolean
}

export interface SessionOptions {
  /** Takes what is said to the client outside of any request. */
  readonly send: Send
  /** Requests of other doors on the same wire, whose ids must not collide. @default the session's own */
  readonly inflight?: Inflight
}

const DEFAULT_LOG_LEVEL: LogLevel = 'info'

export class Session implements SessionHandle {
  readonly #server: ServerDefinition
  readonly #send: Send
  readonly #inflight: Inflight
  /** What changed before the client was ready to hear of it. */
  readonly #unannounced = new Map<string, Change>()
  #record: SessionRecord | undefined
  #unsubscribe: (() => void) | undefined

  constructor(server: ServerDefinition, { send, inflight = new Inflight() }: SessionOptions) {
    this.#server = server
    this.#send = send
    this.#inflight = inflight
  }

  /** Undefined until the handshake. */
  get record(): Readonly<SessionRecord> | undefined {
    return this.#record
  }

  /** Requests in flight. */
  get busy(): number {
    return this.#inflight.size
  }

  /**
   * Serves one message; never rejects. Resolves with the response, or with nothing when none is due.
   * `send` takes what belongs to this message's request, such as its progress; by default it goes where all else goes.
   */
  async receive(message: Message, send: Send = this.#send, auth?: AuthInfo): Promise<ResponseMessage | undefined> {
    if (isResponse(message)) return undefined // We ask nothing yet, so it answers nothing of ours: the specification has it ignored.
    if (isRequest(message)) return this.#request(message, send, auth)
    if (message.method === 'notifications/cancelled') this.#cancel(message.params)
    if (message.method === 'notifications/initialized') this.#initialized()
    return undefined
  }

  open(requested: string, client: ClientDescription): LegacyRevision {
    if (this.#record) throw new InvalidRequestError('The session is initialized already')
    const revision = negotiate(requested)
    this.#record = { revision, client, logLevel: DEFAULT_LOG_LEVEL, subscriptions: [], initialized: false }
    this.#unsubscribe = this.#server.changes.subscribe((change) => {
      if ('uri' in change && !this.#record?.subscriptions.some((subscribed) => covers(subscribed, change.uri))) return
      this.#unannounced.set(keyOf(change), change)
      this.#announce()
    })
    return revision
  }

  setLogLevel(level: LogLevel): void {
    if (this.#record) this.#record.logLevel = level
  }

  subscribe(uri: string): void {
    if (!this.#record?.subscriptions.includes(uri)) this.#record?.subscriptions.push(uri)
  }

  unsubscribe(uri: string): void {
    const index = this.#record?.subscriptions.indexOf(uri) ?? -1
    if (index >= 0) this.#record?.subscriptions.splice(index, 1)
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    return this.#inflight.idle()
  }

  /** Cancels what is in flight; nothing is sent any more. */
  close(reason = 'The session has ended'): void {
    this.#unsubscribe?.()
    this.#inflight.cancelAll(reason)
  }

  async #request(request: RequestMessage, send: Send, auth: AuthInfo | undefined): Promise<ResponseMessage | undefined> {
    if (!this.#record && request.method !== 'initialize' && request.method !== 'ping') {
      return failure(request.id, new InvalidRequestError('Not initialized: send "initialize" first, or name the protocol version in "_meta" of each request'))
    }
    return this.#inflight.run(request.id, send, (exchange) => dispatch(this.#server, legacy, request, this.#contextOf(request, exchange, auth)))
  }

  #contextOf(request: RequestMessage, exchange: Exchange, auth: AuthInfo | undefined): Context<SessionHandle> {
    const { revision = LEGACY_REVISIONS[0], client = { info: undefined, capabilities: {} }, logLevel } = this.#record ?? {}
    return new Context({ id: request.id, revision, client, auth, meta: metaOf(request), logLevel, exchange, session: this })
  }

  #cancel({ requestId, reason }: Record<string, unknown> = {}): void {
    this.#inflight.cancel(requestId, typeof reason === 'string' ? reason : 'Cancelled by the client')
  }

  #initialized(): void {
    if (this.#record) this.#record.initialized = true
    this.#announce()
  }

  #announce(): void {
    if (!this.#record?.initialized) return
    for (const change of this.#unannounced.values()) this.#send(toNotification(change))
    this.#unannounced.clear()
  }
}
