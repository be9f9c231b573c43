/** One MCP endpoint, for both eras and any HTTP server: a request in, a reply out. */
import { HeaderMismatchError, isModern, META, MODERN_REVISIONS, missesWithoutSessions, principalOf, type ServerDefinition } from '@gangway/core'
import { atMost, checkDepth, follow, Inflight, isRequest, isResponse, parseJson, parseMessage, type Awaitable, type Message, type RequestId } from '@gangway/core/jsonrpc'
import { addressOf, BodyBudget, checkChoice, connectionOf, Gate, HttpError, isVisit, noteOf, ownerOf, preflightHeaders, refusalOf, requireJson, tooBusy, VISIT, type ClientSource, type RequestHead } from '@gangway/core/web'
import { parseAccept, prefer, type Accept } from './accept.ts'
import { toLimits, type EndpointLimits, type EndpointOptions } from './endpoint-options.ts'
import { LogBudget } from './event-log.ts'
import { VERSION_HEADER } from './headers.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { deleteLegacy, getLegacy, postBatch, postLegacy } from './legacy.ts'
import { postModern } from './modern.ts'
import { emptyReply, jsonReply } from './reply.ts'
import { postAlone, postAloneBatch } from './sessionless.ts'
import { SessionlessLoad } from './sessionless-load.ts'
import { Sessions } from './sessions.ts'
import { Subscriptions } from './subscriptions.ts'
import type { Surroundings } from './surroundings.ts'

export interface EndpointStats {
  /** Legacy sessions in memory. */
  readonly sessions: number
  /** Their event streams that a client is connected to. */
  readonly streams: number
  /** Open `subscriptions/listen` requests. */
  readonly subscriptions: number
  /** Requests being served, subscriptions included. */
  readonly inflight: number
  /** Bytes kept for clients that come back to a stream. */
  readonly eventLog: number
}

export class Endpoint {
  /** Every door asks it first, before it reads a body. */
  readonly gate: Gate
  readonly limits: EndpointLimits
  readonly #logBudget: LogBudget
  /** Undefined where none are kept. */
  readonly #sessions: Sessions | undefined
  readonly #outside: Surroundings
  readonly #subscriptions: Subscriptions
  readonly bodies: BodyBudget
  #closing = false
  /** Hosts may go on to call us. */
  #ended = false

  /** Throws `GANGWAY_E_USAGE`. */
  constructor(server: ServerDefinition, options: EndpointOptions) {
    const { sessions = 'stateful', sessionStore: store } = options
    checkChoice('sessions', sessions, ['stateful', 'stateless'])
    this.gate = new Gate(options, server)
    this.limits = toLimits(options)
    this.#logBudget = new LogBudget(this.limits.eventLog, this.limits.totalEventLog)
    this.#subscriptions = new Subscriptions(this.limits.maxSubscriptions)
    this.bodies = new BodyBudget(this.limits.maxTotalBody)
    this.#outside = { server, inflight: new Inflight(), load: new SessionlessLoad(this.limits), stream: this.limits }
    if (sessions === 'stateful') this.#sessions = new Sessions({ server, store, logBudget: this.#logBudget, limits: this.limits })
    else server.logger.warn({ missing: missesWithoutSessions(server) }, 'No sessions are kept, so clients of 2025 and before go without some of what this server offers')
  }

  /** Before a body is read. Throws `HttpError` 429 and 503 where there is no room for a request that names no session. */
  admit({ method, header }: Pick<RequestHead, 'method' | 'header'>, source: ClientSource | undefined): void {
    if (method === 'POST' && header('mcp-session-id') === undefined) this.#outside.load.requireRoom(connectionOf(source))
  }

  /** For requests that the gate let in. Never throws, nor rejects. There once it is known how the reply begins. */
  handle(request: HttpRequest): Awaitable<HttpReply> {
    let id: RequestId | null = null
    return follow(
      () => this.#serve(request, (known) => (id = known)),
      (reply) => reply,
      (error) => {
        const { status, headers, body } = refusalOf(error, id)
        return jsonReply(JSON.stringify(body), status, headers)
      },
    )
  }

  #serve(request: HttpRequest, identify: (id: RequestId) => void): Awaitable<HttpReply> {
    if (this.#ended) throw tooBusy(503, 'The server has ended', 'shutting_down')
    if (request.method === 'GET' && isVisit(request)) return VISIT
    const offered = parseAccept(request.header('accept'))
    if (request.method === 'GET') return getLegacy(this.#needSessions(request), request, offered)
    if (request.method === 'DELETE') return deleteLegacy(this.#needSessions(request), request)
    if (request.method === 'OPTIONS') return { ...emptyReply(204), headers: preflightHeaders(request) }
    if (request.method !== 'POST') throw this.#notServed(request)
    const value = parsePost(request, offered)
    request.note?.(noteOf(value, request.header('mcp-session-id')))
    const accept = prefer(offered, this.limits.responses)
    if (Array.isArray(value)) return this.#postBatch(value, request, accept)
    const message = parseMessage(value)
    if (isRequest(message)) identify(message.id)
    this.gate.authorize([message], request.auth)
    return this.#post(message, request, isListen(message) ? offered : accept)
  }

  stats(): EndpointStats {
    let streams = 0
    let inflight = this.#outside.inflight.size
    for (const session of this.#sessions?.values() ?? []) {
      streams += session.streams
      inflight += session.session.busy
    }
    return { sessions: this.#sessions?.size ?? 0, streams, subscriptions: this.#subscriptions.open, inflight, eventLog: this.#logBudget.used }
  }

  /** Whether it opens no sessions any more. */
  get closing(): boolean {
    return this.#closing
  }

  /** Resolves when all calls have finished, or the drain time is over and they are aborted. */
  async close(): Promise<void> {
    this.#closing = true
    this.#outside.server.changes.flush()
    this.#outside.inflight.endAll()
    await atMost(this.limits.drain, this.#idle())
    this.abort()
  }

  /** What comes in meanwhile is waited for, too. */
  async #idle(): Promise<void> {
    do await Promise.all([this.#outside.inflight.idle(), this.#sessions?.drain()])
    while (this.stats().inflight > 0)
  }

  /** Ends everything at once. */
  abort(): void {
    this.#ended = true
    this.#outside.inflight.cancelAll('The server is shutting down')
    this.#sessions?.close()
  }

  /** The era is decided by the body; a header alone neither raises nor lowers it, but shows what the sender meant to send. */
  #post(message: Message, request: HttpRequest, accept: Accept): Awaitable<HttpReply> {
    const modern = !isResponse(message) && (isModern(message) || isModernHeader(request.header(VERSION_HEADER)))
    if (!modern) return this.#sessions ? postLegacy(this.#sessions, message, request, accept) : postAlone(this.#outside, message, request, accept)
    if (!isRequest(message)) return emptyReply(202) // This era has no notifications over HTTP that ask for anything.
    if (message.method === 'initialize' && !isModern(message)) throw new HeaderMismatchError(`"initialize" belongs to revisions before ${MODERN_REVISIONS[0]}: send it without ${VERSION_HEADER}, or leave it out and put "${META.protocolVersion}" in "_meta"`)
    if (!isListen(message)) return postModern(this.#outside, message, request, accept)
    if (!accept.events) throw new HttpError(406, 'A subscription is answered with an event stream: accept text/event-stream')
    if (this.#closing) throw tooBusy(503, 'The server is shutting down: it takes no subscriptions any more', 'shutting_down')
    return this.#subscriptions.begin(ownerOf(principalOf(request.auth), addressOf(request.source)), async (ended) => postModern(this.#outside, message, request, accept, ended))
  }

  #postBatch(values: readonly unknown[], request: HttpRequest, accept: Accept): Promise<HttpReply> {
    this.gate.authorize(values, request.auth)
    return this.#sessions ? postBatch(this.#sessions, values, request, accept) : postAloneBatch(this.#outside, values, request, accept)
  }

  /** Where none are kept, there is nothing to listen to or to end. */
  #needSessions(request: HttpRequest): Sessions {
    if (!this.#sessions) throw this.#notServed(request)
    return this.#sessions
  }

  #notServed({ method }: HttpRequest): HttpError {
    return new HttpError(405, `${method} is not served here: use POST`, { headers: { allow: this.#sessions ? 'GET, POST, DELETE' : 'POST' } })
  }
}

function parsePost(request: HttpRequest, accept: Accept): unknown {
  requireJson(request.header('content-type'))
  if (!accept.json && !accept.events) throw new HttpError(406, 'Answers are application/json or text/event-stream: accept both')
  return typeof request.body === 'string' ? parseJson(request.body) : checkDepth(request.body)
}

const isListen = (message: Message): boolean => isRequest(message) && message.method === 'subscriptions/listen' // Which is answered with a stream, whatever else is.

const isModernHeader = (version: string | undefined): boolean => version !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= MODERN_REVISIONS[0]
