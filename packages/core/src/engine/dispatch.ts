/** Serves one request: runs its method and the author's handler, and creates the response. Never throws, and uses nothing but its arguments. */
import type { Era, ResponseEncoding } from '../eras/era.ts'
import { isLater, type Awaitable } from '../util/awaitable.ts'
import { isRpcError, MethodNotFoundError } from '../jsonrpc/rpc-errors.ts'
import { failure, type Params, type RequestMessage, type ResponseMessage, type Result, type SuccessMessage } from '../jsonrpc/message.ts'
import { requireScopes } from '../methods/check-access.ts'
import type { HandlerCall, HandlerMethod } from '../methods/method.ts'
import { projectOnce } from '../methods/result-json.ts'
import { visibleTo } from '../definition/visibility.ts'
import { Context, spreadable } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { requestTracker } from '../context/current-request.ts'
import { checkInputRequests } from '../context/input-requests.ts'
import { isInputRequired } from '../definition/brand.ts'
import { sendReturned } from '../context/replay-state.ts'
import { errorFor } from '../logging/handler-errors.ts'
import { toolError } from '../definition/tool-result.ts'

const NO_PARAMS: Params = Object.freeze({})

/**
 * The functions below are synchronous until something is asynchronous, because a promise costs as much as most steps of a request.
 * From there on, `async` functions continue.
 */
export function dispatch<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  const pinned = server.pin?.(request.method)
  const response = serve(pinned ?? server, era, request, ctx)
  if (!pinned) return response
  if (isLater(response)) return response.finally(() => pinned.release())
  pinned.release()
  return response
}

function serve<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  try {
    if (!era.methods.has(request.method)) throw new MethodNotFoundError(request.method)
    const response = server.prepare ? prepareAndRun(server, server.prepare(request.method, request.params ?? {}, ctx), era, request, ctx) : runMethod(server, era, request, ctx)
    return isLater(response) ? response.catch((thrown: unknown) => failed(server, era, request, ctx, thrown)) : response
  } catch (thrown) {
    return failed(server, era, request, ctx, thrown)
  }
}

async function prepareAndRun<S>(server: ServerDefinition, prepared: Promise<ServerDefinition | undefined>, era: Era<S>, request: RequestMessage, ctx: Context<S>): Promise<ResponseMessage> {
  return runMethod((await prepared) ?? server, era, request, ctx)
}

function runMethod<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<ResponseMessage> {
  requireScopes(server, [request], ctx.auth)
  const seen = visibleTo(server, ctx.auth)
  const tracker = requestTracker()
  const result = tracker ? tracker.run({ server, request, ctx }, () => resultOf(seen, era, request, ctx)) : resultOf(seen, era, request, ctx)
  return isLater(result) ? result.then((settled) => respond(seen, era, request, ctx, settled)) : respond(seen, era, request, ctx, result)
}

function resultOf<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>): Awaitable<Result> {
  const method = era.methods.get(request.method)
  if (!method || (method.capability && !server.definition.capabilities[method.capability])) throw new MethodNotFoundError(request.method)
  const params = request.params ?? NO_PARAMS
  if ('run' in method) return method.run(server, params, ctx)
  const { call } = method
  const resumed = era.resume(server, request, ctx)
  if (isLater(resumed)) return untilFinished(server, era, request, resumed, call)
  const result = runOnce(server, params, resumed, call)
  return isLater(result) || isInputRequired(result) ? untilFinished(server, era, request, resumed, call, result) : result
}

/** Runs a handler again until it needs no more input from the client, or until its input requests have become the result. `first` is the result of the first run. */
async function untilFinished<S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, resumed: Awaitable<Context<S>>, call: HandlerMethod, first?: Awaitable<Result>): Promise<Result> {
  const params = request.params ?? NO_PARAMS
  let ctx = await resumed
  let result = await (first ?? runOnce(server, params, ctx, call))
  while (isInputRequired(result)) {
    const next = await era.requestInput(server, request, ctx, result)
    if (!(next instanceof Context)) return next
    ctx = next
    result = await runOnce(server, params, ctx, call)
  }
  return result
}

function runOnce(server: ServerDefinition, params: Params, ctx: Context<unknown>, call: HandlerMethod): Awaitable<Result> {
  const prepared = call(server, params, ctx)
  return isLater(prepared) ? prepared.then((ready) => runHandler(ready, ctx)) : runHandler(prepared, ctx)
}

function runHandler(call: HandlerCall, ctx: Context<unknown>): Awaitable<Result> {
  ctx.exchange.begun = true
  let returned: unknown
  try {
    returned = call.run(spreadable(ctx))
  } catch (error) {
    if (!ctx.questions()) throw error
    returned = Promise.reject(error)
  }
  return isLater(returned) || ctx.questions() || isInputRequired(returned) ? outcomeOf(call, ctx, returned) : call.toResult(returned)
}

/** While input requests are open, the outcome of the handler is discarded. A `catch` block in the handler therefore cannot swallow them. */
async function outcomeOf(call: HandlerCall, ctx: Context<unknown>, running: unknown): Promise<Result> {
  let returned: unknown
  try {
    returned = await running
  } catch (error) {
    const questions = await ctx.questions()
    if (questions) return questions
    throw error
  }
  const asked = ctx.questions()
  const questions = asked && (await asked)
  if (questions) return questions
  if (!isInputRequired(returned)) return call.toResult(returned)
  checkInputRequests(returned, ctx.client.capabilities)
  const inputRequests = await sendReturned(ctx.replayState, returned.inputRequests ?? {})
  return { ...returned, ...(returned.inputRequests && { inputRequests }) }
}

const respond = <S>(server: ServerDefinition, era: Era<S>, request: RequestMessage, ctx: Context<S>, result: Result): ResponseMessage =>
  new Answered(era, request, ctx, projectOnce(result, ctx.revision, () => era.encodeResult(result, request, server, ctx.revision)))

/** Converts a thrown value to a response. A failed tool call becomes a result with `isError`, so that the model learns about it, unless an `McpError` was thrown. */
export function failed(server: ServerDefinition, era: ResponseEncoding, request: RequestMessage, ctx: Context<unknown>, thrown: unknown): ResponseMessage {
  const error = era.encodeError(errorFor(server, request, ctx, thrown), ctx)
  if (request.method === 'tools/call' && (!isRpcError(thrown) || era.isToolResult(thrown))) {
    try {
      return new Answered(era, request, ctx, era.encodeResult(toolError(error.message), request, server, ctx.revision))
    } catch {
      // The definition is not available, for example of a proxy that lost its upstream. A protocol error does not need it.
    }
  }
  return failure(request.id, error)
}

/** The request that a result belongs to. */
export interface Origin {
  readonly era: ResponseEncoding
  readonly request: RequestMessage
  readonly ctx: Context<unknown>
}

/**
 * A response that remembers its request, so that a result that cannot be serialized as JSON is logged with the request.
 * The request is stored in private members, which JSON and copies leave out. A separate object per request would cost more.
 */
export class Answered implements SuccessMessage {
  readonly jsonrpc = '2.0'
  readonly id: SuccessMessage['id']
  readonly result: Result
  readonly #era: ResponseEncoding
  readonly #request: RequestMessage
  readonly #ctx: Context<unknown>

  constructor(era: ResponseEncoding, request: RequestMessage, ctx: Context<unknown>, result: Result) {
    this.id = request.id
    this.result = result
    this.#era = era
    this.#request = request
    this.#ctx = ctx
  }

  /** Returns the request of a response, or undefined if the message is not an instance of this class. */
  static originOf(message: object): Origin | undefined {
    return #ctx in message ? { era: message.#era, request: message.#request, ctx: message.#ctx } : undefined
  }
}
