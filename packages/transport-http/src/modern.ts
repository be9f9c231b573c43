/** POST in the modern era: check the headers against the body, serve the request, translate the status. */
import { McpErrorCode, parseEnvelope, requireRevision, seenBy, serveEnvelope } from '@gangway/core'
import { ErrorCode, isFailure, type Awaitable, type Exchange, type RequestMessage, type ResponseMessage } from '@gangway/core/jsonrpc'
import { connectionOf } from '@gangway/core/web'
import type { Accept } from './accept.ts'
import { rejectContradictions, requireHeaders, requireParamHeaders } from './headers.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { PostReply } from './post-reply.ts'
import { nextKey } from './request-key.ts'
import type { Surroundings } from './surroundings.ts'

/** Errors that the status tells of as well; with any other one, the request has been answered as with a result. */
const STATUS: ReadonlyMap<number, number> = new Map([
  [ErrorCode.MethodNotFound, 404],
  [McpErrorCode.HeaderMismatch, 400],
  [McpErrorCode.MissingCapability, 400],
  [McpErrorCode.UnsupportedVersion, 400],
])

/**
 * Throws what is wrong with the request itself, in the order that the specification gives: a contradiction beats an unknown
 * revision, and that a missing header. `onEnd` is called when it has been answered, or is not to be any more.
 */
export function postModern({ server, inflight, load, stream }: Surroundings, message: RequestMessage, request: HttpRequest, accept: Accept, onEnd?: () => void): Awaitable<HttpReply> {
  const envelope = parseEnvelope(message)
  rejectContradictions(message, envelope, request)
  const revision = requireRevision(envelope)
  requireHeaders(message, request)
  if (message.method === 'tools/call') requireParamHeaders(message, seenBy(server, request.auth).definition.tools.get(message.params?.name as string)?.paramHeaders ?? [], request)

  const lasts = message.method === 'subscriptions/listen' // Any other is nearly done, and was allowed when it came.
  const connection = connectionOf(request.source) // Now: a stream of HTTP/2 forgets it at its end.
  if (!lasts) load.requireRoom(connection)
  const key = nextKey()
  const cancel = (): void => inflight.cancel(key, 'The client closed the connection') // In this era, to leave is to cancel.
  const reply = new PostReply(server, accept, { stream: lasts ? { ...stream, expiresAt: request.auth?.expiresAt } : stream, onCut: cancel })
  let served: Exchange | undefined
  let over = false
  const end = (response: ResponseMessage | undefined): void => {
    over = true
    onEnd?.()
    if (response) reply.end(response, statusOf(response, served?.begun === true))
    else reply.giveUp(message.id)
  }
  const serve = (exchange: Exchange): Awaitable<ResponseMessage> => serveEnvelope(server, message, envelope, revision, (served = exchange), request.auth)
  if (request.gone) end(undefined)
  else inflight.start(key, reply.send, serve, end, lasts ? undefined : load.placeOn(connection))
  if (over) return reply.reply
  request.onGone(cancel) // Most are answered at once, and some hosts make for whoever listens what costs more than the answer.
  return reply.reply
}

/** What a handler throws is an answer, whatever its code; but for a capability that only the work could know it needs. */
function statusOf(response: ResponseMessage, begun: boolean): number {
  if (!isFailure(response) || (begun && response.error.code !== McpErrorCode.MissingCapability)) return 200
  return STATUS.get(response.error.code) ?? 200
}
