/** Limits the load of one endpoint: the number of requests in flight and the memory of their bodies. No single caller can use up a limit. */
import { tooBusy, HttpError } from './http-error.ts'
import type { Enter, Turn } from '../util/concurrency-limiter.ts'

/** The fraction of the limit that is open to every caller. The rest is reserved for callers with a small share. */
const COMMON = 0.75
/** The fraction of the limit up to which a share is treated as small. */
const LITTLE = 0.01

/** Callers that are remembered before those who hold nothing are forgotten. */
const SWEEP_AT = 1000

/** The amount that one caller uses. */
export interface Share {
  readonly owner: string
  used: number
}

export class FairBound {
  readonly #max: number
  readonly #common: number
  readonly #little: number
  readonly #what: string
  readonly #reason: string
  readonly #byOwner = new Map<string, Share>()
  #sweepAt = SWEEP_AT
  #used = 0

  /** `what` names the limited resource in error messages, such as "requests in flight". `reason` is the machine-readable code in their `data`. */
  constructor(max: number, what: string, reason: string) {
    this.#max = max
    this.#common = Math.ceil(max * COMMON)
    this.#little = Math.max(1, max * LITTLE)
    this.#what = what
    this.#reason = reason
  }

  get used(): number {
    return this.#used
  }

  /**
   * Throws `HttpError` 503 if the limit would be exceeded; takes nothing. The last quarter is reserved for callers who use less than 1% of the limit.
   * Without an owner, only the total is checked.
   */
  requireRoom(owner: string | undefined, amount = 1): void {
    const wanted = this.#used + amount
    if (wanted <= this.#common) return
    if (wanted > this.#max) throw tooBusy(503, `The server can have at most ${this.#max} ${this.#what}: try again later`, this.#reason)
    if (owner !== undefined && (this.#byOwner.get(owner)?.used ?? 0) >= this.#little) throw tooBusy(503, `The server reserves a quarter of its ${this.#max} ${this.#what} for callers that use less than 1%: wait until your earlier requests have finished`, this.#reason)
  }

  /** Returns the caller's share, for `giveBack`: a second lookup would cost every request more. */
  take(owner: string, amount = 1): Share {
    let share = this.#byOwner.get(owner)
    if (!share) {
      if (this.#byOwner.size >= this.#sweepAt) this.#sweep()
      this.#byOwner.set(owner, (share = { owner, used: 0 }))
    }
    share.used += amount
    this.#used += amount
    return share
  }

  giveBack(share: Share, amount = 1): void {
    share.used -= amount
    this.#used -= amount
  }

  /** Forgets callers who hold nothing. Forgetting each at once would cost callers with one request at a time two changes of the map for each. */
  #sweep(): void {
    for (const { owner, used } of this.#byOwner.values()) if (used === 0) this.#byOwner.delete(owner)
    this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#byOwner.size)
  }
}

/** Bytes of memory for all bodies: half of the 256 MiB heap that Node.js has in a container with 512 MiB. */
export const MAX_TOTAL_BODY: number = 2 ** 27
export const MAX_TOTAL_INFLIGHT = 10_000

export interface LoadLimits {
  readonly maxTotalInflight: number
  readonly totalBodyLimit: number
  /** @default Infinity */
  readonly maxConnectionInflight?: number
}

export class Load {
  readonly requests: FairBound
  readonly bodies: FairBound
  readonly #maxBodies: number
  readonly #perConnection: number
  readonly #byConnection = new WeakMap<object, number>()

  constructor({ maxTotalInflight, totalBodyLimit, maxConnectionInflight = Number.POSITIVE_INFINITY }: LoadLimits) {
    this.requests = new FairBound(maxTotalInflight, 'requests in flight', 'too_many_requests')
    this.bodies = new FairBound(totalBodyLimit, 'bytes of memory for request bodies', 'too_many_bytes')
    this.#maxBodies = totalBodyLimit
    this.#perConnection = maxConnectionInflight
  }

  /**
   * Counts memory for the body of one HTTP request. The caller must call `release()` on the result.
   * Throws `HttpError` 413 if the body alone exceeds the limit, and 503 if all bodies together do.
   */
  hold(owner: string, bytes: number): Held {
    if (bytes > this.#maxBodies) throw new HttpError(413, `The body would need ${bytes} bytes of memory. The limit for all bodies is ${this.#maxBodies}`, { data: { reason: 'too_many_bytes' } })
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
    if (this.#on(connection) + requests > this.#perConnection) throw tooBusy(429, `A connection can have at most ${this.#perConnection} requests in flight: wait for a response`, 'too_many_requests')
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
  /** The code that serves the HTTP request is treated as one holder, and so is each handler that has not settled. */
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
