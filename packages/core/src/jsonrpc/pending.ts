/** The requests that we have sent and await: matches each response to its promise. */
import type { ErrorObject } from './errors.ts'
import { isFailure, notification, type Params, type RequestId, type RequestMessage, type ResponseMessage, type Result, type Send } from './message.ts'

/** What the peer answered instead of a result. Ours to handle, never ours to send. */
export class PeerError extends Error {
  readonly code: number
  readonly data: unknown

  constructor({ code, message, data }: ErrorObject) {
    super(message)
    this.name = 'PeerError'
    this.code = code
    this.data = data
  }
}

interface Waiter {
  resolve(result: Result): void
  reject(reason: unknown): void
}

export interface RequestOptions {
  readonly send: Send
  /** Takes the withdrawal. */
  readonly sendAnyway: Send
  /** Withdraws the request: the peer is told, and a late answer is ignored. */
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly timeout: number
}

/** Timers of a longer time would fire at once. */
const MAX_TIMEOUT = 2 ** 31 - 1

export class Pending {
  readonly #waiters = new Map<RequestId | null, Waiter>()
  #nextId: number

  constructor(firstId = 1) {
    this.#nextId = firstId
  }

  /** Rejects with `PeerError`, with the signal's reason, or with a `TimeoutError`. */
  async request(method: string, params: Params, { send, sendAnyway, signal, timeout }: RequestOptions): Promise<Result> {
    signal.throwIfAborted()
    const message: RequestMessage = { jsonrpc: '2.0', id: this.#nextId++, method, params }
    const answer = new Promise<Result>((resolve, reject) => this.#waiters.set(message.id, { resolve, reject }))
    const withdraw = (reason: unknown): void => {
      const waiter = this.#take(message.id)
      if (!waiter) return // Answered this very moment.
      sendAnyway(notification('notifications/cancelled', { requestId: message.id, reason: reason instanceof Error ? reason.message : String(reason) }))
      waiter.reject(reason)
    }
    const abort = (): void => withdraw(signal.reason)
    const timer = setTimeout(() => withdraw(new DOMException(`No answer to ${method} within ${timeout} ms`, 'TimeoutError')), Math.min(timeout, MAX_TIMEOUT))
    signal.addEventListener('abort', abort, { once: true })
    try {
      send(message)
      return await answer
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      this.#waiters.delete(message.id)
    }
  }

  /** An answer that is late, or to nothing we asked, is ignored, as the specification wants. */
  settle(response: ResponseMessage): void {
    const waiter = this.#take(response.id)
    if (isFailure(response)) waiter?.reject(new PeerError(response.error))
    else waiter?.resolve(response.result)
  }

  /** Whoever takes the waiter settles the request. */
  #take(id: RequestId | null): Waiter | undefined {
    const waiter = this.#waiters.get(id)
    this.#waiters.delete(id)
    return waiter
  }
}
