/** The legacy front door: one client's session, from `initialize` to its end. */
import { serveBatch } from './batch.ts'
import { dispatch } from './dispatch.ts'
import { legacy, type SessionHandle } from './eras/legacy.ts'
import { InvalidRequestError } from './jsonrpc/errors.ts'
import type { Exchange } from './jsonrpc/exchange.ts'
import { Inflight } from './jsonrpc/inflight.ts'
import { failure, isRequest, isResponse, notification, type Message, type NotificationMessage, type RequestMessage, type ResponseMessage, type Send } from './jsonrpc/message.ts'
import { Pending } from './jsonrpc/pending.ts'
import { runAll } from './jsonrpc/run-all.ts'
import { isForAll } from './methods/access.ts'
import { normalizeCapabilities, UNKNOWN_CLIENT } from './protocol/capabilities.ts'
import { boundClient, checkSubscription, MAX_SUBSCRIPTIONS } from './protocol/kept-bytes.ts'
import { projectQuestion } from './protocol/projection.ts'
import { LEGACY_REVISIONS, metaOf, negotiate, type LegacyRevision } from './protocol/revisions.ts'
import type { ClientDescription, ServerCapabilities } from './protocol/types/base.ts'
import type { InputRequest, InputRequests } from './protocol/types/input.ts'
import { isAtLeast, type LogLevel } from './protocol/types/logging.ts'
import { keyOf, LIST_NAMES, toNotification, type Change, type ChangeHub, type ChangeSubscription } from './server/changes.ts'
import { Context } from './server/context.ts'
import type { ServerDefinition } from './server/definition.ts'
import { markExpected, ToolError } from './server/tool-error.ts'
import type { ReceiveOptions, SessionOptions } from './session-options.ts'
import type { SessionRecord } from './session-record.ts'
import { brief } from './shorten.ts'

/** They do not wait for a turn: everything behind the first waits for it, and the second asks whether anybody is there. */
const AT_ONCE: ReadonlySet<string> = new Set(['initialize', 'ping'])

const INPUT_ENDED = 'The client closed the connection before it responded'
const NO_STREAM = 'The server needs input from the client and has no way to ask: the request must accept text/event-stream'

export class Session implements SessionHandle {
  readonly id: string | undefined
  readonly #server: ServerDefinition
  readonly #send: Send
  readonly #inflight: Inflight
  /** Changes before the client was ready for notifications, with the subscription that covers each. */
  readonly #unannounced = new Map<string, { readonly change: Change; readonly subscribed?: string | undefined }>()
  /** Made on first use, as what is to run at the end is: most sessions ask nothing, and an idle one should weigh little. */
  #pending: Pending | undefined
  readonly #firstQuestion: number
  readonly #onRecord: SessionOptions['onRecord']
  readonly #isAttached: SessionOptions['isAttached']
  #record: SessionRecord | undefined
  /** Whether it is somebody's who is known. One that was stored may be. */
  #known: boolean
  #endings: Set<() => void> | undefined
  #rootsWatchers: Set<() => void> | undefined
  #ended = false
  #inputEnded = false
  /** Undefined until the handshake. */
  #subscription: ChangeSubscription | undefined
  /** Changes of what this session alone is offered. */
  #followed: { readonly changes: ChangeHub; subscription: ChangeSubscription | undefined } | undefined

  constructor(server: ServerDefinition, { id, send, inflight = new Inflight(), isAttached, record, onRecord }: SessionOptions) {
    this.id = id
    this.#server = server
    this.#send = send
    this.#inflight = inflight
    this.#onRecord = onRecord
    this.#isAttached = isAttached
    this.#known = record !== undefined
    // Who opened the session may have asked under the low numbers, and those answers may still come.
    this.#firstQuestion = record ? Date.now() : 1
    if (record) this.#begin(record)
  }

  /** Undefined until the handshake. */
  get record(): SessionRecord | undefined {
    return this.#record
  }

  get ended(): boolean {
    return this.#ended
  }
  /** Requests in flight. */
  get busy(): number {
    return this.#inflight.size
  }

  /** Requests that count against the bound of requests in flight. */
  get places(): number {
    return this.#inflight.places
  }

  /** Serves one message; never rejects. Resolves with the response, or with nothing when none is due. */
  receive(message: Message, options: ReceiveOptions = {}): Promise<ResponseMessage | undefined> {
    return new Promise((resolve) => this.serve(message, options, resolve))
  }

  /** Serves one message; never throws. `over` is called once: with the response, or with nothing when none is due. Where it is there at once, so is the call. */
  serve(message: Message, options: ReceiveOptions, over: (response: ResponseMessage | undefined) => void): void {
    if (isRequest(message)) return this.#request(message, options, over)
    if (!isResponse(message)) this.#notified(message)
    else if (typeof message.id === 'number') this.#pending?.settle(message) // Our ids are numbers, and "2" is not the id 2.
    over(undefined)
  }

  /**
   * Serves the messages of a batch side by side; resolves with the answers that are due, in any order.
   * Throws `InvalidRequestError` where the session's revision has no batches, or the batch as a whole is at fault.
   */
  receiveBatch(values: readonly unknown[], options: ReceiveOptions = {}): Promise<ResponseMessage[]> {
    return serveBatch(values, this.#record?.revision, (message) => this.receive(message, options))
  }

  #notified(message: NotificationMessage): void {
    if (message.method === 'notifications/cancelled') this.#cancel(message.params)
    if (message.method === 'notifications/initialized') this.#initialized()
    if (message.method === 'notifications/roots/list_changed') this.#runAll(this.#rootsWatchers ?? [])
  }

  /** A second handshake restarts the session: bridges that share one server process among clients shake hands for each client, and some do so for a request before the client's own handshake. */
  open(requested: string, client: ClientDescription): LegacyRevision {
    const revision = negotiate(requested)
    const kept = boundClient(client) // Before anything is given up: it may throw.
    if (this.#record) this.#restart()
    this.#begin({ revision, client: { ...kept, capabilities: normalizeCapabilities(kept.capabilities, revision) }, logLevel: 'info', subscriptions: [], initialized: false })
    this.#update({})
    return revision
  }

  /** All that is registered can be kept up with. */
  keeps(capabilities: ServerCapabilities): ServerCapabilities {
    return capabilities
  }

  setLogLevel(logLevel: LogLevel): void {
    this.#update({ logLevel })
  }

  subscribe(uri: string): void {
    if (!this.#subscription || this.#subscription.has(uri)) return
    checkSubscription(uri, this.#record?.subscriptions ?? [])
    this.#subscription.watch(uri)
    this.#followed?.subscription?.watch(uri)
    this.#update({ subscriptions: this.#subscription.uris })
  }

  unsubscribe(uri: string): void {
    if (!this.#subscription?.has(uri)) return
    this.#subscription.unwatch(uri)
    this.#followed?.subscription?.unwatch(uri)
    this.#update({ subscriptions: this.#subscription.uris })
    for (const [key, { subscribed }] of this.#unannounced) if (subscribed === uri) this.#unannounced.delete(key)
  }

  async ask(questions: InputRequests, ctx: Context<SessionHandle>): Promise<Record<string, unknown>> {
    const answers = Object.entries(questions).map(async ([key, question]) => [key, await this.#question(question, ctx)] as const)
    return Object.fromEntries(await Promise.all(answers))
  }

  /** Tells the client of all that it wants to hear of, whether it changed or not: nobody knows what did while the session was in no process. */
  catchUp(): void {
    const { capabilities } = this.#server.definition
    const lists = LIST_NAMES.filter((list) => capabilities[list]).map((list) => ({ list }))
    const uris = this.#record?.subscriptions.map((uri) => ({ uri })) ?? []
    for (const change of [...lists, ...uris]) this.#unannounced.set(keyOf(change), { change })
    this.#announce()
  }

  /** To be called when no message can arrive any more: input requests, open ones and later ones, fail at once. */
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

  follow(changes: ChangeHub): void {
    if (this.#followed?.changes === changes) return
    this.#unfollow()
    this.#followed = { changes, subscription: undefined }
    this.#listen()
  }

  #unfollow(): void {
    this.#followed?.subscription?.end()
    this.#followed = undefined
  }

  /** Subscribes to the followed changes, from the handshake on. */
  #listen(): void {
    if (!this.#followed || !this.#subscription || this.#followed.subscription) return
    this.#followed.subscription = this.#followed.changes.subscribe((change, subscribed) => this.#changed(change, subscribed), LIST_NAMES, this.#subscription.uris)
  }

  log(level: LogLevel, data: unknown, logger?: string): void {
    if (this.#record?.initialized && isAtLeast(level, this.#record.logLevel)) this.#send(notification('notifications/message', { level, data, logger }))
  }

  /** Cancels the requests in flight and frees what the session holds. Nothing is sent from then on. Never throws: a listener that does is logged, and the others still run. */
  close(reason = 'The session has ended'): void {
    this.#ended = true
    const endings = [...(this.#endings ?? [])]
    this.#endings = undefined
    this.#runAll([() => this.#subscription?.end(), () => this.#unfollow(), () => this.#inflight.cancelAll(reason), ...endings])
  }

  #runAll(listeners: Iterable<() => void>): void {
    try {
      runAll(listeners)
    } catch (error) {
      this.#server.logger.error({ err: error }, 'A listener of a session threw')
    }
  }

  #request(request: RequestMessage, options: ReceiveOptions, over: (response: ResponseMessage | undefined) => void): void {
    const { send = this.#send, enter } = options
    if (!this.#record && !AT_ONCE.has(request.method)) {
      return over(failure(request.id, new InvalidRequestError('Not initialized: send "initialize" first, or name the protocol version in "_meta" of each request')))
    }
    this.#inflight.start(request.id, send, (exchange) => dispatch(this.#server, legacy, request, this.#contextOf(request, exchange, options)), over, AT_ONCE.has(request.method) ? undefined : enter)
  }

  #contextOf(request: RequestMessage, exchange: Exchange, { canAsk = true, auth, closeStream }: ReceiveOptions): Context<SessionHandle> {
    if (auth) this.#known = true
    const { revision = LEGACY_REVISIONS[0], client = UNKNOWN_CLIENT, logLevel } = this.#record ?? {}
    const reachable = canAsk ? client : { ...client, capabilities: {} }
    return new Context({ id: request.id, revision, client: reachable, auth, meta: metaOf(request), logLevel, exchange, session: this, peer: this, closeStream, cannotAsk: canAsk ? undefined : NO_STREAM })
  }

  /** An error is an answer, too: the handler is to hear of it. */
  async #question(question: InputRequest, { exchange, revision }: Context<SessionHandle>): Promise<unknown> {
    const params = projectQuestion(question, revision, () => crypto.randomUUID())
    if (this.#inputEnded) return new ToolError(INPUT_ENDED)
    if (!params) return new ToolError(`The client speaks revision ${revision}, which cannot express this ${question.method} request`)
    try {
      this.#pending ??= new Pending(this.#firstQuestion)
      return await this.#pending.request(question.method, params, { send: (message) => exchange.send(message), sendAnyway: (message) => exchange.sendAnyway(message), signal: exchange.signal, timeout: this.#server.inputTimeout })
    } catch (error) {
      if (exchange.cancelled) throw error
      return error instanceof Error ? markExpected(error) : error // The client refused, or took too long: no bug of the handler.
    }
  }

  #begin(record: SessionRecord): void {
    this.#record = record
    this.#subscription = this.#server.changes.subscribe((change, subscribed) => this.#changed(change, subscribed), LIST_NAMES, record.subscriptions)
    this.#listen()
  }

  /** Frees what belongs to the client of the last handshake. Its requests in flight go on, because it may still be there. */
  #restart(): void {
    const endings = [...(this.#endings ?? [])]
    this.#endings = this.#rootsWatchers = undefined
    this.#runAll([() => this.#subscription?.end(), () => this.#unfollow(), ...endings])
    this.#unannounced.clear()
  }

  #update(changes: Partial<SessionRecord>): void {
    if (!this.#record) return
    this.#record = { ...this.#record, ...changes }
    this.#onRecord?.(this.#record)
  }

  #cancel({ requestId, reason }: Record<string, unknown> = {}): void {
    this.#server.logger.debug({ requestId: brief(requestId), reason: brief(reason) }, 'The client cancels a request')
    this.#inflight.cancel(requestId, typeof reason === 'string' ? reason : 'Cancelled by the client')
  }

  #initialized(): void {
    this.#server.changes.flush() // Changes up to now are announced together.
    this.#update({ initialized: true })
    this.#announce()
  }

  /** The client was allowed to subscribe to a URI. What lies below it may need more. */
  #changed(change: Change, subscribed: string | undefined): void {
    if ('uri' in change && change.uri !== subscribed && this.#known && !isForAll(this.#server.definition, change.uri)) return
    // Until the client is ready, a resource with many changes below it counts once.
    const announced = !this.#record?.initialized && subscribed !== undefined && this.#unannounced.size >= MAX_SUBSCRIPTIONS ? { uri: subscribed } : change
    this.#unannounced.set(keyOf(announced), { change: announced, subscribed })
    this.#announce()
  }

  #announce(): void {
    if (!this.#record?.initialized) return
    for (const { change } of this.#unannounced.values()) this.#send(toNotification(change))
    this.#unannounced.clear()
  }
}
