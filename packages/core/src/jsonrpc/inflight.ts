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

export class Inflight {
  readonly #exchanges = new Map<RequestId, Exchange>()
  readonly #underWay = new UnderWay()

  get size(): number {
    return this.#exchanges.size
  }

  /** As `start`, with a promise. */
  run(id: RequestId, send: Send, serve: Serve, enter?: Enter): Promise<ResponseMessage | undefined> {
    return new Promise((resolve) => this.start(id, send, serve, resolve, enter))
  }

  /**
   * `over` is called once: with the answer, or with nothing once the request is cancelled, whatever its handler still does. Where the answer is there at once, so is the call.
   * `enter` holds the request back until its turn; one that is cancelled before is never served.
   */
  start(id: RequestId, send: Send, serve: Serve, over: (response: ResponseMessage | undefined) => void, enter: Enter = atOnce): void {
    if (this.#exchanges.has(id)) return over(failure(id, new InvalidRequestError(`Request id ${JSON.stringify(id)} is still in use`)))
    let leave: (() => void) | undefined
    const end = (response?: ResponseMessage): void => {
      this.#exchanges.delete(id)
      leave?.()
      over(response)
      this.#underWay.end()
    }
    const exchange = new Exchange(send, end)
    const answer = (response: ResponseMessage): void => {
      if (exchange.settle()) end(response)
    }
    this.#exchanges.set(id, exchange)
    this.#underWay.begin()
    leave = enter(() => {
      const response = serve(exchange)
      if (isLater(response)) void response.then(answer)
      else answer(response)
    })
    if (this.#exchanges.get(id) !== exchange) leave() // Answered at once, or its own handler has cancelled it.
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
