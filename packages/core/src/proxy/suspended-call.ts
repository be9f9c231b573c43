/** A call to a legacy upstream on behalf of a modern client. It stays open while the client responds to the upstream's input requests. */
import { parseLog, type LogMessage } from '../client/connect.ts'
import type { ProgressReport } from '../client/client-era.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import type { InputRequest, InputRequests } from '../protocol/types/input-types.ts'
import type { Context } from '../context/context.ts'
import { toInputError } from './input-error.ts'
import type { Lease } from './upstream-client.ts'

interface Question {
  readonly request: InputRequest
  resolve(answer: unknown): void
  reject(error: unknown): void
}

export class SuspendedCall {
  readonly id: string = crypto.randomUUID()
  readonly #leaving = new AbortController()
  readonly #questions = new Map<string, Question>()
  readonly #result: Promise<Result>
  #ctx: Context<unknown>
  #asked = 0
  #wake: (() => void) | undefined

  /** Sends the call. `timeout` is the milliseconds between two signs of life; the client decides how long the whole call may take. */
  constructor(lease: Lease, ctx: Context<unknown>, method: string, params: Params, timeout: number) {
    this.#ctx = ctx
    const call = { session: ctx.peer, canAsk: method !== 'completion/complete', ask: this.#ask, log: (message: LogMessage) => relayLog(this.#ctx, message) }
    lease.upstream.calls.add(call)
    const onLog = (params: Params): void => relayLog(this.#ctx, parseLog(params))
    const onProgress = (report: ProgressReport): void => relayProgress(this.#ctx, report)
    this.#result = lease.upstream.connection.request(method, params, { signal: this.#leaving.signal, call, onProgress, onLog, timeout, totalTimeout: Number.POSITIVE_INFINITY }).finally(() => {
      lease.upstream.calls.delete(call)
      lease.release()
    })
    this.#result.catch(() => this.#drop()) // Also marks the rejection as handled, because no round may be waiting for the result.
  }

  /** Input requests without a response, under keys that this class generates. */
  get questions(): InputRequests {
    return Object.fromEntries([...this.#questions].map(([key, { request }]) => [key, request]))
  }

  /** Runs one round: delivers the client's responses, then resolves with the result, or with undefined if input requests are pending. */
  async round(ctx: Context<unknown>): Promise<Result | undefined> {
    this.#ctx = ctx
    for (const [key, question] of this.#questions) {
      const answer = Object.hasOwn(ctx.inputs, key) ? ctx.inputs[key] : undefined
      if (answer === undefined) continue // Sent again in the next round.
      this.#questions.delete(key)
      if (answer instanceof Error) question.reject(toInputError(answer))
      else question.resolve(answer)
    }
    const cancel = (): void => this.cancel(ctx.signal.reason)
    if (ctx.signal.aborted) cancel()
    ctx.signal.addEventListener('abort', cancel, { once: true })
    try {
      for (;;) {
        const result = await Promise.race([this.#result, this.#question()])
        if (this.#questions.size > 0) return undefined // Pending input requests come first, even if the result has arrived: they may not belong to this call, but no other call can carry them.
        if (result) return result
      }
    } finally {
      // With a session, the client's request continues while the session sends the input requests, so keep the listener.
      if (ctx.session === undefined) ctx.signal.removeEventListener('abort', cancel)
    }
  }

  cancel(reason: unknown): void {
    this.#leaving.abort(reason)
    this.#drop()
  }

  #drop(): void {
    for (const { reject } of this.#questions.values()) reject(new Error('The call that sent this request has ended'))
    this.#questions.clear()
  }

  readonly #ask = (request: InputRequest, signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const key = `q${++this.#asked}`
      this.#questions.set(key, { request, resolve, reject })
      signal.addEventListener('abort', () => {
        this.#questions.delete(key)
        reject(signal.reason as Error)
      })
      this.#wake?.()
    })

  /** Resolves with undefined once there is an input request. */
  async #question(): Promise<undefined> {
    while (this.#questions.size === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}

export const relayProgress = (ctx: Context<unknown>, { progress, total, message }: ProgressReport): void => ctx.progress(progress, total, message)
export const relayLog = (ctx: Context<unknown>, message: LogMessage | undefined): void => message && ctx.log[message.level](message.data, message.logger)
