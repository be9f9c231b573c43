/** One request, passed on to the server behind a proxy, whatever the eras on its two sides. */
import { parseLog } from '../client/connect.ts'
import type { ClientEra } from '../client/era.ts'
import { ClientError } from '../client/errors.ts'
import { KnownTools } from '../client/tools.ts'
import { toDelay } from '../jsonrpc/delay.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { InvalidParamsError, RpcError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import { McpErrorCode } from '../protocol/error-codes.ts'
import { ResourceNotFoundError } from '../protocol/errors.ts'
import { META } from '../protocol/revisions.ts'
import type { Context, RequestContext } from '../server/context.ts'
import { inputRequired } from '../server/input.ts'
import { ParkedCall, relayLog, relayProgress } from './parked-call.ts'
import type { Upstream } from './upstream.ts'
import { sessionOf, type Connections } from './upstreams.ts'

export class Forwarder {
  readonly tools: KnownTools = new KnownTools()
  readonly #upstreams: Connections
  readonly #timeout: number
  readonly #inputTimeout: number
  readonly #parked = new Map<string, { call: ParkedCall; timer: ReturnType<typeof setTimeout> }>()

  /** In milliseconds: for an answer of the server, and for one of the client to its questions. */
  constructor(upstreams: Connections, timeout: number, inputTimeout: number) {
    this.#upstreams = upstreams
    this.#timeout = timeout
    this.#inputTimeout = inputTimeout
  }

  /** Throws `RpcError`: what the server answers as it is, and that it cannot be reached. */
  async forward(requestContext: RequestContext, method: string, params: Params): Promise<Result> {
    const ctx = requestContext as Context<unknown>
    try {
      const whole = { ...params, _meta: requestContext.meta } // Its progress token is replaced on the way.
      if (ctx.state !== undefined) return await this.#next(ctx, method, whole)
      const lease = await this.#upstreams.lease(ctx)
      if (lease.upstream.isModern) return await this.#inRounds(lease.upstream, ctx, method, whole, {})
      return await this.#round(new ParkedCall(lease, ctx, method, whole, this.#timeout), ctx)
    } catch (error) {
      throw toRpcError(error, method, params)
    }
  }

  close(): void {
    for (const { call, timer } of this.#parked.values()) {
      clearTimeout(timer)
      call.cancel(new Error('The proxy has ended'))
    }
    this.#parked.clear()
  }

  /** The state is our own: it was sealed on its way. */
  async #next(ctx: Context<unknown>, method: string, params: Params): Promise<Result> {
    const state = JSON.parse(ctx.state ?? '{}') as { parked?: string; keys?: string[]; state?: string }
    if (state.parked === undefined) {
      const inputResponses = Object.fromEntries((state.keys ?? []).flatMap((key) => (Object.hasOwn(ctx.inputs, key) ? [[key, answerOf(ctx.inputs[key])]] : [])))
      return this.#inRounds(await this.#upstreams.main(), ctx, method, params, { ...(state.keys && { inputResponses }), ...(state.state !== undefined && { requestState: state.state }) })
    }
    const parked = this.#parked.get(state.parked)
    if (!parked) throw new InvalidParamsError('The call that asked this has ended: make it again')
    clearTimeout(parked.timer)
    this.#parked.delete(state.parked)
    return this.#round(parked.call, ctx)
  }

  async #round(call: ParkedCall, ctx: Context<unknown>): Promise<Result> {
    const result = await call.round(ctx)
    if (result) return result
    const timer = setTimeout(() => {
      this.#parked.delete(call.id)
      call.cancel(new Error('No answer came from the client'))
    }, toDelay(this.#inputTimeout))
    this.#parked.set(call.id, { call, timer })
    return inputRequired(call.questions, JSON.stringify({ parked: call.id }))
  }

  async #inRounds({ connection, calls }: Upstream, ctx: Context<unknown>, method: string, params: Params, more: Params): Promise<Result> {
    const own = connection.requireEra()
    // It is the client in front that speaks, with what it can be asked.
    const era: ClientEra = { ...own, envelope: (settings) => own.envelope({ ...settings, info: ctx.client.info ?? settings.info, capabilities: ctx.client.capabilities }) }
    const headers = method === 'tools/call' ? this.tools.headersOf(String(params.name), isObject(params.arguments) ? params.arguments : {}) : {}
    const call = { session: sessionOf(ctx), canAsk: false, ask: () => Promise.reject(new Error('Nobody is asked so in this era')), log: (message: Parameters<typeof relayLog>[1]) => relayLog(ctx, message) }
    calls.add(call)
    try {
      const result = await connection.request(method, { ...params, ...more }, { signal: ctx.signal, era, headers, onProgress: (report) => relayProgress(ctx, report), onLog: (message) => relayLog(ctx, parseLog(message)), timeout: this.#timeout, maxTimeout: Number.POSITIVE_INFINITY })
      const { resultType, inputRequests, requestState } = result as Params
      if (resultType !== 'input_required') return withoutOwnMeta(result)
      const keys = isObject(inputRequests) ? Object.keys(inputRequests) : undefined
      return inputRequired((inputRequests ?? {}) as never, JSON.stringify({ ...(keys && { keys }), ...(requestState !== undefined && { state: requestState }) }))
    } finally {
      calls.delete(call)
    }
  }
}

const OWN_META: ReadonlySet<string> = new Set(Object.values(META))

/** Without what the upstream's `_meta` says of the upstream itself, such as its name: the proxy says that of its own responses, and only to modern clients. */
function withoutOwnMeta(result: Result): Result {
  const { _meta, ...rest } = result as Params
  if (!isObject(_meta) || !Object.keys(_meta).some((key) => OWN_META.has(key))) return result
  const kept = Object.entries(_meta).filter(([key]) => !OWN_META.has(key))
  return { ...rest, ...(kept.length > 0 && { _meta: Object.fromEntries(kept) }) }
}

/** Each era has a code of its own for it. */
const isNotFound = ({ code, data }: PeerError, uri: unknown): boolean => code === McpErrorCode.ResourceNotFound || (code === ErrorCode.InvalidParams && isObject(data) && data.uri === uri)

/** In place of an answer there may be the error that the client gave. */
function answerOf(answer: unknown): unknown {
  if (answer instanceof Error) throw answer
  return answer
}

function toRpcError(error: unknown, method: string, { uri }: Params): unknown {
  if (error instanceof PeerError) return method === 'resources/read' && isNotFound(error, uri) ? new ResourceNotFoundError(String(uri)) : new RpcError(Number.isSafeInteger(error.code) ? error.code : ErrorCode.InternalError, String(error.message), { data: error.data })
  return error instanceof ClientError ? new RpcError(ErrorCode.InternalError, error.message, { cause: error }) : error
}
