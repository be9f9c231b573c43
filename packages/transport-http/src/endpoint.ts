/** One MCP endpoint, independent of the HTTP server: takes a request of either protocol era and returns a reply. */
import type { ServerDefinition } from '@gangway/core'
import { HeaderMismatchError, isModern, META, MODERN_REVISIONS, missesWithoutSessions, checkDepth, IncomingRequests, isLater, isRequest, isResponse, memoryOfText, memoryOfValue, parseJson, parseMessage, withTimeout, type Awaitable, type Message, type RequestId } from '@gangway/core/internal'
import { callerOf, checkChoice, FairBound, RequestGate, HttpError, isBrowserVisit, Load, requestLogFields, preflightHeaders, QueueBudget, refusalOf, requireJson, SESSION_HEADER, tooBusy, VERSION_HEADER, BROWSER_PAGE, type ClientSource, type EventStreamOptions, type Held, type RequestHead } from '@gangway/core/internal/http'
import { parseAccept, prefer, type Accept } from './accept.ts'
import { toLimits, type EndpointLimits, type EndpointOptions } from './endpoint-options.ts'
import { LogBudget } from './event-log.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { deleteLegacy, getLegacy, postBatch, postLegacy } from './legacy-requests.ts'
import { postModern } from './modern-requests.ts'
import { emptyReply, jsonReply } from './replies.ts'
import { postWithoutSession, postBatchWithoutSession } from './requests-without-session.ts'
import { Sessions } from './sessions.ts'
import type { EndpointContext } from './endpoint-context.ts'

export interface EndpointStats {
  /** Number of legacy sessions in memory. */
  readonly sessions: number
  /** Number of their event streams that a client is connected to. */
  readonly streams: number
  /** Number of open `subscriptions/listen` requests. */
  readonly subscriptions: number
  /** Number of requests in flight, including subscriptions. */
  readonly inflight: number
  /** Bytes of events stored for clients that resume a stream. */
  readonly eventLogBytes: number
}

export class Endpoint {
  /** Checks every request before its body is read: Host, Origin and authentication. */
  readonly gate: RequestGate
  readonly limits: EndpointLimits
  readonly #logBudget: LogBudget
  /** Undefined if sessions are disabled. */
  readonly #sessions: Sessions | undefined
  readonly #outside: EndpointContext
  readonly load: Load
  #closing = false
  /** Set after closing, because a host may still pass requests to a closed endpoint. */
  #ended = false

  /** Throws `GANGWAY_E_USAGE` for invalid options. */
  constructor(server: ServerDefinition, options: EndpointOptions) {
    const { sessions = 'legacy', sessionStore: store } = options
    checkChoice('sessions', sessions, ['legacy', 'none'])
    this.gate = new RequestGate(options, server)
    this.limits = toLimits(options)
    this.#logBudget = new LogBudget(this.limits.eventLogBytes, this.limits.totalEventLogBytes)
    this.load = new Load(this.limits)
    const subscriptions = new FairBound(this.limits.maxSubscriptions, 'subscriptions', 'too_many_subscriptions')
    const { queueBytes, totalQueueBytes, keepAliveInterval } = this.limits
    const stream: EventStreamOptions = { queueBytes, keepAliveInterval, total: new QueueBudget(totalQueueBytes) }
    this.#outside = { server, inflight: new IncomingRequests(), subscriptions, stream }
    if (sessions === 'legacy') this.#sessions = new Sessions({ server, store, logBudget: this.#logBudget, limits: this.limits, stream })
    else server.logger.warn({ missing: missesWithoutSessions(server) }, 'Sessions are disabled, so some features of this server are unavailable to legacy clients')
  }

  /** Call this before reading a body. Throws `HttpError` 429 or 503 if there is no room for another request without a session. */
  admit({ method, header }: Pick<RequestHead, 'method' | 'header'>, source: ClientSource | undefined): void {
    if (method === 'POST' && header(SESSION_HEADER) === undefined) this.load.requirePlace(source?.connection)
  }

  /** Handles a request that the gate has accepted. Never throws or rejects. Returns the reply as soon as its status and headers are known. */
  handle(request: HttpRequest): Awaitable<HttpReply> {
    const post: Post = { id: null, held: undefined }
    try {
      const reply = this.#serve(request, post)
      if (isLater(reply)) return this.#settled(reply, post)
      post.held?.release()
      return reply
    } catch (error) {
      return refused(error, post)
    }
  }

  async #settled(reply: Promise<HttpReply>, post: Post): Promise<HttpReply> {
    try {
      const settled = await reply
      post.held?.release()
      return settled
    } catch (error) {
      return refused(error, post)
    }
  }

  #serve(request: HttpRequest, post: Post): Awaitable<HttpReply> {
    if (this.#ended) throw tooBusy(503, 'The server has shut down', 'shutting_down')
    if (request.method === 'GET' && isBrowserVisit(request)) return BROWSER_PAGE
    const offered = parseAccept(request.header('accept'))
    if (request.method === 'GET') return getLegacy(this.#needSessions(request), request, offered)
    if (request.method === 'DELETE') return deleteLegacy(this.#needSessions(request), request)
    if (request.method === 'OPTIONS') return { ...emptyReply(204), headers: preflightHeaders(request) }
    if (request.method !== 'POST') throw this.#notServed(request)
    checkPost(request, offered)
    const held = (post.held = this.#hold(request))
    const value = typeof request.body === 'string' ? parseJson(request.body) : request.body
    request.note?.(requestLogFields(value, request.header(SESSION_HEADER)))
    const accept = prefer(offered, this.limits.responses)
    if (Array.isArray(value)) return this.#postBatch(value, request, accept, held)
    const message = parseMessage(value)
    if (isRequest(message)) post.id = message.id
    this.gate.authorize([message], request.auth)
    return this.#post(message, request, isListen(message) ? offered : accept, held)
  }

  stats(): EndpointStats {
    let streams = 0
    let inflight = this.#outside.inflight.size
    for (const session of this.#sessions?.values() ?? []) {
      streams += session.streams
      inflight += session.session.busy
    }
    return { sessions: this.#sessions?.size ?? 0, streams, subscriptions: this.#outside.subscriptions.used, inflight, eventLogBytes: this.#logBudget.used }
  }

  /** Whether the endpoint is closing and accepts no new sessions. */
  get closing(): boolean {
    return this.#closing
  }

  /** Waits up to the drain time for calls in flight, then aborts the rest and closes all sessions. */
  async close(): Promise<void> {
    this.#closing = true
    this.#outside.server.changes.flush()
    this.#outside.inflight.endAll()
    await withTimeout(this.limits.drainTimeout, this.#idle())
    this.abort()
  }

  /** Also waits for requests that arrive while it is waiting. */
  async #idle(): Promise<void> {
    do await Promise.all([this.#outside.inflight.idle(), this.#sessions?.drain()])
    while (this.stats().inflight > 0)
  }

  /** Aborts all calls and closes all sessions immediately. */
  abort(): void {
    this.#ended = true
    this.#outside.inflight.cancelAll('The server is shutting down')
    this.#sessions?.close()
  }

  /** The body decides the era. A modern version header also selects the modern era, so that the client gets that era's error if the body does not match. */
  #post(message: Message, request: HttpRequest, accept: Accept, held: Held): Awaitable<HttpReply> {
    const modern = !isResponse(message) && (isModern(message) || isModernHeader(request.header(VERSION_HEADER)))
    if (!modern) return this.#sessions ? postLegacy(this.#sessions, message, request, accept, held) : postWithoutSession(this.#outside, message, request, accept, held)
    if (!isRequest(message)) return emptyReply(202) // Notifications have no effect in the modern era over HTTP.
    if (message.method === 'initialize' && !isModern(message)) throw new HeaderMismatchError(`"initialize" belongs to revisions before ${MODERN_REVISIONS[0]}: send it without ${VERSION_HEADER}, or remove it and put "${META.protocolVersion}" in "_meta"`)
    if (!isListen(message)) return postModern(this.#outside, message, request, accept, held)
    if (!accept.events) throw new HttpError(406, 'Subscriptions require an event stream. Accept text/event-stream')
    if (this.#closing) throw tooBusy(503, 'The server is shutting down and accepts no more subscriptions', 'shutting_down')
    return postModern(this.#outside, message, request, accept, held)
  }

  #postBatch(values: readonly unknown[], request: HttpRequest, accept: Accept, held: Held): Promise<HttpReply> {
    this.gate.authorize(values, request.auth)
    return this.#sessions ? postBatch(this.#sessions, values, request, accept, held) : postBatchWithoutSession(this.#outside, values, request, accept, held)
  }

  /** Reserves memory for the body before its text is parsed. Throws `HttpError` 413 and 503. */
  #hold({ body, auth, source }: HttpRequest): Held {
    const bytes = typeof body === 'string' ? memoryOfText(body) : memoryOfValue(checkDepth(body))
    return this.load.hold(callerOf(auth, source), bytes)
  }

  /** Throws `HttpError` 405 if sessions are disabled: then there is no stream to open and no session to end. */
  #needSessions(request: HttpRequest): Sessions {
    if (!this.#sessions) throw this.#notServed(request)
    return this.#sessions
  }

  #notServed({ method }: HttpRequest): HttpError {
    return new HttpError(405, `${method} is not supported for this path. Use POST`, { headers: { allow: this.#sessions ? 'GET, POST, DELETE' : 'POST' } })
  }
}

/** What is known about a POST after its body has been read, for the error response and to free its memory. */
interface Post {
  id: RequestId | null
  held: Held | undefined
}

function refused(error: unknown, { id, held }: Post): HttpReply {
  held?.release()
  const { status, headers, body } = refusalOf(error, id)
  return jsonReply(JSON.stringify(body), status, headers)
}

function checkPost(request: HttpRequest, accept: Accept): void {
  requireJson(request.header('content-type'))
  if (!accept.json && !accept.events) throw new HttpError(406, 'Accept both application/json and text/event-stream')
}

const isListen = (message: Message): boolean => isRequest(message) && message.method === 'subscriptions/listen' // Always answered with a stream, whatever the `responses` option is.

const isModernHeader = (version: string | undefined): boolean => version !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= MODERN_REVISIONS[0]
