/** Forwards one request to an upstream. The client and the upstream may speak different protocol eras. */
import { parseLog } from '../client/connect.ts'
import { toDelay } from '../util/delay.ts'
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { InvalidParamsError, RpcError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import { McpErrorCode } from '../protocol/mcp-error-codes.ts'
import { ResourceNotFoundError } from '../protocol/mcp-errors.ts'
import { META } from '../protocol/revisions.ts'
import type { Context, RequestContext } from '../context/context.ts'
import { inputRequired } from '../context/input-requests.ts'
import { toInputError, toPeersError } from './input-error.ts'
import { eraOf } from './live-upstream.ts'
import { SuspendedCall, relayLog, relayProgress } from './suspended-call.ts'
import type { Lease, UpstreamClient } from './upstream-client.ts'

/** Maximum number of calls to one upstream that wait for their clients to respond to input requests. */
const MAX_PARKED = 256

/**
 * The request state that a modern client returns with its responses. For a legacy upstream, it identifies the suspended call.
 * For a modern upstream, it holds the keys of the upstream's input requests and the upstream's own request state.
 */
interface Round {
  readonly suspended?: string
  readonly keys?: readonly string[]
  readonly state?: string
}

export class Forwarder {
  readonly #timeout: number
  readonly #inputTimeout: number
  readonly #toRpcError: (error: unknown) => unknown
  readonly #parked = new Map<string, { call: SuspendedCall; timer: ReturnType<typeof setTimeout> }>()

  /** `timeout` and `inputTimeout` are milliseconds to wait for the upstream and for the client. `toRpcError` converts errors that the upstream did not return itself. */
  constructor(timeout: number, inputTimeout: number, toRpcError: (error: unknown) => unknown) {
    this.#timeout = timeout
    this.#inputTimeout = inputTimeout
    this.#toRpcError = toRpcError
  }

  /** Resolves with the upstream's result. Rejects with `RpcError`: the upstream's own error, or the reason why the upstream could not be called. */
  async forward(client: UpstreamClient, requestContext: RequestContext, method: string, params: Params): Promise<Result> {
    const ctx = requestContext as Context<unknown>
    try {
      const whole = { ...params, _meta: requestContext.meta } // The client connection replaces the progress token.
      const round = (ctx.state === undefined ? undefined : JSON.parse(ctx.state)) as Round | undefined
      if (round?.suspended !== undefined) return await this.#resume(round.suspended, ctx)
      const lease = await client.lease()
      if (!lease.upstream.isModern) return await this.#round(new SuspendedCall(lease, ctx, method, whole, this.#timeout), ctx)
      try {
        return await this.#inRounds(client, lease, ctx, method, whole, round)
      } finally {
        lease.release()
      }
    } catch (error) {
      throw ctx.signal.aborted ? error : error instanceof PeerError ? toRpcError(error, method, params) : this.#toRpcError(error)
    }
  }

  close(): void {
    for (const { call, timer } of this.#parked.values()) {
      clearTimeout(timer)
      call.cancel(new Error('The proxy has shut down'))
    }
    this.#parked.clear()
  }

  /** The id can be trusted, because the request state is sealed. */
  async #resume(id: string, ctx: Context<unknown>): Promise<Result> {
    const suspended = this.#parked.get(id)
    if (!suspended) throw new InvalidParamsError('The call that sent this request has ended. Call again')
    clearTimeout(suspended.timer)
    this.#parked.delete(id)
    return this.#round(suspended.call, ctx)
  }

  async #round(call: SuspendedCall, ctx: Context<unknown>): Promise<Result> {
    const result = await call.round(ctx)
    if (result) return result
    if (this.#parked.size >= MAX_PARKED) {
      call.cancel(new Error('Too many calls are waiting for responses from clients'))
      throw new RpcError(ErrorCode.InternalError, `${MAX_PARKED} calls are waiting for responses from their clients, which is the limit: try again later`, { data: { reason: 'too_many_input_requests' } })
    }
    const timer = setTimeout(() => {
      this.#parked.delete(call.id)
      call.cancel(new Error('The client did not respond in time'))
    }, toDelay(this.#inputTimeout))
    this.#parked.set(call.id, { call, timer })
    return inputRequired(call.questions, JSON.stringify({ suspended: call.id } satisfies Round))
  }

  async #inRounds(client: UpstreamClient, { upstream: { connection, calls } }: Lease, ctx: Context<unknown>, method: string, params: Params, round: Round | undefined): Promise<Result> {
    const era = eraOf(connection.requireEra(), ctx.client)
    const headers = method === 'tools/call' ? client.offer?.tools.headersOf(String(params.name), isObject(params.arguments) ? params.arguments : {}) : undefined
    const inputResponses = round?.keys && Object.fromEntries(round.keys.flatMap((key) => (Object.hasOwn(ctx.inputs, key) ? [[key, answerOf(ctx.inputs[key])]] : [])))
    const more = { ...(inputResponses && { inputResponses }), ...(round?.state !== undefined && { requestState: round.state }) }
    const call = { session: ctx.peer, canAsk: false, ask: () => Promise.reject(new Error('Modern upstreams send input requests in results')), log: (message: Parameters<typeof relayLog>[1]) => relayLog(ctx, message) }
    calls.add(call)
    try {
      const result = await connection.request(method, { ...params, ...more }, { signal: ctx.signal, era, ...(headers && { headers }), onProgress: (report) => relayProgress(ctx, report), onLog: (message) => relayLog(ctx, parseLog(message)), timeout: this.#timeout, totalTimeout: Number.POSITIVE_INFINITY })
      const { resultType, inputRequests, requestState } = result as Params
      if (resultType !== 'input_required') return withoutOwnMeta(result)
      const keys = isObject(inputRequests) ? Object.keys(inputRequests) : undefined
      return inputRequired((inputRequests ?? {}) as never, JSON.stringify({ ...(keys && { keys }), ...(requestState !== undefined && { state: requestState as string }) } satisfies Round))
    } finally {
      calls.delete(call)
    }
  }
}

const OWN_META: ReadonlySet<string> = new Set(Object.values(META))

/** Removes `_meta` entries that describe the upstream itself, such as its name. The proxy adds its own, and only for modern clients. */
function withoutOwnMeta(result: Result): Result {
  const { _meta, ...rest } = result as Params
  if (!isObject(_meta) || !Object.keys(_meta).some((key) => OWN_META.has(key))) return result
  const kept = Object.entries(_meta).filter(([key]) => !OWN_META.has(key))
  return { ...rest, ...(kept.length > 0 && { _meta: Object.fromEntries(kept) }) }
}

/** The error code for an unknown resource differs between the eras. */
const isNotFound = ({ code, data }: PeerError, uri: unknown): boolean => code === McpErrorCode.ResourceNotFound || (code === ErrorCode.InvalidParams && isObject(data) && data.uri === uri)

/** Throws if the client responded with an error. */
function answerOf(answer: unknown): unknown {
  if (answer instanceof Error) throw toInputError(answer)
  return answer
}

function toRpcError(error: PeerError, method: string, { uri }: Params): RpcError {
  return method === 'resources/read' && isNotFound(error, uri) ? new ResourceNotFoundError(String(uri)) : toPeersError(error)
}
