/** POST requests of legacy clients if sessions are disabled: each message is handled on its own. */
import type { LegacyRevision } from '@gangway/core'
import { isLegacyRevision, serveWithoutSession, serveBatch, isLater, isRequest, requestsIn, type Awaitable, type Message, type RequestMessage, type ResponseMessage } from '@gangway/core/internal'
import { HttpError, VERSION_HEADER, type Held } from '@gangway/core/internal/http'
import type { Accept } from './accept.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { PostReply } from './post-reply.ts'
import { emptyReply } from './complete-replies.ts'
import { nextKey } from './request-key.ts'
import type { EndpointContext } from './endpoint-context.ts'

/** The revision of requests without a version header, as the specification defines. */
const UNNAMED: LegacyRevision = '2025-03-26'

export function postWithoutSession(context: EndpointContext, message: Message, request: HttpRequest, accept: Accept, held: Held): Awaitable<HttpReply> {
  const opens = isRequest(message) && message.method === 'initialize' // Its body carries the revision, not the header.
  const revision = (opens ? undefined : legacyRevisionOf(request)) ?? UNNAMED
  if (!isRequest(message)) return emptyReply(202) // Without a session, a notification or response has no effect.
  const { server, inflight } = context
  held.requireRoom(1, request.source?.connection)
  const reply = new PostReply(server, accept, context)
  const end = (response: ResponseMessage | undefined): void => {
    if (response) reply.end(response)
    else reply.giveUp(message.id)
  }
  const response = inflight.run(nextKey(), reply.send, (exchange) => serveWithoutSession(server, message, revision, exchange, request.auth), held.enter)
  if (isLater(response)) void response.then(end)
  else end(response)
  return reply.reply
}

/** Serves a batch. Only revision 2025-03-26 allows batches. */
export async function postBatchWithoutSession(context: EndpointContext, values: readonly unknown[], request: HttpRequest, accept: Accept, held: Held): Promise<HttpReply> {
  const revision = legacyRevisionOf(request) ?? UNNAMED
  const { server, inflight } = context
  held.requireRoom(requestsIn(values), request.source?.connection)
  const reply = new PostReply(server, accept, context)
  const answer = (message: RequestMessage): Awaitable<ResponseMessage | undefined> => inflight.run(nextKey(), reply.send, (exchange) => serveWithoutSession(server, message, revision, exchange, request.auth), held.enter)
  const answers = serveBatch(values, revision, async (message) => (isRequest(message) ? answer(message) : undefined))
  void answers.then((responses) => reply.endAll(responses))
  return reply.reply
}

/** Returns the revision in the version header; undefined if there is none. Throws `HttpError` 400 for a revision that is not a legacy one. */
export function legacyRevisionOf(request: HttpRequest): LegacyRevision | undefined {
  const revision = request.header(VERSION_HEADER)
  if (revision !== undefined && !isLegacyRevision(revision)) throw new HttpError(400, `Unsupported protocol version in ${VERSION_HEADER}: ${revision}`)
  return revision
}
