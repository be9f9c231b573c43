/** One request, passed on to the server behind a proxy, whatever the eras on its two sides. */
import { parseLog } from '../client/connect.ts'
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
import { eraOf } from './live-upstream.ts'
import { ParkedCall, relayLog, relayProgress } from './parked-call.ts'
import type { Lease, UpstreamClient } from './upstream-client.ts'

/** Calls to one upstream that wait for their clients to answer input requests. */
const MAX_PARKED = 256

/** What a modern client carries for us between the rounds of a request: which parked call it belongs to, or what a modern upstream asked and passed on. */
interface Round {
  readonly parked?: string
  readonly keys?: readonly string[]
  readonly state?: string
}

export class Forwarder {
  readonly #timeout: number
  readonly #inputTimeout: number
  readonly #toRpcError: (error: unknown) => unknown
  readonly #parked = new Map<string, { call: ParkedCall; timer: ReturnType<typeof setTimeout> }>()

  /** Times in milliseconds: for a response of the upstream, and for one of the client to its input requests. `toRpcError` turns other errors than those of the upstream into responses. */
  constructor(timeout: number, inputTimeout: number, toRpcError: (error: unknown) => unknown) {
    this.#timeout = timeout
    this.#inputTimeout = inputTimeout
    this.#toRpcError = toRpcError
  }

  /** Throws `RpcError`: what the upstream responds, as it is, or why it cannot. */
  async forward(client: UpstreamClient, requestContext: RequestContext, method: string, params: Params): Promise<Result> {
    const ctx = requestContext as Context<unknown>
    try {
      const whole = { ...params, _meta: requestContext.meta } // Its progress token is replaced on the way.
      const round = (ctx.state === undefined ? undefined : JSON.parse(ctx.state)) as Round | undefined
      if (round?.parked !== undefined) return await this.#resume(round.parked, ctx)
      const lease = await client.lease()
      if (!lease.upstream.isModern) return await this.#round(new ParkedCall(lease, ctx, method, whole, this.#timeout), ctx)
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
      call.cancel(new Error('The proxy has ended'))
    }
    this.#parked.clear()
  }

  /** The id is our own: it was sealed on its way. */
  async #resume(id: string, ctx: Context<unknown>): Promise<Result> {
    const parked = this.#parked.get(id)
    if (!parked) throw new InvalidParamsError('The call that asked this has ended: make it again')
    clearTimeout(parked.timer)
    this.#parked.delete(id)
    return this.#round(parked.call, ctx)
  }

  async #round(call: ParkedCall, ctx: Context<unknown>): Promise<Result> {
    const result = await call.round(ctx)
    if (result) return result
    if (this.#parked.size >= MAX_PARKED) {
      call.cancel(new Error('Too many calls wait for answers'))
      throw new RpcError(ErrorCode.InternalError, `${MAX_PARKED} calls wait for their clients to answer, which is the limit: try again later`, { data: { reason: 'too_many_input_requests' } })
    }
    const timer = setTimeout(() => {
      this.#parked.delete(call.id)
      call.cancel(new Error('The client did not answer in time'))
    }, toDelay(this.#inputTimeout))
    this.#parked.set(call.id, { call, timer })
    return inputRequired(call.questions, JSON.stringify({ parked: call.id } satisfies Round))
  }

  async #inRounds(client: UpstreamClient, { upstream: { connection, calls } }: Lease, ctx: Context<unknown>, method: string, params: Params, round: Round | undefined): Promise<Result> {
    const era = eraOf(connection.requireEra(), ctx.client)
    const headers = method === 'tools/call' ? client.offer?.tools.headersOf(String(params.name), isObject(params.arguments) ? params.arguments : {}) : undefined
    const inputResponses = round?.keys && Object.fromEntries(round.keys.flatMap((key) => (Object.hasOwn(ctx.inputs, key) ? [[key, answerOf(ctx.inputs[key])]] : [])))
    const more = { ...(inputResponses && { inputResponses }), ...(round?.state !== undefined && { requestState: round.state }) }
    const call = { session: ctx.peer, canAsk: false, ask: () => Promise.reject(new Error('Upstreams of this era ask in their results')), log: (message: Parameters<typeof relayLog>[1]) => relayLog(ctx, message) }
    calls.add(call)
    try {
      const result = await connection.request(method, { ...params, ...more }, { signal: ctx.signal, era, ...(headers && { headers }), onProgress: (report) => relayProgress(ctx, report), onLog: (message) => relayLog(ctx, parseLog(message)), timeout: this.#timeout, maxTimeout: Number.POSITIVE_INFINITY })
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

function toRpcError(error: PeerError, method: string, { uri }: Params): RpcError {
  return method === 'resources/read' && isNotFound(error, uri) ? new ResourceNotFoundError(String(uri)) : new RpcError(Number.isSafeInteger(error.code) ? error.code : ErrorCode.InternalError, String(error.message), { data: error.data })
}
