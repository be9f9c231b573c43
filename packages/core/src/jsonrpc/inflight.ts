/** The requests being served on one channel, found by id so that a cancellation can reach them. */
import { InvalidRequestError } from './errors.ts'
import { Exchange } from './exchange.ts'
import { failure, type RequestId, type ResponseMessage, type Send } from './message.ts'
import type { Enter } from './turnstile.ts'
import { UnderWay } from './under-way.ts'

const atOnce: Enter = (begin) => {
  begin()
  return () => {}
}

export class Inflight {
  readonly #exchanges = new Map<RequestId, Exchange>()
  readonly #underWay = new UnderWay()

  get size(): number {
    return this.#exchanges.size
  }

  /**
   * Resolves with the answer, or with nothing once the request is cancelled, whatever its handler still does.
   * `enter` holds the request back until its turn; one that is cancelled before is never served.
   */
  run(id: RequestId, send: Send, serve: (exchange: Exchange) => Promise<ResponseMessage>, enter: Enter = atOnce): Promise<ResponseMessage | undefined> {
    if (this.#exchanges.has(id)) {
      return Promise.resolve(failure(id, new InvalidRequestError(`Request id ${JSON.stringify(id)} is still in use`)))
    }
    return new Promise((resolve, reject) => {
      const end = (response?: ResponseMessage): void => {
        this.#exchanges.delete(id)
        resolve(response)
        this.#underWay.end()
        leave?.()
      }
      const exchange = new Exchange(send, (error) => end(error && failure(id, error)))
      this.#exchanges.set(id, exchange)
      this.#underWay.begin()
      let leave: (() => void) | undefined
      leave = enter(() => {
        serve(exchange).then((response) => {
          if (exchange.settle()) end(response)
        }, reject)
      })
      if (this.#exchanges.get(id) !== exchange) leave() // Its own handler has cancelled it already.
    })
  }

  /** Ignores an id that is unknown or finished: cancellation and completion may cross on the wire. */
  cancel(id: unknown, reason: string): void {
    this.#exchanges.get(id as RequestId)?.cancel(reason)
  }

  cancelAll(reason: string): void {
    for (const exchange of [...this.#exchanges.values()]) exchange.cancel(reason)
  }

  /** Asks the requests that go on until they are asked to end for their answers. */
  endAll(): void {
    for (const exchange of [...this.#exchanges.values()]) exchange.end()
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#underWay.none()
  }
}
