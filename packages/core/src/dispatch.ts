/** One request in, one response out. All it needs comes as arguments, and it never throws. */
import type { Era } from './eras/era.ts'
import { MethodNotFoundError, toRpcError } from './jsonrpc/errors.ts'
import { failure, success, type RequestMessage, type ResponseMessage } from './jsonrpc/message.ts'
import { requireScopes } from './methods/access.ts'
import { seenBy } from './server/view.ts'
import type { Context } from './server/context.ts'
import type { ServerDefinition } from './server/definition.ts'
import { inScope } from './server/scope.ts'

export function dispatch<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Promise<ResponseMessage> {
  const pinned = server.pin?.(request.method)
  return pinned ? answer(pinned, era, request, ctx).finally(() => pinned.release()) : answer(server, era, request, ctx)
}

async function answer<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Promise<ResponseMessage> {
  try {
    const method = era.methods.get(request.method)
    if (!method) throw new MethodNotFoundError(request.method)
    if (server.prepare) await server.prepare(request.method, request.params ?? {})
    requireScopes(server, request, ctx.auth)
    const seen = seenBy(server, ctx.auth)
    const result = await inScope({ method: request.method, id: request.id, exchange: ctx.exchange }, () => method(seen, request.params ?? {}, ctx))
    return success(request.id, era.encodeResult(result, request, seen, ctx.revision))
  } catch (thrown) {
    const error = toRpcError(thrown)
    if (error.cause !== undefined && !ctx.cancelled) server.logger.error({ method: request.method, id: request.id, err: error.cause }, error.message)
    return failure(request.id, era.encodeError(error))
  }
}
