/** POST in the legacy era where no sessions are kept: each message stands alone. */
import { isLegacyRevision, serveAlone, serveBatch, type LegacyRevision } from '@gangway/core'
import { isRequest, requestsIn, type Awaitable, type Message, type RequestMessage, type ResponseMessage } from '@gangway/core/jsonrpc'
import { connectionOf, HttpError } from '@gangway/core/web'
import type { Accept } from './accept.ts'
import { VERSION_HEADER } from './headers.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { PostReply } from './post-reply.ts'
import { emptyReply } from './reply.ts'
import { nextKey } from './request-key.ts'
import type { Surroundings } from './surroundings.ts'

/** The revision of a client that does not name one. */
const UNNAMED: LegacyRevision = '2025-03-26'

export function postAlone(surroundings: Surroundings, message: Message, request: HttpRequest, accept: Accept): Awaitable<HttpReply> {
  const opens = isRequest(message) && message.method === 'initialize' // Its body names the revision.
  const revision = (opens ? undefined : legacyRevisionOf(request)) ?? UNNAMED
  if (!isRequest(message)) return emptyReply(202) // There is nobody that it could tell of something.
  const { server, inflight, load } = surroundings
  const connection = connectionOf(request.source)
  load.requireRoom(connection)
  const reply = new PostReply(server, accept, surroundings)
  const end = (response: ResponseMessage | undefined): void => {
    if (response) reply.end(response)
    else reply.giveUp(message.id)
  }
  inflight.start(nextKey(), reply.send, (exchange) => serveAlone(server, message, revision, exchange, request.auth), end, load.placeOn(connection))
  return reply.reply
}

/** A batch, which only revision 2025-03-26 has. */
export async function postAloneBatch(surroundings: Surroundings, values: readonly unknown[], request: HttpRequest, accept: Accept): Promise<HttpReply> {
  const revision = legacyRevisionOf(request) ?? UNNAMED
  const { server, inflight, load } = surroundings
  const connection = connectionOf(request.source)
  const requests = requestsIn(values)
  load.requireRoom(connection, requests)
  const reply = new PostReply(server, accept, surroundings)
  const answer = (message: RequestMessage): Promise<ResponseMessage | undefined> => inflight.run(nextKey(), reply.send, (exchange) => serveAlone(server, message, revision, exchange, request.auth), load.placeOn(connection))
  const answers = serveBatch(values, revision, async (message) => (isRequest(message) ? answer(message) : undefined))
  void answers.then((responses) => reply.endAll(responses))
  return reply.reply
}

/** What the header names; undefined where there is none. Throws `HttpError` 400 for a revision that is not served in this era. */
export function legacyRevisionOf(request: HttpRequest): LegacyRevision | undefined {
  const revision = request.header(VERSION_HEADER)
  if (revision !== undefined && !isLegacyRevision(revision)) throw new HttpError(400, `Unsupported protocol version in ${VERSION_HEADER}: ${revision}`)
  return revision
}
