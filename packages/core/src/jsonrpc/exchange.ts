/** Tracks one incoming request from its arrival to its response or cancellation. Only one of the two takes effect, and nothing is sent after it. */
import type { Turn } from '../util/concurrency-limiter.ts'
import type { RpcError } from './rpc-errors.ts'
import { runAll } from '../util/run-all.ts'
import { failure, type FailureMessage, type Message, type RequestId, type Send } from './message.ts'

export class Exchange {
  readonly #send: Send
  readonly #onOver: ((failed: FailureMessage | undefined, exchange: Exchange) => void) | undefined
  #onEnd: (() => void)[] | undefined
  #controller: AbortController | undefined
  #state: 'open' | 'settled' | 'cancelled' = 'open'
  #reason: unknown

  /**
   * `send` sends the messages that belong to the request and precede its response. `onOver` runs once if the handler's outcome will not be the response:
   * with undefined if the request is canceled, with an error response if it failed.
   */
  constructor(send: Send, onOver?: (failed: FailureMessage | undefined, exchange: Exchange) => void) {
    this.#send = send
    this.#onOver = onOver
  }

  /** Aborts when the request is canceled or fails outside of its handler. Created on first use, because most handlers do not use it. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** The place of this request in the concurrency limiter. Undefined until the request has been admitted or queued. */
  turn: Turn | undefined

  /** Whether the handler has started. An error before that rejects the request; a later error is the response to it. */
  begun = false

  get cancelled(): boolean {
    return this.#state === 'cancelled'
  }

  /** Whether the handler's outcome is ignored, because the request was canceled or failed outside of its handler. */
  get abandoned(): boolean {
    return this.#reason !== undefined
  }

  /** Sends a message that belongs to this request. It is dropped if the request has been settled. */
  send(message: Message): void {
    if (this.#state === 'open') this.#send(message)
  }

  /** Sends a message even if the request has been settled. Needed to cancel the requests that its handler sent to the client. */
  sendAnyway(message: Message): void {
    this.#send(message)
  }

  /** Adds a listener that runs when the request is canceled or `end()` is called. Requests that run until then, such as subscriptions, use it. */
  onEnd(listener: () => void): void {
    if (this.#state === 'open') (this.#onEnd ??= []).push(listener)
    else listener()
  }

  /** Asks a long-running request, such as a subscription, to respond now. Requests without an `onEnd` listener are not affected. */
  end(): void {
    if (this.#onEnd) runAll(this.#onEnd.splice(0))
  }

  /** Claims the right to send the response. Returns false if the request was canceled or already has a response. */
  settle(): boolean {
    if (this.#state !== 'open') return false
    this.#state = 'settled'
    return true
  }

  cancel(reason: string): void {
    if (this.#state === 'open') this.#giveUp('cancelled', new DOMException(reason, 'AbortError'))
  }

  /** Responds with an error in place of the handler, when work that the handler started has failed outside of its promise. */
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
      this.#onOver?.(failed, this)
    }
  }
}
