/** POST requests of legacy clients if sessions are disabled: each message is handled on its own. */
import type { LegacyRevision } from '@gangway/core'
import { serveWithoutSession, serveBatch, isLater, isRequest, requestsIn, type Awaitable, type Message, type RequestMessage, type ResponseMessage } from '@gangway/core/internal'
import type { Held } from '@gangway/core/internal/http'
import type { Accept } from './accept.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { legacyRevisionOf } from './legacy-requests.ts'
import { PostReply, emptyReply } from './replies.ts'
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
