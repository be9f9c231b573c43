/** Limits the load of one endpoint: the number of requests in flight and the memory of their bodies. */
import type { Enter, Turn } from '../util/concurrency-limiter.ts'
import { FairBound, type Share } from './fair-bound.ts'
import { HttpError, tooBusy } from './http-error.ts'

/** Bytes of memory for all bodies: half of the 256 MiB heap that Node.js has in a container with 512 MiB. */
export const MAX_TOTAL_BODY: number = 2 ** 27
export const MAX_TOTAL_INFLIGHT = 10_000

export interface LoadLimits {
  readonly maxTotalInflight: number
  readonly maxTotalBody: number
  /** @default Infinity */
  readonly maxConnectionInflight?: number
}

export class Load {
  readonly requests: FairBound
  readonly bodies: FairBound
  readonly #maxBodies: number
  readonly #perConnection: number
  readonly #byConnection = new WeakMap<object, number>()

  constructor({ maxTotalInflight, maxTotalBody, maxConnectionInflight = Number.POSITIVE_INFINITY }: LoadLimits) {
    this.requests = new FairBound(maxTotalInflight, 'requests in flight', 'too_many_requests')
    this.bodies = new FairBound(maxTotalBody, 'bytes of memory for request bodies', 'too_many_bytes')
    this.#maxBodies = maxTotalBody
    this.#perConnection = maxConnectionInflight
  }

  /**
   * Counts memory for the body of one HTTP request. The caller must call `release()` on the result.
   * Throws `HttpError` 413 if the body alone exceeds the limit, and 503 if all bodies together do.
   */
  hold(owner: string, bytes: number): Held {
    if (bytes > this.#maxBodies) throw new HttpError(413, `The body would take ${bytes} bytes of memory. All bodies together may take ${this.#maxBodies}`, { data: { reason: 'too_many_bytes' } })
    this.bodies.requireRoom(owner, bytes)
    return new Held(this, this.bodies.take(owner, bytes), bytes)
  }

  /** A first check, before the body has been read and the caller is known. Throws `HttpError` 503 and 429. */
  requirePlace(connection: object | undefined): void {
    this.requests.requireRoom(undefined)
    this.requireRoomOn(connection, 1)
  }

  /** Throws `HttpError` 429 if the connection would have too many requests in flight. */
  requireRoomOn(connection: object | undefined, requests: number): void {
    if (!connection || this.requests.used + requests <= this.#perConnection) return // A connection cannot have more requests than the endpoint has.
    if (this.#on(connection) + requests > this.#perConnection) throw tooBusy(429, `A connection has at most ${this.#perConnection} requests in flight: wait for a response`, 'too_many_requests')
  }

  count(connection: object, requests: 1 | -1): void {
    this.#byConnection.set(connection, this.#on(connection) + requests)
  }

  #on(connection: object): number {
    return this.#byConnection.get(connection) ?? 0
  }
}

/** The load of one HTTP request: the memory of its body, until all holders have released it, and a place for each JSON-RPC request in the body. */
export class Held implements Turn {
  readonly #load: Load
  readonly #body: Share
  #bytes: number
  #places: FairBound
  #place: Share | undefined
  #connection: object | undefined
  /** The code that serves the HTTP request counts as one holder, and so does each handler that has not settled. */
  #holders = 1

  constructor(load: Load, body: Share, bytes: number) {
    this.#load = load
    this.#body = body
    this.#bytes = bytes
    this.#places = load.requests
  }

  /**
   * Checks that there is room for the requests of the body. Requests without a session also count towards the limit of their connection.
   * Subscriptions pass a separate limit as `places`. Throws `HttpError` 503 and 429.
   */
  requireRoom(requests: number, connection?: object, places: FairBound = this.#load.requests): void {
    places.requireRoom(this.#body.owner, requests)
    this.#load.requireRoomOn(connection, requests)
    this.#places = places
    this.#connection = connection
  }

  /** Takes a place for one request, and keeps the memory of the body until its handler has settled. */
  readonly enter: Enter = () => {
    this.#place = this.#places.take(this.#body.owner)
    if (this.#connection) this.#load.count(this.#connection, 1)
    this.#holders++
    return this
  }

  /** Counts additional memory. There is always room, because the HTTP request that delivered the data has counted it before. */
  grow(bytes: number): void {
    if (this.#holders === 0) return
    this.#load.bodies.take(this.#body.owner, bytes)
    this.#bytes += bytes
  }

  leave(): void {
    if (this.#place) this.#places.giveBack(this.#place)
    if (this.#connection) this.#load.count(this.#connection, -1)
  }

  release(): void {
    this.#holders--
    if (this.#holders === 0) this.#load.bodies.giveBack(this.#body, this.#bytes)
  }
}
