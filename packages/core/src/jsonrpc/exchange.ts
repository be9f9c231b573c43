/** One request being answered: its answer and its cancellation race for a single settlement, and nothing leaves after it. */
import type { RpcError } from './errors.ts'
import { runAll } from './run-all.ts'
import { failure, type FailureMessage, type Message, type RequestId, type Send } from './message.ts'

export class Exchange {
  readonly #send: Send
  readonly #onOver: ((failed?: FailureMessage) => void) | undefined
  #onEnd: (() => void)[] | undefined
  #controller: AbortController | undefined
  #state: 'open' | 'settled' | 'cancelled' = 'open'
  #reason: unknown

  /** `send` takes what is said before the answer; `onOver` runs once, if the work is not to answer: with nothing when it is cancelled, with the answer when it failed. */
  constructor(send: Send, onOver?: (failed?: FailureMessage) => void) {
    this.#send = send
    this.#onOver = onOver
  }

  /** Aborts when the request is cancelled, or has failed behind its handler's back. Made on first use: most requests never look at it. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Whether the work itself has begun: an error from then on is its answer, and not a refusal of the request. */
  begun = false

  get cancelled(): boolean {
    return this.#state === 'cancelled'
  }

  /** Whether the handler's outcome is ignored: the request was canceled, or failed behind its handler's back. */
  get abandoned(): boolean {
    return this.#reason !== undefined
  }

  /** Hands out a message that belongs to this request; dropped once the request is settled. */
  send(message: Message): void {
    if (this.#state === 'open') this.#send(message)
  }

  /** For what has to be said even of a request that is cancelled: that its own questions are withdrawn. */
  sendAnyway(message: Message): void {
    this.#send(message)
  }

  /** Runs when the request is cancelled, or asked to end: for work that goes on until then. */
  onEnd(listener: () => void): void {
    if (this.#state === 'open') (this.#onEnd ??= []).push(listener)
    else listener()
  }

  /** Asks a request that goes on until it is asked to end for its answer. Any other is not disturbed. */
  end(): void {
    if (this.#onEnd) runAll(this.#onEnd.splice(0))
  }

  /** Claims the right to answer. False when the request was cancelled, or answered already. */
  settle(): boolean {
    if (this.#state !== 'open') return false
    this.#state = 'settled'
    return true
  }

  cancel(reason: string): void {
    if (this.#state === 'open') this.#giveUp('cancelled', new DOMException(reason, 'AbortError'))
  }

  /** Answers in the handler's place: something that it began has failed where it could not notice. */
  fail(error: RpcError, id: RequestId): void {
    if (this.#state === 'open') this.#giveUp('settled', error, failure(id, error))
  }

  #giveUp(state: 'settled' | 'cancelled', reason: unknown, failed?: FailureMessage): void {
    this.#state = state
    this.#reason = reason
    this.#controller?.abort(reason)
    try {
      this.end()
    } finally {
      this.#onOver?.(failed)
    }
  }
}
