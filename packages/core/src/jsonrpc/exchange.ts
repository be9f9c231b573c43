/** One request being answered: its answer and its cancellation race for a single settlement, and nothing leaves after it. */
import type { NotificationMessage, Send } from './message.ts'

export class Exchange {
  readonly #send: Send
  readonly #onCancel: (() => void) | undefined
  #controller: AbortController | undefined
  #state: 'open' | 'settled' | 'cancelled' = 'open'
  #reason: unknown

  /** `send` takes what is said before the answer; `onCancel` runs once, if the cancellation wins. */
  constructor(send: Send, onCancel?: () => void) {
    this.#send = send
    this.#onCancel = onCancel
  }

  /** Aborts when the request is cancelled. Made on first use: most requests never look at it. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#state === 'cancelled') this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  get cancelled(): boolean {
    return this.#state === 'cancelled'
  }

  /** Hands out a message that belongs to this request; dropped once the request is settled. */
  send(message: NotificationMessage): void {
    if (this.#state === 'open') this.#send(message)
  }

  /** Claims the right to answer. False when the request was cancelled, or answered already. */
  settle(): boolean {
    if (this.#state !== 'open') return false
    this.#state = 'settled'
    return true
  }

  cancel(reason: string): void {
    if (this.#state !== 'open') return
    this.#state = 'cancelled'
    this.#reason = new DOMException(reason, 'AbortError')
    this.#controller?.abort(this.#reason)
    this.#onCancel?.()
  }
}
