/** POST, GET and DELETE in the legacy era: find the session, hand it the message. */
import { isLegacyRevision } from '@gangway/core'
import { isFailure, isRequest, type Message, type RequestMessage } from '@gangway/core/jsonrpc'
import { HttpError, SSE_HEADERS } from '@gangway/core/web'
import type { Accept } from './accept.ts'
import { VERSION_HEADER } from './headers.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { PostReply } from './post-reply.ts'
import { emptyReply } from './reply.ts'
import type { HttpSession, Sessions } from './sessions.ts'

const SESSION_HEADER = 'mcp-session-id'

export async function postLegacy(sessions: Sessions, message: Message, request: HttpRequest, accept: Accept): Promise<HttpReply> {
  if (isRequest(message) && message.method === 'initialize') return initialize(sessions, message, request, accept)
  const { session } = findSession(sessions, request)
  if (!isRequest(message)) {
    void session.receive(message)
    return emptyReply(202)
  }
  const reply = new PostReply(sessions.server, accept)
  // A client that leaves does not cancel in this era, so nobody listens for it.
  void session.receive(message, reply.send).then((response) => (response ? reply.end(response) : reply.cancel(message.id)))
  return reply.reply
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

/** The stream for what the server says unasked. */
export function getLegacy(sessions: Sessions, request: HttpRequest, accept: Accept): HttpReply {
  if (!accept.events) throw new HttpError(406, 'GET opens an event stream: accept text/event-stream')
  const stream = findSession(sessions, request).openStream()
  stream.keepAlive() // The client waits for the headers, and they leave with the first bytes.
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
