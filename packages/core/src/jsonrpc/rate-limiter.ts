/** A token bucket: `most` at once, then `perSecond`. */
export class RateLimiter {
  readonly #most: number
  readonly #perSecond: number
  #left: number
  /** Of the last that was taken. Undefined until then: to ask for the time takes 1 ms of a start. */
  #at: number | undefined

  constructor(most: number, perSecond: number) {
    this.#most = most
    this.#perSecond = perSecond
    this.#left = most
  }

  /** False when there is none left. */
  take(): boolean {
    const now = performance.now()
    this.#left = Math.min(this.#most, this.#left + ((now - (this.#at ?? now)) / 1000) * this.#perSecond)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
