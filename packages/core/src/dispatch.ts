/** One request in, one response out. All it needs comes as arguments, and it never throws. */
import type { Era } from './eras/era.ts'
import { follow, type Awaitable } from './jsonrpc/awaitable.ts'
import { MethodNotFoundError, toRpcError } from './jsonrpc/errors.ts'
import { failure, success, type Params, type RequestMessage, type ResponseMessage } from './jsonrpc/message.ts'
import { requireScopes } from './methods/access.ts'
import type { Method } from './methods/method.ts'
import { present } from './methods/params.ts'
import { projectOnce } from './methods/shared-results.ts'
import { seenBy } from './server/view.ts'
import type { Context } from './server/context.ts'
import type { ServerDefinition } from './server/definition.ts'
import { asCurrentRequest } from './server/current-request.ts'

const NO_PARAMS: Params = Object.freeze({})

export function dispatch<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  const pinned = server.pin?.(request.method)
  if (!pinned) return answer(server, era, request, ctx)
  const release = (response: ResponseMessage): ResponseMessage => {
    pinned.release()
    return response
  }
  return follow(() => answer(pinned, era, request, ctx), release)
}

function answer<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  return follow(
    () => {
      const method = era.methods.get(request.method)
      if (!method) throw new MethodNotFoundError(request.method)
      return server.prepare ? server.prepare(request.method, request.params ?? {}).then(() => serve(server, era, method, request, ctx)) : serve(server, era, method, request, ctx)
    },
    (response) => response,
    (thrown) => {
      const error = toRpcError(thrown)
      if (error.cause !== undefined && !ctx.cancelled) server.logger.error({ method: request.method, id: request.id, err: error.cause }, error.message)
      return failure(request.id, era.encodeError(error))
    },
  )
}

function serve<S>(server: ServerDefinition, era: Era<S>, method: Method<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  requireScopes(server, [request], ctx.auth)
  const seen = seenBy(server, ctx.auth)
  return follow(
    () => asCurrentRequest({ method: request.method, id: request.id, exchange: ctx.exchange }, () => method(seen, present(request.params ?? NO_PARAMS), ctx)),
    (result) => success(request.id, projectOnce(result, ctx.revision, () => era.encodeResult(result, request, seen, ctx.revision))),
  )
}
