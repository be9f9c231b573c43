/** Limits the queued events of all streams of an endpoint, so that clients that read slowly cannot use up the memory. */

/** Multiple of the limit for streams whose readers keep up: slow readers must not cause fast ones to be disconnected. */
const KEEPING_UP = 2

export class QueueBudget {
  readonly #max: number
  #used = 0

  /** `max` is the limit in bytes. */
  constructor(max: number) {
    this.#max = max
  }

  get used(): number {
    return this.#used
  }

  /** Whether this many more bytes may be queued. If the queues are empty, one event of any size may be. */
  hasRoom(bytes: number, keepsUp: boolean): boolean {
    return this.#used === 0 || this.#used + bytes <= (keepsUp ? KEEPING_UP * this.#max : this.#max)
  }

  /** Adds queued bytes; a negative number removes bytes that were read or dropped. */
  change(bytes: number): void {
    this.#used += bytes
  }
}
