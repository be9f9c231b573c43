/** POST, GET and DELETE requests of legacy clients: finds the session and passes the message to it. */
import type { LegacyRevision } from '@gangway/core'
import { checkBatch, isLegacyRevision, principalOf, isFailure, isLater, isRequest, requestsIn, type ReceiveOptions, type Awaitable, type Message, type RequestMessage, type ResponseMessage } from '@gangway/core/internal'
import { callerOf, HttpError, LAST_EVENT_HEADER, SESSION_HEADER, SSE_HEADERS, tooBusy, VERSION_HEADER, type Held } from '@gangway/core/internal/http'
import type { Accept } from './accept.ts'
import type { SessionStream } from './session-stream.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import type { HttpSession } from './http-session.ts'
import { PostReply, emptyReply } from './replies.ts'
import type { Sessions } from './sessions.ts'

export function postLegacy(sessions: Sessions, message: Message, request: HttpRequest, accept: Accept, held: Held): Awaitable<HttpReply> {
  if (isRequest(message) && message.method === 'initialize') return initialize(sessions, message, request, accept, held)
  const found = findSession(sessions, request)
  return isLater(found) ? found.then((session) => serve(sessions, session, message, request, accept, held)) : serve(sessions, found, message, request, accept, held)
}

const serve = (sessions: Sessions, found: HttpSession, message: Message, request: HttpRequest, accept: Accept, held: Held): Awaitable<HttpReply> =>
  isRequest(message) ? answer(sessions, found, message, request, accept, held) : take(found, message)

function answer(sessions: Sessions, found: HttpSession, message: RequestMessage, request: HttpRequest, accept: Accept, held: Held): Awaitable<HttpReply> {
  requireRoom(sessions, found, 1)
  held.requireRoom(1)
  const { reply, options } = replyIn(sessions, found, request, accept, held)
  const response = found.session.receive(message, options)
  if (isLater(response) || found.saving) void endLater(reply, found, message, response)
  else end(reply, found, message, response)
  return reply.reply
}

async function endLater(reply: PostReply, found: HttpSession, message: RequestMessage, later: Awaitable<ResponseMessage | undefined>): Promise<void> {
  const response = await later
  if (found.saving) await found.saving
  end(reply, found, message, response)
}

function end(reply: PostReply, { session }: HttpSession, { id }: RequestMessage, response: ResponseMessage | undefined): void {
  if (response) reply.end(response)
  else if (session.ended) reply.giveUp(id)
  else reply.cancel()
}

function take(found: HttpSession, message: Message): Awaitable<HttpReply> {
  void found.session.receive(message) // Only requests are asynchronous, so this has completed.
  const reply = emptyReply(202)
  return found.saving ? found.saving.then(() => reply) : reply // Respond only after the change has been stored, so that a crash cannot lose what the client believes has happened.
}

/** Serves a batch. Only revision 2025-03-26 allows batches. */
export async function postBatch(sessions: Sessions, values: readonly unknown[], request: HttpRequest, accept: Accept, held: Held): Promise<HttpReply> {
  const found = await findSession(sessions, request)
  checkBatch(values, found.session.record?.revision)
  const requests = requestsIn(values)
  if (requests > 0) {
    requireRoom(sessions, found, requests)
    held.requireRoom(requests)
  }
  const { reply, options } = replyIn(sessions, found, request, accept, held)
  const answers = found.session.receiveBatch(values, options)
  void answers.then(async (responses) => {
    if (found.saving) await found.saving
    reply.endAll(responses)
  })
  return reply.reply
}

/** Ignores disconnects: they do not cancel a request in this era, and the client may resume the stream. */
function replyIn({ stream, server }: Sessions, session: HttpSession, { auth }: HttpRequest, accept: Accept, { enter }: Held): { reply: PostReply; options: ReceiveOptions } {
  let channel: SessionStream | undefined
  const reply = new PostReply(server, accept, { stream, openChannel: () => (channel = session.openChannel()) })
  const closeStream = (): void => {
    if (session.canPoll && reply.openStream() && channel) session.disconnectForPolling(channel)
  }
  return { reply, options: { send: reply.send, canAsk: accept.events, auth, closeStream, enter } }
}

function initialize(sessions: Sessions, message: RequestMessage, request: HttpRequest, accept: Accept, held: Held): Awaitable<HttpReply> {
  if (sessions.draining) throw tooBusy(503, 'The server is shutting down and accepts no more sessions', 'shutting_down')
  const id = request.header(SESSION_HEADER)
  const principal = principalOf(request.auth)
  const known = id === undefined ? undefined : sessions.get(id, principal) // A second handshake restarts the existing session.
  const owner = callerOf(request.auth, request.source)
  if (!known) sessions.requireRoom(owner)
  held.requireRoom(1)
  const session = known ?? sessions.create(principal)
  const response = session.session.receive(message, { auth: request.auth, enter: held.enter })
  const open = (response: ResponseMessage | undefined): Awaitable<HttpReply> => {
    if (!response) throw new HttpError(400, 'The handshake was cancelled')
    if (!isFailure(response) && !known) sessions.add(session, owner)
    const reply = new PostReply(sessions.server, accept, { stream: sessions.stream, ...(!isFailure(response) && { headers: { [SESSION_HEADER]: session.id } }) })
    reply.end(response)
    return session.saving ? session.saving.then(() => reply.reply) : reply.reply
  }
  return isLater(response) ? response.then(open) : open(response)
}

/** Opens the standalone stream, or resumes a stream after `Last-Event-ID`. */
export async function getLegacy(sessions: Sessions, request: HttpRequest, accept: Accept): Promise<HttpReply> {
  if (!accept.events) throw new HttpError(406, 'GET opens an event stream: accept text/event-stream')
  const session = await findSession(sessions, request)
  const lastEventId = request.header(LAST_EVENT_HEADER)
  if (!session.replacesStream(lastEventId)) requireRoom(sessions, session, 0)
  const expiresAt = request.auth?.expiresAt
  const body = lastEventId === undefined ? session.openStandaloneStream(expiresAt) : session.resume(lastEventId, expiresAt)
  return body ? { status: 200, headers: SSE_HEADERS, body } : emptyReply(204) // 204 stops an EventSource from reconnecting. Specification: HTML, 9.2.3.
}

export async function deleteLegacy(sessions: Sessions, request: HttpRequest): Promise<HttpReply> {
  await sessions.end(await findSession(sessions, request), 'session_ended')
  return emptyReply(204)
}

/** A missing session id is an error of the client (400). An unknown one tells the client to start a new session (404). */
function findSession(sessions: Sessions, request: HttpRequest): HttpSession | Promise<HttpSession> {
  legacyRevisionOf(request)
  const id = request.header(SESSION_HEADER)
  if (id === undefined) throw new HttpError(400, `${SESSION_HEADER} is missing: send "initialize" first, or name the protocol version in "_meta" of each request`)
  const principal = principalOf(request.auth)
  return sessions.find(id, principal, () => callerOf(request.auth, request.source))
}

/** Throws `HttpError` 429 if the session cannot accept this many more requests, or has no stream left for them. */
function requireRoom({ limits: { maxInflight, maxStreams } }: Sessions, session: HttpSession, requests: number): void {
  if (session.session.places + requests > maxInflight) throw tooBusy(429, `A session can have at most ${maxInflight} requests in flight: wait for a response`, 'too_many_requests')
  if (session.streams >= maxStreams) throw tooBusy(429, `A session can have at most ${maxStreams} event streams open: wait until one ends`, 'too_many_streams')
}

/** Returns the revision in the version header; undefined if there is none. Throws `HttpError` 400 for a revision that is not a legacy one. */
export function legacyRevisionOf(request: HttpRequest): LegacyRevision | undefined {
  const revision = request.header(VERSION_HEADER)
  if (revision !== undefined && !isLegacyRevision(revision)) throw new HttpError(400, `Unsupported protocol version in ${VERSION_HEADER}: ${revision}`)
  return revision
}
