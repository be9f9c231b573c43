/** One request in, one response out. Everything it needs comes as arguments, and it never throws. */
import { Answered } from './answered.ts'
import type { Era } from './eras/era.ts'
import { follow, type Awaitable } from './jsonrpc/awaitable.ts'
import { isRpcError, MethodNotFoundError } from './jsonrpc/errors.ts'
import { failure, type Params, type RequestMessage, type ResponseMessage } from './jsonrpc/message.ts'
import { requireScopes } from './methods/access.ts'
import type { Method } from './methods/method.ts'
import { present } from './methods/params.ts'
import { projectOnce } from './methods/shared-results.ts'
import { seenBy } from './server/view.ts'
import type { Context } from './server/context.ts'
import type { ServerDefinition } from './server/definition.ts'
import { asCurrentRequest } from './server/current-request.ts'
import { errorFor } from './server/failures.ts'
import { toolError } from './server/tool-result.ts'

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
      return server.prepare ? server.prepare(request.method, request.params ?? {}, ctx).then((prepared) => serve(prepared ?? server, era, method, request, ctx)) : serve(server, era, method, request, ctx)
    },
    (response) => response,
    (thrown) => failed(server, era, request, ctx, thrown),
  )
}

function serve<S>(server: ServerDefinition, era: Era<S>, method: Method<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  requireScopes(server, [request], ctx.auth)
  const seen = seenBy(server, ctx.auth)
  return follow(
    () => asCurrentRequest({ server, request, ctx }, () => method(seen, present(request.params ?? NO_PARAMS), ctx)),
    (result): ResponseMessage => new Answered(era, request, ctx, projectOnce(result, ctx.revision, () => era.encodeResult(result, request, seen, ctx.revision))),
  )
}

/** The one place where what was thrown becomes a response. A tool answers with `isError`, so that the model learns that it failed. */
export function failed(server: ServerDefinition, era: Pick<Era<never>, 'encodeResult' | 'encodeError'>, request: RequestMessage, ctx: Context<unknown>, thrown: unknown): ResponseMessage {
  const error = errorFor(server, request, ctx, thrown)
  if (request.method === 'tools/call' && !isRpcError(thrown)) {
    try {
      return new Answered(era as Era<never>, request, ctx, era.encodeResult(toolError(error.message), request, server, ctx.revision))
    } catch {
      // The definition is gone, as that of a proxy may be. A protocol error needs none.
    }
  }
  return failure(request.id, era.encodeError(error))
}
