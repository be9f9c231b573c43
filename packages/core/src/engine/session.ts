/** The session of one legacy client, from `initialize` until it is closed. */
import { serveBatch } from './batch.ts'
import { dispatch } from './dispatch.ts'
import { legacy, type SessionHandle } from '../eras/legacy-era.ts'
import { InvalidRequestError } from '../jsonrpc/rpc-errors.ts'
import { type Exchange, IncomingRequests } from '../jsonrpc/incoming-requests.ts'
import { memoryOfValue } from '../util/json-size.ts'
import { failure, isRequest, isResponse, notification, type Message, type NotificationMessage, type RequestMessage, type ResponseMessage, type Send } from '../jsonrpc/message.ts'
import { OutgoingRequests } from '../jsonrpc/outgoing-requests.ts'
import type { Awaitable } from '../util/awaitable.ts'
import { runAll } from '../util/run-all.ts'
import { normalizeCapabilities, UNKNOWN_CLIENT } from '../protocol/capabilities.ts'
import { boundClient, checkSubscription } from '../protocol/kept-bytes.ts'
import { inexpressible, projectInputRequest } from '../protocol/projection.ts'
import { LEGACY_REVISIONS, metaOf, negotiate, type LegacyRevision } from '../protocol/revisions.ts'
import type { ClientDescription, ServerCapabilities } from '../protocol/types/base-types.ts'
import type { InputRequest, InputRequests } from '../protocol/types/input-types.ts'
import { isAtLeast, type LogLevel } from '../protocol/types/log-level.ts'
import type { ChangeHub } from '../definition/changes.ts'
import { Context } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { logLimited } from '../logging/limited-log.ts'
import { markExpected, ToolError } from '../definition/tool-error.ts'
import { SessionChanges } from './session-changes.ts'
import type { ReceiveOptions, SessionOptions } from './session-options.ts'
import type { SessionRecord } from './session-record.ts'
import { brief } from '../util/shorten.ts'

/** Methods that are allowed before the handshake. */
const AT_ANY_TIME: ReadonlySet<string> = new Set(['initialize', 'ping'])

const INPUT_ENDED = 'The client closed the connection before it responded'
const NO_STREAM = 'The server needs input from the client, but the request does not accept text/event-stream'

export class Session implements SessionHandle {
  readonly id: string | undefined
  readonly #server: ServerDefinition
  readonly #send: Send
  readonly #inflight: IncomingRequests
  readonly #changes: SessionChanges
  /** Created on first use, as the listener sets below, because an idle session should take little memory. */
  #pending: OutgoingRequests | undefined
  readonly #firstRequestId: number
  readonly #onRecord: SessionOptions['onRecord']
  readonly #isAttached: SessionOptions['isAttached']
  #record: SessionRecord | undefined
  /** Whether the client is authenticated. For a restored session this is unknown, so the stricter rules apply. */
  #known: boolean
  #endings: Set<() => void> | undefined
  #rootsWatchers: Set<() => void> | undefined
  #ended = false
  #inputEnded = false

  constructor(server: ServerDefinition, { id, send, inflight = new IncomingRequests(), isAttached, record, onRecord }: SessionOptions) {
    this.id = id
    this.#server = server
    this.#send = send
    this.#inflight = inflight
    this.#onRecord = onRecord
    this.#isAttached = isAttached
    this.#known = record !== undefined
    this.#changes = new SessionChanges({ server, send, isReady: () => this.#record?.initialized ?? false, isKnown: () => this.#known })
    // The process that opened a restored session may have used low request ids, and responses to them may still arrive.
    this.#firstRequestId = record ? Date.now() : 1
    if (record) this.#begin(record)
  }

  /** The state to store. Undefined before the handshake. */
  get record(): SessionRecord | undefined {
    return this.#record
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Number of requests in flight. */
  get busy(): number {
    return this.#inflight.size
  }

  /** Number of requests that count towards the limit of requests in flight. */
  get places(): number {
    return this.#inflight.places
  }

  /** Handles one message. Returns the response, or a promise of it if the handler is asynchronous; undefined if the message gets none. Never throws or rejects. */
  receive(message: Message, options: ReceiveOptions = {}): Awaitable<ResponseMessage | undefined> {
    if (isRequest(message)) return this.#request(message, options)
    if (!isResponse(message)) this.#notified(message)
    else if (typeof message.id === 'number') this.#pending?.settle(message) // This server sends numeric ids, and a response with the id "2" does not match request 2.
    return undefined
  }

  /**
   * Handles the messages of a batch concurrently. Resolves with the responses, in any order.
   * Throws `InvalidRequestError` if the revision of the session does not support batches, or if the batch as a whole is invalid.
   */
  receiveBatch(values: readonly unknown[], options: ReceiveOptions = {}): Promise<ResponseMessage[]> {
    return serveBatch(values, this.#record?.revision, (message) => this.receive(message, options))
  }

  #notified(message: NotificationMessage): void {
    if (message.method === 'notifications/cancelled') this.#cancel(message.params)
    if (message.method === 'notifications/initialized') this.#initialized()
    if (message.method === 'notifications/roots/list_changed') this.#runAll(this.#rootsWatchers ?? [])
  }

  /**
   * Opens or resets the session. A second handshake is accepted, because some bridges share one server process among clients and send `initialize` for each of them.
   * Others send it for a request that precedes the client's own handshake.
   */
  open(requested: string, client: ClientDescription): LegacyRevision {
    const revision = negotiate(requested)
    const kept = boundClient(client) // Before the reset, because it may throw.
    this.#restart()
    this.#begin({ revision, client: { ...kept, capabilities: normalizeCapabilities(kept.capabilities, revision) }, logLevel: 'info', subscriptions: [], initialized: false })
    this.#update({})
    return revision
  }

  /** A session supports every capability. */
  supportedCapabilities(capabilities: ServerCapabilities): ServerCapabilities {
    return capabilities
  }

  setLogLevel(logLevel: LogLevel): void {
    this.#update({ logLevel })
  }

  subscribe(uri: string): void {
    if (this.#changes.has(uri)) return
    checkSubscription(uri, this.#record?.subscriptions ?? [])
    this.#changes.watch(uri)
    this.#update({ subscriptions: this.#changes.uris })
  }

  unsubscribe(uri: string): void {
    if (!this.#changes.has(uri)) return
    this.#changes.unwatch(uri)
    this.#update({ subscriptions: this.#changes.uris })
  }

  async ask(inputRequests: InputRequests, ctx: Context<SessionHandle>): Promise<Record<string, unknown>> {
    const answers = Object.entries(inputRequests).map(async ([key, inputRequest]) => [key, await this.#sendInputRequest(inputRequest, ctx)] as const)
    return Object.fromEntries(await Promise.all(answers))
  }

  /** Reports every list and subscribed resource as changed. Needed after a session was restored, because changes in the time between were missed. */
  catchUp(): void {
    this.#changes.catchUp()
  }

  /** Must be called when the client can send no more messages. All current and later input requests fail at once. */
  endInput(): void {
    this.#inputEnded = true
    this.#pending?.failAll(new Error(INPUT_ENDED))
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    return this.#inflight.idle()
  }

  onEnd(run: () => void): void {
    if (this.#ended) run()
    else (this.#endings ??= new Set()).add(run)
  }

  onRootsChanged(run: () => void): void {
    ;(this.#rootsWatchers ??= new Set()).add(run)
  }

  get attached(): boolean {
    return !this.#ended && (this.#isAttached?.() ?? true)
  }

  followChanges(changes: ChangeHub): void {
    this.#changes.followChanges(changes)
  }

  log(level: LogLevel, data: unknown, logger?: string): void {
    if (this.#record?.initialized && isAtLeast(level, this.#record.logLevel)) this.#send(notification('notifications/message', { level, data, logger }))
  }

  /** Cancels the requests in flight and frees the resources of the session. Nothing is sent after this call. Never throws: errors of listeners are logged. */
  close(reason = 'The session has ended'): void {
    this.#ended = true
    const endings = [...(this.#endings ?? [])]
    this.#endings = undefined
    this.#runAll([() => this.#changes.end(), () => this.#inflight.cancelAll(reason), ...endings])
  }

  #runAll(listeners: Iterable<() => void>): void {
    try {
      runAll(listeners)
    } catch (error) {
      logLimited(this.#server.logger, 'error', { err: error }, 'A session listener threw an error')
    }
  }

  #request(request: RequestMessage, options: ReceiveOptions): Awaitable<ResponseMessage | undefined> {
    const { send = this.#send, enter } = options
    if (!this.#record && !AT_ANY_TIME.has(request.method)) {
      return failure(request.id, new InvalidRequestError('Not initialized: send "initialize" first, or name the protocol version in "_meta" of each request'))
    }
    return this.#inflight.run(request.id, send, (exchange) => dispatch(this.#server, legacy, request, this.#contextOf(request, exchange, options)), enter)
  }

  #contextOf(request: RequestMessage, exchange: Exchange, { canAsk = true, auth, closeStream }: ReceiveOptions): Context<SessionHandle> {
    if (auth) this.#known = true
    const { revision = LEGACY_REVISIONS[0], client = UNKNOWN_CLIENT, logLevel } = this.#record ?? {}
    const reachable = canAsk ? client : { ...client, capabilities: {} }
    return new Context({ id: request.id, revision, client: reachable, auth, meta: metaOf(request), logLevel, exchange, session: this, peer: this, closeStream, cannotAsk: canAsk ? undefined : NO_STREAM })
  }

  /** Returns an error instead of throwing it, so that the handler receives it as the response. */
  async #sendInputRequest(inputRequest: InputRequest, { exchange, revision }: Context<SessionHandle>): Promise<unknown> {
    const fault = this.#inputEnded ? INPUT_ENDED : inexpressible(inputRequest, revision)
    if (fault !== undefined) return new ToolError(fault)
    try {
      const params = projectInputRequest(inputRequest, revision, () => crypto.randomUUID())
      this.#pending ??= new OutgoingRequests(this.#firstRequestId)
      const response = await this.#pending.request(inputRequest.method, params, { send: (message) => exchange.send(message), sendAnyway: (message) => exchange.sendAnyway(message), signal: exchange.signal, timeout: this.#server.inputTimeout })
      exchange.turn?.grow?.(memoryOfValue(response))
      return response
    } catch (error) {
      if (exchange.cancelled) throw error
      return error instanceof Error ? markExpected(error) : error // The client rejected the request or did not respond in time. That is not a bug in the handler.
    }
  }

  #begin(record: SessionRecord): void {
    this.#record = record
    this.#changes.begin(record.subscriptions)
  }

  /** Frees what belongs to the previous handshake. The requests in flight continue, because the previous client may still be connected. */
  #restart(): void {
    const endings = [...(this.#endings ?? [])]
    this.#endings = this.#rootsWatchers = undefined
    this.#runAll([() => this.#changes.end(), ...endings])
  }

  #update(changes: Partial<SessionRecord>): void {
    if (!this.#record) return
    this.#record = { ...this.#record, ...changes }
    this.#onRecord?.(this.#record)
  }

  #cancel({ requestId, reason }: Record<string, unknown> = {}): void {
    this.#server.logger.debug({ requestId: brief(requestId), reason: brief(reason) }, 'The client canceled a request')
    this.#inflight.cancel(requestId, typeof reason === 'string' ? reason : 'Cancelled by the client')
  }

  #initialized(): void {
    this.#server.changes.flush() // Merges the pending changes, so that each is announced once.
    this.#update({ initialized: true })
    this.#changes.announce()
  }
}
