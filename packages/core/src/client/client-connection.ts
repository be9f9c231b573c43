/** The client side of one link: matches responses to requests, and dispatches the server's own requests and notifications. */
import { failure, isRequest, isResponse, notification, success, type Message, type NotificationMessage, type Params, type RequestId, type RequestMessage, type ResponseMessage, type Result } from '../jsonrpc/message.ts'
import { InternalError, toRpcError } from '../jsonrpc/rpc-errors.ts'
import { IncomingRequests } from '../jsonrpc/incoming-requests.ts'
import { isObject } from '../util/is-object.ts'
import { OutgoingRequests, toOwnId } from '../jsonrpc/outgoing-requests.ts'
import { META, metaOf } from '../protocol/revisions.ts'
import type { Meta } from '../protocol/types/base-types.ts'
import type { Change } from '../definition/changes.ts'
import { ResultCache } from './result-cache.ts'
import type { ClientEra, Requester, SendRequestOptions, SharedUri } from './client-era.ts'
import { ClientError } from './client-errors.ts'
import { runWithTimeout } from '../util/with-timeout.ts'
import { acceptResult } from './check-results.ts'
import { LIST_NAMES, listChangedMethod } from '../protocol/lists.ts'
import type { Settings } from './client-settings.ts'
import type { Subscription } from './subscription.ts'
import type { ClientTransport, Link, Receiver } from './client-transport.ts'

const CHANGES: ReadonlyMap<string, (params: Params) => Change | undefined> = new Map<string, (params: Params) => Change | undefined>([
  ...LIST_NAMES.map((list) => [listChangedMethod(list), () => ({ list })] as const),
  ['notifications/resources/updated', ({ uri }) => (typeof uri === 'string' ? { uri } : undefined)],
])

/** Maximum number of requests from the server that are handled at the same time. Further ones get an internal error. */
const MAX_QUESTIONS = 64

export class ClientConnection implements Requester, Receiver {
  readonly settings: Settings
  readonly cache: ResultCache = new ResultCache()
  readonly subscriptions: Set<Subscription> = new Set()
  readonly uris: Map<string, SharedUri> = new Map()
  /** Resolves when the connection has ended: with the error that ended it, or with undefined after `close()`. */
  readonly closedBy: Promise<ClientError | undefined>

  readonly #transport: ClientTransport
  readonly #pending = new OutgoingRequests()
  readonly #inflight = new IncomingRequests()
  readonly #closing = new AbortController()
  /** Callbacks of pending requests that handle progress, logs or subscription messages. Keyed by request id, which is also the progress token. */
  readonly #listeners = new Map<unknown, SendRequestOptions>()
  #link: Link | undefined
  #opening: Promise<Link> | undefined
  #era: ClientEra | undefined
  #renew: (() => Promise<void>) | undefined
  #renewing: Promise<void> | undefined
  /** Number of sessions established after the first one. */
  #renewals = 0
  #end: ((error?: ClientError) => void) | undefined
  #ended: ClientError | undefined
  #lastFault: ClientError | undefined
  /** Whether the server was already reported for returning numeric ids as strings. */
  #warnedOfIds = false

  constructor(transport: ClientTransport, settings: Settings) {
    this.#transport = transport
    this.settings = settings
    this.closedBy = new Promise((resolve) => (this.#end = resolve))
  }

  get name(): string {
    return this.#transport.name
  }
  get exchanges(): boolean {
    return this.#link?.exchanges ?? false
  }
  /** Whether the server can send requests to this client, as far as the transport knows. */
  get hasSession(): boolean {
    return this.#link?.hasSession ?? true
  }

  get ended(): ClientError | undefined {
    return this.#ended
  }

  async open(): Promise<void> {
    this.#opening = this.#runWithTimeout('did not open', async (signal) => {
      const link = await this.#transport.open(this, signal)
      if (signal.aborted) await link.close() // `open()` timed out or was aborted before the link was ready.
      return link
    })
    this.#link = await this.#opening
    if (!this.#ended) return
    await this.#link.close()
    throw this.#ended
  }

  begin(era: ClientEra, renew?: () => Promise<void>): void {
    this.#era = era
    this.#renew = renew
  }

  /** Throws `GANGWAY_E_CLOSED` if no era has been negotiated yet. */
  requireEra(): ClientEra {
    if (!this.#era) throw new ClientError('GANGWAY_E_CLOSED', `The client of ${this.name} is not connected`)
    return this.#era
  }

  /** If the server no longer knows the session, this establishes a new one and sends the request again, once. */
  async request(method: string, params: Params, options: SendRequestOptions = {}): Promise<Result> {
    const renewals = this.#renewals
    try {
      return await this.#request(method, params, options)
    } catch (error) {
      if (!isSessionEnd(error) || !this.#renew || options.era) throw error
      if (renewals === this.#renewals) await this.#renewed(this.#renew) // Otherwise a concurrent request has already renewed the session.
      return this.#request(method, params, options)
    }
  }

  async notify(method: string, params: Params): Promise<void> {
    const link = this.#opened()
    await this.#runWithTimeout(`did not accept ${method}`, (signal) => link.send(notification(method, params), { signal }))
  }

  receive(message: Message, about?: RequestId): void {
    if (this.#ended) return
    if (isRequest(message)) void this.#serve(message, about)
    else if (isResponse(message)) this.#settle(message)
    else this.#notified(message, about)
  }

  fault(error: ClientError): void {
    if (this.#ended) return
    this.#lastFault = error
    if (isSessionEnd(error) && this.#renew) void this.#renewSession(this.#renew)
    else this.settings.onFault(error)
  }

  closed(error: ClientError): void {
    const whole = this.#lastFault ? new ClientError(error.code, error.message + this.#lastFaultText(), { cause: error }) : error
    this.#finish(whole, whole)
  }

  async close(): Promise<void> {
    const reason = new ClientError('GANGWAY_E_CLOSED', `The client of ${this.name} was closed`)
    this.#closing.abort(reason)
    this.#pending.withdrawAll(reason)
    this.#finish(reason, undefined)
    await this.#link?.close()
  }

  /** `reason` rejects pending requests. `error` ends subscriptions and resolves `closedBy`; it is undefined after `close()`. */
  #finish(reason: ClientError, error: ClientError | undefined): void {
    if (this.#ended) return
    this.#ended = reason
    this.#pending.failAll(reason)
    this.#inflight.cancelAll(reason.message)
    for (const subscription of this.subscriptions) subscription.finish(error)
    this.#end?.(error)
  }

  async #request(method: string, params: Params, options: SendRequestOptions): Promise<Result> {
    const { signal, headers, era = this.#era, timeout = this.settings.timeout, totalTimeout = Math.max(this.settings.totalTimeout, timeout) } = options
    const link = this.#opened()
    const leaving = new AbortController()
    let id: RequestId | undefined
    try {
      const result = await this.#pending.request(method, (given) => this.#prepare((id = given), params, era, options), {
        send: (message) => void link.send(message, { signal: leaving.signal, ...(headers && { headers }) }).catch((error: unknown) => this.#pending.fail((message as RequestMessage).id, error)),
        sendAnyway: (withdrawal) => {
          if (method !== 'initialize' && !(era?.leaves && link.exchanges)) link.send(withdrawal).catch(() => {})
        },
        signal,
        timeout,
        totalTimeout,
      })
      return acceptResult(method, result, { from: this.name, isModern: era?.serverAsks === false, onFault: this.settings.onFault })
    } catch (error) {
      leaving.abort()
      if (error instanceof DOMException && error.name === 'TimeoutError' && !signal?.aborted) throw this.#timeout(error)
      throw error
    } finally {
      this.#listeners.delete(id)
    }
  }

  #prepare(id: RequestId, params: Params, era: ClientEra | undefined, options: SendRequestOptions): Params {
    const { meta, onProgress, onAcknowledged, onLog, call } = options
    if (onProgress || onAcknowledged || onLog || call) this.#listeners.set(id, options)
    const _meta = { ...(params._meta as Meta | undefined), ...meta, ...(onProgress && { progressToken: id }), ...era?.envelope(this.settings) }
    return Object.keys(_meta).length > 0 ? { ...params, _meta } : params
  }

  #timeout(cause: DOMException): ClientError {
    return new ClientError('GANGWAY_E_TIMEOUT', `${this.name}: ${cause.message}${this.#lastFaultText()}`, { cause })
  }

  #lastFaultText(): string {
    return this.#lastFault ? `. Before that: ${this.#lastFault.message}` : ''
  }

  /** Applies the request timeout to work that has no response to wait for, such as opening the link or sending a notification. */
  #runWithTimeout<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeout } = this.settings
    return runWithTimeout(timeout, this.#closing.signal, work, () => new ClientError('GANGWAY_E_TIMEOUT', `${this.name} ${what} within ${timeout} ms`))
  }

  #opened(): Link {
    if (this.#ended) throw this.#ended
    if (!this.#link) throw new ClientError('GANGWAY_E_CLOSED', `The client of ${this.name} is not open`)
    return this.#link
  }

  /** Concurrent requests that find the session gone share one renewal. */
  #renewed(renew: () => Promise<void>): Promise<void> {
    this.#renewing ??= this.#begun(renew).finally(() => (this.#renewing = undefined))
    return this.#renewing
  }

  /** Clears the cache and notifies every subscription, because the server sent no notifications for changes between the two sessions. */
  async #begun(renew: () => Promise<void>): Promise<void> {
    this.cache.clear()
    await renew()
    this.#renewals++
    for (const subscription of this.subscriptions) subscription.notifyAll()
  }

  async #renewSession(renew: () => Promise<void>): Promise<void> {
    try {
      await this.#renewed(renew)
    } catch (error) {
      this.settings.onFault(toClientError(error))
    }
  }

  #settle(response: ResponseMessage): void {
    // A server that could not parse a request responds with a null id. If exactly one request is pending, the response belongs to it.
    const answered = response.id === null && this.#pending.only !== undefined ? { ...response, id: this.#pending.only } : response
    if (this.#pending.settle(answered)) {
      if (typeof answered.id === 'string') this.#warnAboutIds(answered.id)
      return
    }
    const outcome = 'error' in response ? `: ${response.error.message}` : ''
    this.fault(new ClientError('GANGWAY_E_UNASKED', `${this.name} sent a response to request ${JSON.stringify(response.id)}, which is not pending${outcome}`))
  }

  /** Reports only once for each connection, because such a server returns every id as a string. */
  #warnAboutIds(id: string): void {
    if (this.#warnedOfIds) return
    this.#warnedOfIds = true
    this.fault(new ClientError('GANGWAY_E_NOT_MCP', `${this.name} answered request ${id} with the id ${JSON.stringify(id)}, a string: JSON-RPC requires the same type. The response is accepted`))
  }

  async #serve(request: RequestMessage, about: RequestId | undefined): Promise<void> {
    if (this.#era?.serverAsks === false) return this.fault(new ClientError('GANGWAY_E_UNASKED', `${this.name} sent the request ${request.method}, which its revision does not allow`))
    const call = about === undefined ? undefined : (this.#listeners.get(toOwnId(about))?.call ?? null)
    const release = this.#pending.hold()
    const response = await this.#inflight.run(request.id, () => {}, async (exchange) => {
      try {
        if (request.method === 'ping') return success(request.id, {})
        if (this.#inflight.size > MAX_QUESTIONS) throw new InternalError({ cause: 'Too many concurrent requests to the client' })
        return success(request.id, await this.settings.answer(request.method, request.params ?? {}, { signal: exchange.signal, call }))
      } catch (error) {
        return failure(request.id, toRpcError(error))
      }
    })
    release()
    if (!response || this.#ended) return
    // The server may send a request before `open()` has resolved, so wait for the link.
    await this.#runWithTimeout(`did not accept the response to ${request.method}`, async (signal) => (await this.#opening)?.send(response, { signal })).catch((error: unknown) => this.fault(toClientError(error)))
  }

  #notified(message: NotificationMessage, about: RequestId | undefined): void {
    const { method, params = {} } = message
    const { onLog } = this.#listeners.get(about) ?? {}
    if (method === 'notifications/message' && onLog) return onLog(params)
    const change = CHANGES.get(method)?.(params)
    if (change) this.#changed(change, toOwnId(metaOf(message)[META.subscriptionId]))
    else if (method === 'notifications/progress') this.#progressed(params)
    else if (method === 'notifications/cancelled') this.#cancelled(params)
    else if (method === 'notifications/subscriptions/acknowledged') this.#listeners.get(toOwnId(metaOf(message)[META.subscriptionId]))?.onAcknowledged?.(isObject(params.notifications) ? params.notifications : {})
    this.settings.onNotification(method, params)
  }

  #changed(change: Change, subscriptionId: unknown): void {
    this.cache.change(change)
    if (subscriptionId !== undefined) this.#listeners.get(subscriptionId)?.notify?.(change)
    else for (const subscription of this.subscriptions) subscription.notify(change)
  }

  /** Some servers send a request with id 2 and cancel it as "2". */
  #cancelled({ requestId, reason }: Params): void {
    const id = this.#inflight.has(requestId) ? requestId : toOwnId(requestId)
    this.#inflight.cancel(id, typeof reason === 'string' ? reason : 'Cancelled by the server')
  }

  #progressed({ progressToken, progress, total, message }: Params): void {
    const listener = this.#listeners.get(toOwnId(progressToken))
    if (!listener || typeof progress !== 'number') return
    this.#pending.touch(progressToken)
    listener.onProgress?.({ progress, ...(typeof total === 'number' && { total }), ...(typeof message === 'string' && { message }) })
  }
}

const isSessionEnd = (error: unknown): boolean => error instanceof ClientError && error.code === 'GANGWAY_E_SESSION_ENDED'

const toClientError = (error: unknown): ClientError => (error instanceof ClientError ? error : new ClientError('GANGWAY_E_CLOSED', error instanceof Error ? error.message : String(error), { cause: error }))
