/** A bound on open connections: callers beyond it wait in line, and connections that nobody uses make room. */
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { RpcError } from '../jsonrpc/errors.ts'

/** Callers that wait for a connection, for each bound. */
const MAX_WAITING = 256

export interface Occupant {
  /** Whose it is: room is made at the expense of the principal with the most connections. */
  readonly principal: string | undefined
  /** Whether it can be closed without harm to a call. */
  readonly idle: boolean
  /** Closes it; its slot is free when that is done. */
  evict(): void
}

interface Waiter {
  readonly occupant: Occupant
  readonly admit: () => void
}

export class ConnectionSlots {
  readonly #max: number
  readonly #what: string
  /** The longest unused first. */
  readonly #occupants = new Set<Occupant>()
  readonly #leaving = new Set<Occupant>()
  readonly #waiting = new Set<Waiter>()

  /** `what` has as many as `max`, as the error for callers says. */
  constructor(max: number, what: string) {
    this.#max = max
    this.#what = what
  }

  get size(): number {
    return this.#occupants.size
  }

  /** Resolves once there is room. Rejects with the signal's reason, and with `RpcError` if too many wait. */
  async take(occupant: Occupant, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#occupants.size < this.#max && this.#waiting.size === 0) return void this.#occupants.add(occupant)
    if (this.#waiting.size >= MAX_WAITING) throw this.full()
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { occupant, admit: () => (signal.removeEventListener('abort', leave), resolve()) }
      const leave = (): void => {
        this.#waiting.delete(waiter)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(waiter)
      this.relieve()
    })
  }

  free(occupant: Occupant): void {
    this.#leaving.delete(occupant)
    this.#occupants.delete(occupant)
    const [next] = this.#waiting
    if (!next || this.#occupants.size >= this.#max) return
    this.#waiting.delete(next)
    this.#occupants.add(next.occupant)
    next.admit()
  }

  /** Its turn to be closed comes after the others'. */
  used(occupant: Occupant): void {
    if (this.#occupants.delete(occupant)) this.#occupants.add(occupant)
  }

  /** Makes room for those who wait, as far as there are idle connections. */
  relieve(): void {
    while (this.#leaving.size < this.#waiting.size) {
      const victim = this.#victim()
      if (!victim) return
      this.#leaving.add(victim)
      victim.evict()
    }
  }

  full(): RpcError {
    return new RpcError(ErrorCode.InternalError, `${this.#what} has ${this.#max} connections in use, which is the limit: try again later`, { data: { reason: 'too_many_connections' } })
  }

  #victim(): Occupant | undefined {
    const shares = new Map<string | undefined, number>()
    for (const { principal } of this.#occupants) shares.set(principal, (shares.get(principal) ?? 0) + 1)
    let victim: Occupant | undefined
    for (const one of this.#occupants) {
      if (!one.idle || this.#leaving.has(one)) continue
      if (!victim || (shares.get(one.principal) ?? 0) > (shares.get(victim.principal) ?? 0)) victim = one
    }
    return victim
  }
}
