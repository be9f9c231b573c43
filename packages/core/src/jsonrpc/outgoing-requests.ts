/** Sends requests to the peer and matches each response to its request. */
import { BoundedMap } from '../util/bounded-map.ts'
import { toDelay } from '../util/delay.ts'
import type { ErrorObject } from './rpc-errors.ts'
import { onAbort } from '../util/on-abort.ts'
import { isFailure, notification, type Params, type RequestId, type RequestMessage, type ResponseMessage, type Result, type Send } from './message.ts'

/** An error response of the peer. It is never forwarded to another peer as it is. */
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
  /** Sends `notifications/cancelled` to the peer and rejects the promise. */
  withdraw(reason: unknown): void
  /** Restarts the timeout. `extra` milliseconds are added to the total time limit. */
  touch(extra?: number): void
}

export interface RequestOptions {
  readonly send: Send
  /** Sends the cancellation, even if `send` no longer sends anything. */
  readonly sendAnyway: Send
  /** Cancels the request: the peer is notified, and a late response is ignored. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a response or progress. */
  readonly timeout: number
  /** Total milliseconds, including time with progress. @default the same */
  readonly totalTimeout?: number
}

/** Remembered ids of canceled requests, so that a late response to one of them is not reported as an error. */
const MAX_WITHDRAWN = 1000

/** Converts a numeric id that the peer returned as a string back to a number. Only canonical decimal integers are converted; other values are returned unchanged. */
export const toOwnId = (id: unknown): unknown => (typeof id === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id)

export class OutgoingRequests {
  readonly #waiters = new Map<RequestId | null, Waiter>()
  /** Created on first use, because most sessions never need it. */
  #withdrawn: BoundedMap<RequestId, true> | undefined
  #nextId: number
  #holds = 0
  #heldSince = 0

  constructor(firstId = 1) {
    this.#nextId = firstId
  }

  /** Resolves with the result. `params` may be a function of the request id. Rejects with `PeerError`, the reason of the signal, or a `TimeoutError`. */
  async request(method: string, params: Params | ((id: RequestId) => Params), { send, sendAnyway, signal, timeout, totalTimeout = timeout }: RequestOptions): Promise<Result> {
    signal?.throwIfAborted()
    const id = this.#nextId++
    const message: RequestMessage = { jsonrpc: '2.0', id, method, params: typeof params === 'function' ? params(id) : params }
    const withdraw = (reason: unknown): void => {
      const waiter = this.#take(id)
      if (!waiter) return // The response has just arrived.
      this.#withdrawn ??= new BoundedMap(MAX_WITHDRAWN)
      this.#withdrawn.set(id, true)
      sendAnyway(notification('notifications/cancelled', { requestId: id, reason: reason instanceof Error ? reason.message : String(reason) }))
      waiter.reject(reason)
    }
    let deadline = Date.now() + totalTimeout
    let timer: ReturnType<typeof setTimeout> | undefined
    const touch = (extra = 0): void => {
      deadline += extra
      clearTimeout(timer)
      const wait = Math.min(timeout, Math.max(deadline - Date.now(), 0))
      if (wait !== Number.POSITIVE_INFINITY) timer = setTimeout(expire, toDelay(wait))
    }
    const expire = (): void => {
      if (this.#holds > 0) timer = setTimeout(expire, toDelay(timeout))
      else withdraw(new DOMException(`No response to ${method} within ${Date.now() < deadline ? timeout : totalTimeout} ms`, 'TimeoutError'))
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

  /** The id of the only request in flight. Undefined if there is none or more than one. */
  get only(): RequestId | undefined {
    const [id, ...others] = this.#waiters.keys()
    return id !== null && others.length === 0 ? id : undefined
  }

  /** Returns false if the id is unknown. The specification requires that such responses, and late ones, are ignored. The id "2" matches request 2. */
  settle(response: ResponseMessage): boolean {
    const id = toOwnId(response.id) as RequestId | null
    const waiter = this.#take(id)
    if (!waiter) return id !== null && this.#withdrawn?.delete(id) === true
    if (isFailure(response)) waiter.reject(new PeerError(response.error))
    else waiter.resolve(response.result)
    return true
  }

  /** Restarts the timeout of a request, for example after progress. */
  touch(id: unknown): void {
    this.#waiters.get(toOwnId(id) as RequestId)?.touch()
  }

  /** Suspends all timeouts until the returned function is called, because the peer is waiting for this side. */
  hold(): () => void {
    if (this.#holds++ === 0) this.#heldSince = Date.now()
    return () => {
      if (--this.#holds > 0) return
      for (const { touch } of this.#waiters.values()) touch(Date.now() - this.#heldSince)
    }
  }

  /** Rejects a request that will get no response. */
  fail(id: RequestId, reason: unknown): void {
    this.#take(id)?.reject(reason)
  }

  /** Cancels all requests and notifies the peer. */
  withdrawAll(reason: unknown): void {
    for (const { withdraw } of [...this.#waiters.values()]) withdraw(reason)
  }

  /** Rejects all requests without notifying the peer, because the connection is closed. */
  failAll(reason: unknown): void {
    for (const id of [...this.#waiters.keys()]) this.fail(id as RequestId, reason)
  }

  /** Removes a request from the map. The caller must then settle it. */
  #take(id: RequestId | null): Waiter | undefined {
    const waiter = this.#waiters.get(id)
    this.#waiters.delete(id)
    return waiter
  }
}
