/** The requests that we have sent and await: matches each response to its promise. */
import { toDelay } from './delay.ts'
import type { ErrorObject } from './errors.ts'
import { onAbort } from './on-abort.ts'
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
  /** Tells the peer that the answer is not wanted any more, and rejects. */
  withdraw(reason: unknown): void
  /** Begins the wait anew; `extra` milliseconds do not count against the whole of it. */
  touch(extra?: number): void
}

export interface RequestOptions {
  readonly send: Send
  /** Takes the withdrawal. */
  readonly sendAnyway: Send
  /** Withdraws the request: the peer is told, and a late answer is ignored. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a sign of life. */
  readonly timeout: number
  /** Milliseconds altogether. @default the same */
  readonly maxTimeout?: number
}

/** Ids of withdrawn requests that are remembered, so that a late response to one of them is not reported as a fault. */
const MAX_WITHDRAWN = 1000

/** Turns the text of an integer into the integer, because some peers send our numeric ids back as text. Accepts the canonical decimal form only; returns any other value unchanged. */
export const toOwnId = (id: unknown): unknown => (typeof id === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id)

export class Pending {
  readonly #waiters = new Map<RequestId | null, Waiter>()
  readonly #withdrawn = new Set<RequestId>()
  #nextId: number
  #holds = 0
  #heldSince = 0

  constructor(firstId = 1) {
    this.#nextId = firstId
  }

  /** `params` may be made for the id that the request gets. Rejects with `PeerError`, with the signal's reason, or with a `TimeoutError`. */
  async request(method: string, params: Params | ((id: RequestId) => Params), { send, sendAnyway, signal, timeout, maxTimeout = timeout }: RequestOptions): Promise<Result> {
    signal?.throwIfAborted()
    const id = this.#nextId++
    const message: RequestMessage = { jsonrpc: '2.0', id, method, params: typeof params === 'function' ? params(id) : params }
    const withdraw = (reason: unknown): void => {
      const waiter = this.#take(id)
      if (!waiter) return // Answered this very moment.
      this.#remember(id)
      sendAnyway(notification('notifications/cancelled', { requestId: id, reason: reason instanceof Error ? reason.message : String(reason) }))
      waiter.reject(reason)
    }
    let deadline = Date.now() + maxTimeout
    let timer: ReturnType<typeof setTimeout> | undefined
    const touch = (extra = 0): void => {
      deadline += extra
      clearTimeout(timer)
      const wait = Math.min(timeout, Math.max(deadline - Date.now(), 0))
      if (wait !== Number.POSITIVE_INFINITY) timer = setTimeout(expire, toDelay(wait))
    }
    const expire = (): void => {
      if (this.#holds > 0) timer = setTimeout(expire, toDelay(timeout))
      else withdraw(new DOMException(`No answer to ${method} within ${Date.now() < deadline ? timeout : maxTimeout} ms`, 'TimeoutError'))
    }
    const answer = new Promise<Result>((resolve, reject) => this.#waiters.set(id, { resolve, reject, withdraw, touch }))
    touch()
    const ignoreAbort = signal && onAbort(signal, () => withdraw(signal.reason))
    try {
      send(message)
      return await answer
    } finally {
      clearTimeout(timer)
      ignoreAbort?.()
      this.#waiters.delete(id)
    }
  }

  /** The one request there is; undefined if there are none or several. */
  get only(): RequestId | undefined {
    const [id, ...others] = this.#waiters.keys()
    return id !== null && others.length === 0 ? id : undefined
  }

  /** Returns false if no request of ours has this id. Such a response, like a late one, is ignored, as the specification requires. An id of "2" matches request 2. */
  settle(response: ResponseMessage): boolean {
    const id = toOwnId(response.id) as RequestId | null
    const waiter = this.#take(id)
    if (!waiter) return id !== null && this.#withdrawn.delete(id)
    if (isFailure(response)) waiter.reject(new PeerError(response.error))
    else waiter.resolve(response.result)
    return true
  }

  /** A sign of life of this request. */
  touch(id: unknown): void {
    this.#waiters.get(toOwnId(id) as RequestId)?.touch()
  }

  /** Until the function that it returns is called, no request is given up: the peer waits for us. */
  hold(): () => void {
    if (this.#holds++ === 0) this.#heldSince = Date.now()
    return () => {
      if (--this.#holds > 0) return
      for (const { touch } of this.#waiters.values()) touch(Date.now() - this.#heldSince)
    }
  }

  /** There will be no answer to this request. */
  fail(id: RequestId, reason: unknown): void {
    this.#take(id)?.reject(reason)
  }

  /** Withdraws all requests. */
  withdrawAll(reason: unknown): void {
    for (const { withdraw } of [...this.#waiters.values()]) withdraw(reason)
  }

  /** There will be no answers any more. */
  failAll(reason: unknown): void {
    for (const id of [...this.#waiters.keys()]) this.fail(id as RequestId, reason)
  }

  #remember(id: RequestId): void {
    if (this.#withdrawn.size >= MAX_WITHDRAWN) this.#withdrawn.clear()
    this.#withdrawn.add(id)
  }

  /** Whoever takes the waiter settles the request. */
  #take(id: RequestId | null): Waiter | undefined {
    const waiter = this.#waiters.get(id)
    this.#waiters.delete(id)
    return waiter
  }
}
