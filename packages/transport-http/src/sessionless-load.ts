/** How many requests without a session are in flight: on each connection and in total. */
import type { Enter } from '@gangway/core/jsonrpc'
import { tooBusy } from '@gangway/core/web'
import type { EndpointLimits } from './endpoint-options.ts'

export class SessionlessLoad {
  readonly #perConnection: number
  readonly #inTotal: number
  readonly #byConnection = new WeakMap<object, number>()
  #total = 0

  constructor({ maxConnectionInflight, maxTotalInflight }: Pick<EndpointLimits, 'maxConnectionInflight' | 'maxTotalInflight'>) {
    this.#perConnection = maxConnectionInflight
    this.#inTotal = maxTotalInflight
  }

  get total(): number {
    return this.#total
  }

  /** For so many further requests. Throws `HttpError` 503 and 429. */
  requireRoom(connection: object | undefined, requests = 1): void {
    const wanted = this.#total + requests
    if (wanted > this.#inTotal) throw tooBusy(503, `The server has at most ${this.#inTotal} requests in flight: try again later`, 'too_many_requests')
    if (wanted <= this.#perConnection) return // No connection can have more than all of them.
    if (this.#on(connection) + requests > this.#perConnection) throw tooBusy(429, `A connection has at most ${this.#perConnection} requests in flight: wait for an answer`, 'too_many_requests')
  }

  /** Counts a request from its start until its handler has settled. */
  placeOn(connection: object | undefined): Enter {
    return (begin) => {
      this.#add(connection, 1)
      begin()
      return () => this.#add(connection, -1)
    }
  }

  #add(connection: object | undefined, requests: number): void {
    this.#total += requests
    if (connection) this.#byConnection.set(connection, this.#on(connection) + requests)
  }

  #on(connection: object | undefined): number {
    return connection ? (this.#byConnection.get(connection) ?? 0) : 0
  }
}
