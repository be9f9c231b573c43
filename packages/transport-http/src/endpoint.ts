/** One MCP endpoint, for both eras and any HTTP server: a request in, a reply out. */
import { HeaderMismatchError, isModern, META, MODERN_REVISIONS, type ServerDefinition } from '@gangway/core'
import { atMost, Inflight, isRequest, isResponse, checkDepth, parseJson, parseMessage, type Message, type RequestId } from '@gangway/core/jsonrpc'
import { createGuard, HttpError, refusalOf, type Guard, type GuardOptions } from '@gangway/core/web'
import { parseAccept, type Accept } from './accept.ts'
import { VERSION_HEADER } from './headers.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { deleteLegacy, getLegacy, postBatch, postLegacy } from './legacy.ts'
import { postModern } from './modern.ts'
import { emptyReply, jsonReply } from './reply.ts'
import { Sessions } from './sessions.ts'

export interface EndpointOptions extends GuardOptions {
  /** Milliseconds a legacy session may rest, with nothing in flight and no stream open. @default 1,800,000 */
  sessionIdle?: number
  /** Legacy sessions at a time. @default 10,000 */
  maxSessions?: number
  /** Bytes of events that a legacy session keeps for `Last-Event-ID`. @default 1,048,576 */
  eventLog?: number
  /** The same for all sessions together. @default 67,108,864 */
  totalEventLog?: number
  /** Milliseconds that calls in flight get to finish when the endpoint closes. @default 10,000 */
  drain?: number
}

export class Endpoint {
  readonly #server: ServerDefinition
  readonly #guard: Guard
  readonly #sessions: Sessions
  readonly #drain: number
  /** Requests of the modern era; a session holds its own. */
  readonly #inflight = new Inflight()

  constructor(server: ServerDefinition, { sessionIdle = 1_800_000, maxSessions = 10_000, eventLog = 2 ** 20, totalEventLog = 2 ** 26, drain = 10_000, ...guard }: EndpointOptions) {
    this.#server = server
    this.#guard = createGuard(guard)
    this.#sessions = new Sessions(server, { idle: sessionIdle, max: maxSessions, log: { perSession: eventLog, total: totalEventLog } })
    this.#drain = drain
  }

  /** Throws `HttpError` for a Host or an Origin that is not one of ours. Every door asks this first, before it reads a body. */
  admit(host: string | undefined, origin: string | undefined): void {
    const refusal = this.#guard(host, origin)
    if (refusal) throw new HttpError(403, refusal)
  }

  /** For requests that were admitted. Never rejects. Resolves once it is known how the reply begins. */
  async handle(request: HttpRequest): Promise<HttpReply> {
    let id: RequestId | null = null
    try {
      const accept = parseAccept(request.header('accept'))
      if (request.method === 'GET') return getLegacy(this.#sessions, request, accept)
      if (request.method === 'DELETE') return deleteLegacy(this.#sessions, request)
      if (request.method !== 'POST') throw new HttpError(405, `${request.method} is not served here: use POST`, { allow: 'GET, POST, DELETE' })
      const value = parsePost(request, accept)
      if (Array.isArray(value)) return await postBatch(this.#sessions, value, request, accept)
      const message = parseMessage(value)
      if (isRequest(message)) id = message.id
      return await this.#post(message, request, accept)
    } catch (error) {
      const { status, headers, body } = refusalOf(error, id)
      return jsonReply(JSON.stringify(body), status, headers)
    }
  }

  /** Resolves when all calls have finished, or the drain time is over and they are aborted. */
  async close(): Promise<void> {
    this.#inflight.endAll()
    await atMost(this.#drain, Promise.all([this.#inflight.idle(), this.#sessions.idle()]))
    this.abort()
  }

  /** Ends everything at once. */
  abort(): void {
    this.#inflight.cancelAll('The server is shutting down')
    this.#sessions.close()
  }

  /** The era is decided by the body; a header alone neither raises nor lowers it, but shows what the sender meant to send. */
  #post(message: Message, request: HttpRequest, accept: Accept): HttpReply | Promise<HttpReply> {
    const modern = !isResponse(message) && (isModern(message) || isModernHeader(request.header(VERSION_HEADER)))
    if (!modern) return postLegacy(this.#sessions, message, request, accept)
    if (!isRequest(message)) return emptyReply(202) // This era has no notifications over HTTP that ask for anything.
    if (message.method === 'subscriptions/listen' && !accept.events) throw new HttpError(406, 'A subscription is answered with an event stream: accept text/event-stream')
    if (message.method === 'initialize' && !isModern(message)) throw new HeaderMismatchError(`"initialize" belongs to revisions before ${MODERN_REVISIONS[0]}: send it without ${VERSION_HEADER}, or leave it out and put "${META.protocolVersion}" in "_meta"`)
    return postModern(this.#server, message, request, accept, this.#inflight)
  }
}

function parsePost(request: HttpRequest, accept: Accept): unknown {
  const type = request.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new HttpError(415, `Content-Type must be application/json, not ${type ?? 'missing'}`)
  if (!accept.json && !accept.events) throw new HttpError(406, 'Answers are application/json or text/event-stream: accept both')
  return typeof request.body === 'string' ? parseJson(request.body) : checkDepth(request.body)
}

const isModernHeader = (version: string | undefined): boolean => version !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= MODERN_REVISIONS[0]
