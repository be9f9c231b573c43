/** POST, GET and DELETE in the legacy era: find the session, hand it the message. */
import { isLegacyRevision, type ReceiveOptions, type ServerDefinition } from '@gangway/core'
import { isFailure, isRequest, type Message, type RequestMessage } from '@gangway/core/jsonrpc'
import { HttpError, SSE_HEADERS } from '@gangway/core/web'
import type { Accept } from './accept.ts'
import type { Channel } from './channel.ts'
import { VERSION_HEADER } from './headers.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import type { HttpSession } from './http-session.ts'
import { PostReply } from './post-reply.ts'
import { emptyReply } from './reply.ts'
import type { Sessions } from './sessions.ts'

const SESSION_HEADER = 'mcp-session-id'

export async function postLegacy(sessions: Sessions, message: Message, request: HttpRequest, accept: Accept): Promise<HttpReply> {
  if (isRequest(message) && message.method === 'initialize') return initialize(sessions, message, request, accept)
  const found = findSession(sessions, request)
  if (!isRequest(message)) {
    void found.session.receive(message)
    return emptyReply(202)
  }
  const { reply, options } = replyIn(sessions.server, found, accept)
  void found.session.receive(message, options).then((response) => (response ? reply.end(response) : reply.cancel(message.id)))
  return reply.reply
}

/** A batch, which only revision 2025-03-26 has. */
export async function postBatch(sessions: Sessions, values: readonly unknown[], request: HttpRequest, accept: Accept): Promise<HttpReply> {
  const found = findSession(sessions, request)
  const { reply, options } = replyIn(sessions.server, found, accept)
  const answers = found.session.receiveBatch(values, options)
  const answered = answers.then((responses) => {
    if (responses.length > 0) reply.end(responses)
    else reply.endEmpty()
    return reply.reply
  })
  return Promise.race([reply.reply, answered]) // A stream begins before all answers are there; a batch that is refused has none.
}

/** A client that leaves does not cancel in this era, so nobody listens for it; but it may come back to its stream. */
function replyIn(server: ServerDefinition, session: HttpSession, accept: Accept): { reply: PostReply; options: ReceiveOptions } {
  let channel: Channel | undefined
  const reply = new PostReply(server, accept, { openChannel: () => (channel = session.openChannel()) })
  const closeStream = (): void => {
    if (session.canPoll && reply.openStream() && channel) session.sendAway(channel)
  }
  return { reply, options: { send: reply.send, canAsk: accept.events, closeStream } }
}

async function initialize(sessions: Sessions, message: RequestMessage, request: HttpRequest, accept: Accept): Promise<HttpReply> {
  const id = request.header(SESSION_HEADER)
  if (id !== undefined && sessions.get(id)) throw new HttpError(400, 'The session is initialized already')
  const created = sessions.create()
  const response = await created.session.receive(message)
  if (!response) throw new HttpError(400, 'The handshake was cancelled')
  if (!isFailure(response)) sessions.add(created)
  const reply = new PostReply(sessions.server, accept, isFailure(response) ? {} : { headers: { [SESSION_HEADER]: created.id } })
  reply.end(response)
  return reply.reply
}

/** The stream for what the server says unasked, or one that the client lost and resumes. */
export function getLegacy(sessions: Sessions, request: HttpRequest, accept: Accept): HttpReply {
  if (!accept.events) throw new HttpError(406, 'GET opens an event stream: accept text/event-stream')
  const session = findSession(sessions, request)
  const lastEventId = request.header('last-event-id')
  const stream = lastEventId === undefined ? session.openStanding() : session.resume(lastEventId)
  if (!stream) throw new HttpError(400, `Event ${lastEventId} is not, or no longer, known: what came after it is lost`)
  return { status: 200, headers: SSE_HEADERS, body: stream }
}

export function deleteLegacy(sessions: Sessions, request: HttpRequest): HttpReply {
  sessions.end(findSession(sessions, request))
  return emptyReply(204)
}

/** Without an id the client is at fault (400); an unknown one tells it to start a new session (404). */
function findSession(sessions: Sessions, request: HttpRequest): HttpSession {
  const revision = request.header(VERSION_HEADER)
  if (revision !== undefined && !isLegacyRevision(revision)) throw new HttpError(400, `Unsupported protocol version in ${VERSION_HEADER}: ${revision}`)
  const id = request.header(SESSION_HEADER)
  if (id === undefined) throw new HttpError(400, `${SESSION_HEADER} is missing: send "initialize" first, or name the protocol version in "_meta" of each request`)
  const session = sessions.get(id)
  if (!session) throw new HttpError(404, 'The session is unknown or has ended: start a new one with "initialize"')
  return session
}
