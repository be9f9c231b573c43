/** The requests being served on one channel, found by id so that a cancellation can reach them. */
import { isLater, type Awaitable } from './awaitable.ts'
import { InvalidRequestError } from './errors.ts'
import { Exchange } from './exchange.ts'
import { failure, type RequestId, type ResponseMessage, type Send } from './message.ts'
import type { Enter } from './concurrency-limiter.ts'
import { runAll } from './run-all.ts'
import { UnderWay } from './under-way.ts'

const atOnce: Enter = (begin) => {
  begin()
  return () => {}
}

/** Never throws, nor rejects. */
type Serve = (exchange: Exchange) => Awaitable<ResponseMessage>

/** Handlers that may go on after their requests were cancelled without holding a place: one that never settles must not stop the server. */
const MAX_ABANDONED = 256

export class Inflight {
  readonly #exchanges = new Map<RequestId, Exchange>()
  readonly #underWay = new UnderWay()
  /** Cancelled requests whose handlers have not settled. */
  #abandoned = 0
  /** Those of them that hold their places. */
  #held = 0

  get size(): number {
    return this.#exchanges.size
  }

  /** Requests that hold a place: those in flight, and those that were cancelled while too many abandoned handlers were at work. */
  get places(): number {
    return this.#exchanges.size + this.#held
  }

  /** As `start`, with a promise. */
  run(id: RequestId, send: Send, serve: Serve, enter?: Enter): Promise<ResponseMessage | undefined> {
    return new Promise((resolve) => this.start(id, send, serve, resolve, enter))
  }

  /**
   * `over` is called once: with the answer, or with nothing once the request is cancelled, whatever its handler still does. Where the answer is there at once, so is the call.
   * `enter` holds the request back until its turn; one that is cancelled before is never served. A cancelled request frees its place at once, until 256 handlers go on in spite of it: from then on, places are held until handlers settle.
   */
  start(id: RequestId, send: Send, serve: Serve, over: (response: ResponseMessage | undefined) => void, enter: Enter = atOnce): void {
    if (this.#exchanges.has(id)) return over(failure(id, new InvalidRequestError(`Request id ${JSON.stringify(id)} is still in use`)))
    let leave: (() => void) | undefined
    let isAtWork = false
    let holdsPlace = false
    const end = (response?: ResponseMessage): void => {
      this.#exchanges.delete(id)
      if (isAtWork) {
        holdsPlace = this.#abandoned >= MAX_ABANDONED
        this.#abandoned++
        if (holdsPlace) this.#held++
      }
      if (!holdsPlace) leave?.()
      over(response)
      this.#underWay.end()
    }
    const exchange = new Exchange(send, end)
    const answer = (response: ResponseMessage): void => {
      if (exchange.settle()) end(response)
    }
    const settled = (response: ResponseMessage): void => {
      isAtWork = false
      if (this.#exchanges.get(id) === exchange) return answer(response)
      this.#abandoned--
      if (!holdsPlace) return
      this.#held--
      leave?.()
    }
    this.#exchanges.set(id, exchange)
    this.#underWay.begin()
    leave = enter(() => {
      const response = serve(exchange)
      if (!isLater(response)) return answer(response)
      // A handler that has cancelled its own request is not at work for it any more.
      isAtWork = this.#exchanges.get(id) === exchange
      if (isAtWork) void response.then(settled)
    })
    if (this.#exchanges.get(id) !== exchange && !isAtWork) leave() // Answered at once, or its own handler has cancelled it.
  }

  has(id: unknown): boolean {
    return this.#exchanges.has(id as RequestId)
  }

  /** Ignores an id that is unknown or finished: a cancellation and a response may cross in transit. */
  cancel(id: unknown, reason: string): void {
    this.#exchanges.get(id as RequestId)?.cancel(reason)
  }

  cancelAll(reason: string): void {
    runAll([...this.#exchanges.values()].map((exchange) => () => exchange.cancel(reason)))
  }

  /** Asks the requests that go on until they are asked to end for their answers. */
  endAll(): void {
    runAll([...this.#exchanges.values()].map((exchange) => () => exchange.end()))
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#underWay.none()
  }
}
