/** Lets so many requests of one channel be served at a time: the others wait for their turn, in the order in which they came. */

/** Begins now or later. What it returns ends the turn, or the wait for it. */
export type Enter = (begin: () => void) => () => void

/** Requests served at a time. */
const MOST = 64
/** The same while much waits to leave, and of those that come at once: what their answers weigh is known only when the first leave. */
const FEW = 16
/** Bytes that wait to leave: from the first number on few are served at a time, from the second on none begins, from the third on nothing is read. */
const MUCH = 256 * 1024
const TOO_MUCH = 1024 * 1024
const FAR_TOO_MUCH = 16 * 1024 * 1024
/** Bytes of requests that wait for their turn, beyond which nothing is read. */
const MOST_HELD = 4 * 1024 * 1024
/** Milliseconds after which one more may be served, even if nothing was answered meanwhile. Of those that take a second, few enough are then served that half a MiB from each is no more than a client may cost. */
const PATIENCE = 100
/** Milliseconds with nothing to serve, after which nothing is known any more. */
const MEMORY = 100

interface Turn {
  readonly begin: () => void
  readonly bytes: number
}

export class Turnstile {
  readonly #waiting = new Set<Turn>()
  /** Bytes of those that wait. */
  #held = 0
  #served = 0
  /** Rises with each answer that leaves while others wait. */
  #width = FEW
  #idleSince = 0
  #unsent = 0
  /** Whether it is to be looked who may begin: in a moment, and when there was patience enough. */
  #soon = false
  #later = false
  #roomy: (() => void)[] = []

  /** Bytes that wait to leave: whoever sends them says so whenever that changes. */
  set unsent(bytes: number) {
    const fewer = bytes < this.#unsent
    this.#unsent = bytes
    if (bytes >= MUCH) this.#width = FEW
    if (!fewer) return
    this.#admit()
    this.#wake()
  }

  /** Whether so much waits to leave that nothing more is read. */
  get isClogged(): boolean {
    return this.#unsent >= FAR_TOO_MUCH
  }

  /** `bytes` is what the request holds while it waits. */
  enter(begin: () => void, bytes: number): () => void {
    if (this.#width > FEW && this.#idle && Date.now() - this.#idleSince > MEMORY) this.#width = FEW
    const turn = { begin, bytes }
    if (this.#waiting.size === 0 && this.#served < this.#limit) this.#begin(turn)
    else this.#wait(turn)
    return () => (this.#waiting.has(turn) ? this.#forget(turn) : this.#leave())
  }

  /** Undefined while more may be read; otherwise resolves when it may. */
  room(): Promise<void> | undefined {
    return this.#full ? new Promise((resolve) => this.#roomy.push(resolve)) : undefined
  }

  get #idle(): boolean {
    return this.#served === 0 && this.#waiting.size === 0
  }

  get #full(): boolean {
    return this.#held >= MOST_HELD || this.isClogged
  }

  get #limit(): number {
    if (this.#unsent >= TOO_MUCH) return 0
    return this.#unsent >= MUCH ? FEW : this.#width
  }

  #begin({ begin }: Turn): void {
    this.#served++
    begin()
  }

  #wait(turn: Turn): void {
    this.#waiting.add(turn)
    this.#held += turn.bytes
    this.#beImpatient()
  }

  #admit(): void {
    for (const turn of this.#waiting) {
      if (this.#served >= this.#limit) return this.#beImpatient()
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
    if (this.#width > FEW && this.#idle) this.#idleSince = Date.now()
    if (this.#waiting.size === 0) return
    this.#widen()
    if (this.#soon) return
    this.#soon = true
    setTimeout(() => {
      this.#soon = false
      this.#admit()
    })
  }

  #beImpatient(): void {
    if (this.#later || this.#width === MOST || this.#unsent >= MUCH) return
    this.#later = true
    setTimeout(() => {
      this.#later = false
      this.#widen()
      this.#admit()
    }, PATIENCE)
  }

  #widen(): void {
    if (this.#unsent < MUCH) this.#width = Math.min(this.#width + 1, MOST)
  }

  #wake(): void {
    if (this.#roomy.length > 0 && !this.#full) for (const wake of this.#roomy.splice(0)) wake()
  }
}
