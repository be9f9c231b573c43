/** A call to a server that asks in requests of its own, made for a client that is asked in rounds: it goes on while the client is away with the questions. */
import { parseLog, type LogMessage } from '../client/connect.ts'
import type { ProgressReport } from '../client/era.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import type { InputRequest, InputRequests } from '../protocol/types/input.ts'
import type { Context } from '../server/context.ts'
import type { Lease } from './upstream-client.ts'

interface Question {
  readonly request: InputRequest
  resolve(answer: unknown): void
  reject(error: unknown): void
}

export class ParkedCall {
  readonly id: string = crypto.randomUUID()
  readonly #leaving = new AbortController()
  readonly #questions = new Map<string, Question>()
  readonly #result: Promise<Result>
  #ctx: Context<unknown>
  #asked = 0
  #wake: (() => void) | undefined

  /** Makes the call. `timeout` is in milliseconds, from one sign of life to the next: how long all of it may take is the client's to say. */
  constructor(lease: Lease, ctx: Context<unknown>, method: string, params: Params, timeout: number) {
    this.#ctx = ctx
    const call = { session: ctx.peer, canAsk: method !== 'completion/complete', ask: this.#ask, log: (message: LogMessage) => relayLog(this.#ctx, message) }
    lease.upstream.calls.add(call)
    const onLog = (params: Params): void => relayLog(this.#ctx, parseLog(params))
    const onProgress = (report: ProgressReport): void => relayProgress(this.#ctx, report)
    this.#result = lease.upstream.connection.request(method, params, { signal: this.#leaving.signal, onProgress, onLog, timeout, maxTimeout: Number.POSITIVE_INFINITY }).finally(() => {
      lease.upstream.calls.delete(call)
      lease.release()
    })
    this.#result.catch(() => this.#drop()) // Nobody may be there to hear of it.
  }

  /** What the server has asked, and has no answer to, by keys of our own. */
  get questions(): InputRequests {
    return Object.fromEntries([...this.#questions].map(([key, { request }]) => [key, request]))
  }

  /** One round: brings the answers, and resolves with the result, or with nothing once there are questions. */
  async round(ctx: Context<unknown>): Promise<Result | undefined> {
    this.#ctx = ctx
    for (const [key, question] of this.#questions) {
      const answer = Object.hasOwn(ctx.inputs, key) ? ctx.inputs[key] : undefined
      if (answer === undefined) continue // It is asked again.
      this.#questions.delete(key)
      if (answer instanceof Error) question.reject(answer)
      else question.resolve(answer)
    }
    const cancel = (): void => this.cancel(ctx.signal.reason)
    if (ctx.signal.aborted) cancel()
    ctx.signal.addEventListener('abort', cancel, { once: true })
    try {
      for (;;) {
        const result = await Promise.race([this.#result, this.#question()])
        if (this.#questions.size > 0) return undefined // Though there may be a result: what need not be about this call can be asked in no other.
        if (result) return result
      }
    } finally {
      // Where there is a session, it asks meanwhile, and the request goes on.
      if (ctx.session === undefined) ctx.signal.removeEventListener('abort', cancel)
    }
  }

  cancel(reason: unknown): void {
    this.#leaving.abort(reason)
    this.#drop()
  }

  #drop(): void {
    for (const { reject } of this.#questions.values()) reject(new Error('The call that this was asked in has ended'))
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

  /** Resolves with nothing once there is a question. */
  async #question(): Promise<undefined> {
    while (this.#questions.size === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}

export const relayProgress = (ctx: Context<unknown>, { progress, total, message }: ProgressReport): void => ctx.progress(progress, total, message)
export const relayLog = (ctx: Context<unknown>, message: LogMessage | undefined): void => message && ctx.log[message.level](message.data, message.logger)
