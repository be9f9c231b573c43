/** Limits how many requests of one connection run at a time. Further requests wait in a queue, in the order of their arrival. */

/** The place of one request, either among the running ones or in the queue. */
export interface Turn {
  /** Whether the request is queued. @default false */
  readonly waits?: boolean
  /** Frees the place, or removes the request from the queue. Called once. */
  leave(): void
  /** Frees the counted memory, because the handler has settled or will never start. Called once, after `leave`. */
  release?(): void
  /** Counts additional memory, such as that of a response from the client, until the handler has settled. */
  grow?(bytes: number): void
}

/** Admits or queues a request. A queued request starts when `begin` is called. An admitted one may start at once, and `begin` is not called. */
export type Enter = (begin: () => void) => Turn

/** Maximum number of running requests. */
const MAX_CONCURRENT = 64
/** The maximum while much output is unsent, and at the start of a burst: the size of the responses is not known before the first ones are sent. */
const FIRST_CONCURRENT = 16
/** Unsent bytes from which on only `FIRST_CONCURRENT` requests run, no request starts, and nothing is read, respectively. */
const UNSENT_BUSY = 256 * 1024
const UNSENT_FULL = 1024 * 1024
const UNSENT_CLOGGED = 16 * 1024 * 1024
/** Bytes of queued requests from which on nothing is read. */
const MAX_WAITING = 4 * 1024 * 1024
/** Bytes of requests with unsettled handlers from which on only one request runs at a time. The largest message that stdio accepts takes less. */
const MAX_SERVED = 256 * 1024 * 1024
/**
 * Milliseconds after which the limit rises by one even if no request has finished. If each request takes a second and returns half a MiB, few enough of them
 * run at a time that their responses stay within what one client may occupy.
 */
const WIDEN_AFTER = 100
/** Milliseconds without requests after which the limit is reset to `FIRST_CONCURRENT`. */
const FORGET_AFTER = 100

/** A class, because two closures for each request would cost more. */
class LimitedTurn implements Turn {
  readonly #limiter: ConcurrencyLimiter
  readonly begin: () => void
  readonly bytes: number
  hasBegun = false

  constructor(limiter: ConcurrencyLimiter, begin: () => void, bytes: number) {
    this.#limiter = limiter
    this.begin = begin
    this.bytes = bytes
  }

  get waits(): boolean {
    return !this.hasBegun
  }

  leave(): void {
    this.#limiter.leave(this)
  }

  release(): void {
    this.#limiter.release(this)
  }
}

export class ConcurrencyLimiter {
  readonly #waiting = new Set<LimitedTurn>()
  /** Bytes of the queued requests. */
  #held = 0
  #served = 0
  /** Bytes of the requests whose handlers have not settled. */
  #servedBytes = 0
  /** The current limit of running requests. It rises with each response that is sent while requests are queued. */
  #width = FIRST_CONCURRENT
  #idleSince = 0
  #unsent = 0
  /** Whether a timer is set that admits requests in the next turn, and one that raises the limit after `WIDEN_AFTER`. */
  #admitScheduled = false
  #widenScheduled = false
  /** Resolvers of `room()`. */
  #readers: (() => void)[] = []

  /** The number of unsent bytes. The transport must set it after every change. */
  set unsent(bytes: number) {
    const fewer = bytes < this.#unsent
    this.#unsent = bytes
    if (bytes >= UNSENT_BUSY) this.#width = FIRST_CONCURRENT
    if (!fewer) return
    this.#admit()
    this.#wake()
  }

  /** Whether so many bytes are unsent that nothing more is read. */
  get isOverfull(): boolean {
    return this.#unsent >= UNSENT_CLOGGED
  }

  /** Admits a request, or queues it and calls `begin` later. `bytes` is the memory that is reserved until its handler has settled. */
  enter(begin: () => void, bytes: number): Turn {
    if (this.#width > FIRST_CONCURRENT && this.#idle && Date.now() - this.#idleSince > FORGET_AFTER) this.#width = FIRST_CONCURRENT
    const turn = new LimitedTurn(this, begin, bytes)
    if (this.#waiting.size === 0 && this.#served < this.#limit) this.#count(turn)
    else this.#wait(turn)
    return turn
  }

  /** Called by `LimitedTurn`. The next request starts in the next turn, when the size of the response is known. */
  leave(turn: LimitedTurn): void {
    if (!turn.hasBegun) return this.#forget(turn)
    this.#served--
    if (this.#width > FIRST_CONCURRENT && this.#idle) this.#idleSince = Date.now()
    if (this.#waiting.size === 0) return
    this.#widen()
    this.#admitSoon()
  }

  /** Called by `LimitedTurn`. */
  release({ hasBegun, bytes }: LimitedTurn): void {
    if (!hasBegun) return
    this.#servedBytes -= bytes
    if (this.#waiting.size > 0) this.#admitSoon()
  }

  /** Returns undefined if more may be read. Otherwise resolves when it may be read again. */
  room(): Promise<void> | undefined {
    return this.#full ? new Promise((resolve) => this.#readers.push(resolve)) : undefined
  }

  get #idle(): boolean {
    return this.#served === 0 && this.#waiting.size === 0
  }

  get #full(): boolean {
    return this.#held >= MAX_WAITING || this.isOverfull
  }

  get #limit(): number {
    if (this.#unsent >= UNSENT_FULL) return 0
    if (this.#servedBytes >= MAX_SERVED) return 1
    return this.#unsent >= UNSENT_BUSY ? FIRST_CONCURRENT : this.#width
  }

  #count(turn: LimitedTurn): void {
    turn.hasBegun = true
    this.#served++
    this.#servedBytes += turn.bytes
  }

  #wait(turn: LimitedTurn): void {
    this.#waiting.add(turn)
    this.#held += turn.bytes
    this.#widenLater()
  }

  #admit(): void {
    for (const turn of this.#waiting) {
      if (this.#served >= this.#limit) return this.#widenLater()
      this.#forget(turn)
      this.#count(turn)
      turn.begin()
    }
  }

  #forget(turn: LimitedTurn): void {
    this.#waiting.delete(turn)
    this.#held -= turn.bytes
    this.#wake()
  }

  #admitSoon(): void {
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
