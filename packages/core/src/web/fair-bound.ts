/** A limit that all callers of an endpoint share, such as the number of requests in flight. No single caller can use it up. */
import { tooBusy } from './http-error.ts'

/** The fraction of the limit that is open to every caller. The rest is reserved for callers with a small share. */
const COMMON = 0.75
/** The fraction of the limit up to which a share counts as small. */
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
    if (wanted > this.#max) throw tooBusy(503, `The server has at most ${this.#max} ${this.#what}: try again later`, this.#reason)
    if (owner !== undefined && (this.#byOwner.get(owner)?.used ?? 0) >= this.#little) throw tooBusy(503, `The server reserves a quarter of its ${this.#max} ${this.#what} for callers who hold less than 1%: wait until your earlier requests have finished`, this.#reason)
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
