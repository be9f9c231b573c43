/** POST requests of modern clients: checks the headers against the body, serves the request, and maps error codes to HTTP statuses. */
import { McpErrorCode, ErrorCode } from '@gangway/core'
import { parseEnvelope, requireRevision, visibleTo, serveEnvelope, isFailure, isLater, type Awaitable, type Exchange, type RequestMessage, type ResponseMessage } from '@gangway/core/internal'
import type { Held } from '@gangway/core/internal/http'
import type { Accept } from './accept.ts'
import { rejectContradictions, requireHeaders, requireParamHeaders } from './modern-headers.ts'
import type { HttpReply, HttpRequest } from './http-message.ts'
import { PostReply } from './replies.ts'
import { nextKey } from './request-key.ts'
import type { EndpointContext } from './endpoint-context.ts'

/** HTTP statuses of the errors about the request itself. All other errors are sent with status 200, like results. */
const STATUS: ReadonlyMap<number, number> = new Map([
  [ErrorCode.MethodNotFound, 404],
  [McpErrorCode.HeaderMismatch, 400],
  [McpErrorCode.MissingCapability, 400],
  [McpErrorCode.UnsupportedVersion, 400],
])

/**
 * Throws errors about the request itself, in the order of the specification: first a header that contradicts the body,
 * then an unsupported revision, then a missing header.
 */
export function postModern({ server, inflight, subscriptions, stream }: EndpointContext, message: RequestMessage, request: HttpRequest, accept: Accept, held: Held): Awaitable<HttpReply> {
  const envelope = parseEnvelope(message)
  rejectContradictions(message, envelope, request)
  const revision = requireRevision(envelope)
  requireHeaders(message, request)
  if (message.method === 'tools/call') requireParamHeaders(message, visibleTo(server, request.auth).definition.tools.get(message.params?.name as string)?.paramHeaders ?? [], request)

  const lasts = message.method === 'subscriptions/listen' // The only long-lived request. Others finish soon, so the expiry of their token is not enforced after they have started.
  if (lasts) held.requireRoom(1, undefined, subscriptions)
  else held.requireRoom(1, request.source?.connection) // Look up the connection now: an HTTP/2 stream loses it when it closes.
  const key = nextKey()
  const cancel = (): void => inflight.cancel(key, 'The client closed the connection') // In this era, disconnecting cancels the request.
  const reply = new PostReply(server, accept, { stream: lasts ? { ...stream, expiresAt: request.auth?.expiresAt } : stream, onCut: cancel })
  let served: Exchange | undefined
  const end = (response: ResponseMessage | undefined): void => {
    if (response) reply.end(response, statusOf(response, served?.begun === true))
    else reply.giveUp(message.id)
  }
  const serve = (exchange: Exchange): Awaitable<ResponseMessage> => serveEnvelope(server, message, envelope, revision, (served = exchange), request.auth)
  const response = request.gone ? undefined : inflight.run(key, reply.send, serve, held.enter)
  if (isLater(response)) {
    void response.then(end)
    request.onGone(cancel) // Registered only for requests that are still running: on some hosts, registering costs more than serving the request.
  } else end(response)
  return reply.reply
}

/** Errors that a handler throws have status 200, except a missing capability, which may only be noticed while the handler runs. */
function statusOf(response: ResponseMessage, begun: boolean): number {
  if (!isFailure(response) || (begun && response.error.code !== McpErrorCode.MissingCapability)) return 200
  return STATUS.get(response.error.code) ?? 200
}
