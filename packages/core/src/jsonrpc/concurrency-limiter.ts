/** Lets so many requests of one channel be served at a time: the others wait for their turn, in the order in which they came. */

/** Begins now or later. What it returns ends the turn, or the wait for it. */
export type Enter = (begin: () => void) => () => void

/** Requests served at a time. */
const MAX_CONCURRENT = 64
/** The same while much waits to leave, and of those that come at once: what their answers weigh is known only when the first leave. */
const FIRST_CONCURRENT = 16
/** Bytes that wait to leave: from the first number on no more than the first are served at a time, from the second on none begins, from the third on nothing is read. */
const UNSENT_BUSY = 256 * 1024
const UNSENT_FULL = 1024 * 1024
const UNSENT_CLOGGED = 16 * 1024 * 1024
/** Bytes of requests that wait for their turn, beyond which nothing is read. */
const MAX_WAITING = 4 * 1024 * 1024
/** Milliseconds after which one more may be served, even if nothing was answered meanwhile. Of those that take a second, few enough are then served that half a MiB from each is no more than a client may cost. */
const WIDEN_AFTER = 100
/** Milliseconds with nothing to serve, after which nothing is known any more. */
const FORGET_AFTER = 100

interface Turn {
  readonly begin: () => void
  readonly bytes: number
}

export class ConcurrencyLimiter {
  readonly #waiting = new Set<Turn>()
  /** Bytes of those that wait. */
  #held = 0
  #served = 0
  /** How many may be served now. Rises with each answer that leaves while others wait. */
  #width = FIRST_CONCURRENT
  #idleSince = 0
  #unsent = 0
  /** Whether requests are admitted in a moment, and one more after `WIDEN_AFTER`. */
  #admitScheduled = false
  #widenScheduled = false
  /** Who waits until more may be read. */
  #readers: (() => void)[] = []

  /** Bytes that wait to leave: whoever sends them says so whenever that changes. */
  set unsent(bytes: number) {
    const fewer = bytes < this.#unsent
    this.#unsent = bytes
    if (bytes >= UNSENT_BUSY) this.#width = FIRST_CONCURRENT
    if (!fewer) return
    this.#admit()
    this.#wake()
  }

  /** Whether so much waits to leave that nothing more is read. */
  get isClogged(): boolean {
    return this.#unsent >= UNSENT_CLOGGED
  }

  /** `bytes` is what the request holds while it waits. */
  enter(begin: () => void, bytes: number): () => void {
    if (this.#width > FIRST_CONCURRENT && this.#idle && Date.now() - this.#idleSince > FORGET_AFTER) this.#width = FIRST_CONCURRENT
    const turn = { begin, bytes }
    if (this.#waiting.size === 0 && this.#served < this.#limit) this.#begin(turn)
    else this.#wait(turn)
    return () => (this.#waiting.has(turn) ? this.#forget(turn) : this.#leave())
  }

  /** Undefined while more may be read; otherwise resolves when it may. */
  room(): Promise<void> | undefined {
    return this.#full ? new Promise((resolve) => this.#readers.push(resolve)) : undefined
  }

  get #idle(): boolean {
    return this.#served === 0 && this.#waiting.size === 0
  }

  get #full(): boolean {
    return this.#held >= MAX_WAITING || this.isClogged
  }

  get #limit(): number {
    if (this.#unsent >= UNSENT_FULL) return 0
    return this.#unsent >= UNSENT_BUSY ? FIRST_CONCURRENT : this.#width
  }

  #begin({ begin }: Turn): void {
    this.#served++
    begin()
  }

  #wait(turn: Turn): void {
    this.#waiting.add(turn)
    this.#held += turn.bytes
    this.#widenLater()
  }

  #admit(): void {
    for (const turn of this.#waiting) {
      if (this.#served >= this.#limit) return this.#widenLater()
      this.#forget(turn)
      this.#begin(turn)
    }
  }

  #forget(turn: Turn): void {
    this.#waiting.delete(turn)
    this.#held -= turn.bytes
    this.#wake()
  }

  /** The next begins a moment later, when it is known what the answer weighs. */
  #leave(): void {
    this.#served--
    if (this.#width > FIRST_CONCURRENT && this.#idle) this.#idleSince = Date.now()
    if (this.#waiting.size === 0) return
    this.#widen()
    if (this.#admitScheduled) return
    this.#admitScheduled = true
    setTimeout(() => {
      this.#admitScheduled = false
      this.#admit()
    })
  }

  #widenLater(): void {
    if (this.#widenScheduled || this.#width === MAX_CONCURRENT || this.#unsent >= UNSENT_BUSY) return
    this.#widenScheduled = true
    setTimeout(() => {
      this.#widenScheduled = false
      this.#widen()
      this.#admit()
    }, WIDEN_AFTER)
  }

  #widen(): void {
    if (this.#unsent < UNSENT_BUSY) this.#width = Math.min(this.#width + 1, MAX_CONCURRENT)
  }

  #wake(): void {
    if (this.#readers.length > 0 && !this.#full) for (const wake of this.#readers.splice(0)) wake()
  }
}
