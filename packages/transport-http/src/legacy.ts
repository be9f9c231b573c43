/** POST, GET and DELETE in the legacy era: find the session, hand it the message. */
import { checkBatch, principalOf, type ReceiveOptions } from '@gangway/core'
import { follow, isFailure, isRequest, requestsIn, type Awaitable, type Message, type RequestMessage, type ResponseMessage } from '@gangway/core/jsonrpc'
import { addressOf, HttpError, ownerOf, SSE_HEADERS, tooBusy } from '@gangway/core/web'
import type { Accept } from './accept.ts'
import type { Channel } from './channel.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import type { HttpSession } from './http-session.ts'
import { PostReply } from './post-reply.ts'
import { emptyReply } from './reply.ts'
import { legacyRevisionOf } from './sessionless.ts'
import type { Sessions } from './sessions.ts'

const SESSION_HEADER = 'mcp-session-id'

export function postLegacy(sessions: Sessions, message: Message, request: HttpRequest, accept: Accept): Awaitable<HttpReply> {
  if (isRequest(message) && message.method === 'initialize') return initialize(sessions, message, request, accept)
  return follow(() => findSession(sessions, request), (found) => (isRequest(message) ? answer(sessions, found, message, request, accept) : take(found, message)))
}

function answer(sessions: Sessions, found: HttpSession, message: RequestMessage, request: HttpRequest, accept: Accept): Awaitable<HttpReply> {
  requireRoom(sessions, found, 1)
  const { reply, options } = replyIn(sessions, found, request, accept)
  const end = (response: ResponseMessage | undefined): void => {
    if (response) reply.end(response)
    else if (found.session.ended) reply.giveUp(message.id)
    else reply.cancel()
  }
  found.session.serve(message, options, (response) => (found.saving ? void found.saving.then(() => end(response)) : end(response)))
  return reply.reply
}

function take(found: HttpSession, message: Message): Awaitable<HttpReply> {
  found.session.serve(message, {}, () => {}) // Which is over at once, as all but requests are.
  const reply = emptyReply(202)
  return found.saving ? found.saving.then(() => reply) : reply // What the client is told has happened must not be lost.
}

/** A batch, which only revision 2025-03-26 has. */
export async function postBatch(sessions: Sessions, values: readonly unknown[], request: HttpRequest, accept: Accept): Promise<HttpReply> {
  const found = await findSession(sessions, request)
  checkBatch(values, found.session.record?.revision)
  const requests = requestsIn(values)
  if (requests > 0) requireRoom(sessions, found, requests)
  const { reply, options } = replyIn(sessions, found, request, accept)
  const answers = found.session.receiveBatch(values, options)
  void answers.then(async (responses) => {
    if (found.saving) await found.saving
    reply.endAll(responses)
  })
  return reply.reply
}

/** A client that leaves does not cancel in this era, so nobody listens for it; but it may come back to its stream. */
function replyIn({ limits, server }: Sessions, session: HttpSession, { auth }: HttpRequest, accept: Accept): { reply: PostReply; options: ReceiveOptions } {
  let channel: Channel | undefined
  const reply = new PostReply(server, accept, { stream: limits, openChannel: () => (channel = session.openChannel()) })
  const closeStream = (): void => {
    if (session.canPoll && reply.openStream() && channel) session.sendAway(channel)
  }
  return { reply, options: { send: reply.send, canAsk: accept.events, auth, closeStream } }
}

function initialize(sessions: Sessions, message: RequestMessage, request: HttpRequest, accept: Accept): Awaitable<HttpReply> {
  if (sessions.draining) throw tooBusy(503, 'The server is shutting down: it opens no sessions any more', 'shutting_down')
  const id = request.header(SESSION_HEADER)
  const principal = principalOf(request.auth)
  const known = id === undefined ? undefined : sessions.get(id, principal) // A second handshake restarts its session.
  const owner = ownerOf(principal, addressOf(request.source))
  if (!known) sessions.requireRoom(owner)
  const session = known ?? sessions.create(principal)
  return follow(() => handshake(session, message, request), (response) => {
    if (!response) throw new HttpError(400, 'The handshake was cancelled')
    if (!isFailure(response) && !known) sessions.add(session, owner)
    const reply = new PostReply(sessions.server, accept, { stream: sessions.limits, ...(!isFailure(response) && { headers: { [SESSION_HEADER]: session.id } }) })
    reply.end(response)
    return session.saving ? session.saving.then(() => reply.reply) : reply.reply
  })
}

/** Its answer, at once where it is there at once. */
function handshake({ session }: HttpSession, message: RequestMessage, { auth }: HttpRequest): Awaitable<ResponseMessage | undefined> {
  const answers: (ResponseMessage | undefined)[] = []
  let tell: ((response: ResponseMessage | undefined) => void) | undefined
  session.serve(message, { auth }, (response) => {
    answers.push(response)
    tell?.(response)
  })
  return answers.length > 0 ? answers[0] : new Promise((resolve) => (tell = resolve))
}

/** The stream for what the server says unasked, or one that the client lost and resumes. */
export async function getLegacy(sessions: Sessions, request: HttpRequest, accept: Accept): Promise<HttpReply> {
  if (!accept.events) throw new HttpError(406, 'GET opens an event stream: accept text/event-stream')
  const session = await findSession(sessions, request)
  const lastEventId = request.header('last-event-id')
  if (!session.takesPlace(lastEventId)) requireRoom(sessions, session, 0)
  const expiresAt = request.auth?.expiresAt
  const body = lastEventId === undefined ? session.openStanding(expiresAt) : session.resume(lastEventId, expiresAt)
  return body ? { status: 200, headers: SSE_HEADERS, body } : emptyReply(204) // 204 stops an event source that would reconnect again and again. Specification: HTML, 9.2.3.
}

export async function deleteLegacy(sessions: Sessions, request: HttpRequest): Promise<HttpReply> {
  await sessions.end(await findSession(sessions, request), 'session_ended')
  return emptyReply(204)
}

/** Without an id the client is at fault (400); an unknown one tells it to start a new session (404). */
function findSession(sessions: Sessions, request: HttpRequest): HttpSession | Promise<HttpSession> {
  legacyRevisionOf(request)
  const id = request.header(SESSION_HEADER)
  if (id === undefined) throw new HttpError(400, `${SESSION_HEADER} is missing: send "initialize" first, or name the protocol version in "_meta" of each request`)
  const principal = principalOf(request.auth)
  return sessions.find(id, principal, () => ownerOf(principal, addressOf(request.source)))
}

/** For so many further requests, any of which may become a stream. Throws `HttpError` 429. */
function requireRoom({ limits: { maxInflight, maxStreams } }: Sessions, session: HttpSession, requests: number): void {
  if (session.session.places + requests > maxInflight) throw tooBusy(429, `A session has at most ${maxInflight} requests in flight: wait for an answer`, 'too_many_requests')
  if (session.streams >= maxStreams) throw tooBusy(429, `A session has at most ${maxStreams} event streams open: wait until one ends`, 'too_many_streams')
}
