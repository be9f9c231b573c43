/** The calls that are under way on one connection, and what the server says there without naming one. */
import type { LogMessage } from '../client/connect.ts'
import type { InputRequest } from '../protocol/types/input.ts'
import type { EndingSession } from '../server/context.ts'

export interface UpstreamCall {
  /** In front of the proxy; undefined where there is none. */
  readonly session: EndingSession | undefined
  /** Whether the client can be asked something in this one. */
  readonly canAsk: boolean
  /** The call lasts until it is answered. */
  ask(question: InputRequest, signal: AbortSignal): Promise<unknown>
  log(message: LogMessage): void
}

export class Calls {
  readonly #session: EndingSession | undefined
  /** The oldest first: a question is taken to be about that one. */
  readonly #calls = new Set<UpstreamCall>()
  readonly #waiting = new Set<(call: UpstreamCall) => void>()

  /** `session` is whose connection it is, where it is one's alone. */
  constructor(session: EndingSession | undefined) {
    this.#session = session
  }

  add(call: UpstreamCall): void {
    this.#calls.add(call)
    if (!call.canAsk) return
    for (const ask of this.#waiting) ask(call)
    this.#waiting.clear()
  }

  delete(call: UpstreamCall): void {
    this.#calls.delete(call)
  }

  /** A client is asked only in a call of its own: where there is none, the question waits for the next, for as long as the server does. */
  async ask(question: InputRequest, signal: AbortSignal): Promise<unknown> {
    const call = [...this.#calls].find(({ canAsk }) => canAsk)
    return (call ?? (await this.#next(signal))).ask(question, signal)
  }

  /** Nobody is to read what was said to somebody else. */
  log(message: LogMessage): void {
    const [call, ...others] = this.#calls
    if (!call) this.#session?.log(message.level, message.data, message.logger)
    else if (others.every(({ session }) => session !== undefined && session === call.session)) call.log(message)
  }

  #next(signal: AbortSignal): Promise<UpstreamCall> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve)
      signal.addEventListener('abort', () => {
        this.#waiting.delete(resolve)
        reject(signal.reason as Error)
      }, { once: true })
    })
  }
}
