/** Runs the method of one request and creates its response. Never throws, and uses nothing but its arguments. */
import { Answered } from './answered-request.ts'
import type { Era } from '../eras/era.ts'
import { chain, type Awaitable } from '../util/awaitable.ts'
import { isRpcError, MethodNotFoundError } from '../jsonrpc/rpc-errors.ts'
import { failure, type Params, type RequestMessage, type ResponseMessage } from '../jsonrpc/message.ts'
import { requireScopes } from '../methods/check-access.ts'
import type { Method } from '../methods/method.ts'
import { projectOnce } from '../methods/shared-results.ts'
import { visibleTo } from '../definition/visibility.ts'
import type { Context } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { asCurrentRequest } from '../context/current-request.ts'
import { errorFor } from '../logging/handler-errors.ts'
import { toolError } from '../definition/tool-result.ts'

const NO_PARAMS: Params = Object.freeze({})

export function dispatch<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  const pinned = server.pin?.(request.method)
  if (!pinned) return answer(server, era, request, ctx)
  const release = (response: ResponseMessage): ResponseMessage => {
    pinned.release()
    return response
  }
  return chain(() => answer(pinned, era, request, ctx), release)
}

function answer<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  return chain(
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
  const seen = visibleTo(server, ctx.auth)
  return chain(
    () => asCurrentRequest({ server, request, ctx }, () => method(seen, request.params ?? NO_PARAMS, ctx)),
    (result): ResponseMessage => new Answered(era, request, ctx, projectOnce(result, ctx.revision, () => era.encodeResult(result, request, seen, ctx.revision))),
  )
}

/** Converts a thrown value to a response. A failed tool call becomes a result with `isError`, so that the model learns about it, unless an `McpError` was thrown. */
export function failed(server: ServerDefinition, era: Pick<Era<never>, 'encodeResult' | 'encodeError'>, request: RequestMessage, ctx: Context<unknown>, thrown: unknown): ResponseMessage {
  const error = errorFor(server, request, ctx, thrown)
  if (request.method === 'tools/call' && !isRpcError(thrown)) {
    try {
      return new Answered(era as Era<never>, request, ctx, era.encodeResult(toolError(error.message), request, server, ctx.revision))
    } catch {
      // The definition is not available, for example of a proxy that lost its upstream. A protocol error does not need it.
    }
  }
  return failure(request.id, era.encodeError(error))
}
