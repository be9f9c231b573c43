/** Limits the number of open connections: further callers queue, and idle connections are closed to make room. */
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { RpcError } from '../jsonrpc/rpc-errors.ts'

/** Maximum length of the queue. */
const MAX_WAITING = 256

export interface SlotHolder {
  /** The principal that the connection belongs to. To make room, a connection of the principal with the most connections is closed. */
  readonly principal: string | undefined
  /** Whether no call uses the connection, so that it can be closed. */
  readonly idle: boolean
  /** Closes the connection. Its slot is freed once it has closed. */
  evict(): void
}

interface Waiter {
  readonly holder: SlotHolder
  readonly admit: () => void
}

export class ConnectionSlots {
  readonly #max: number
  readonly #what: string
  /** Least recently used first. */
  readonly #holders = new Set<SlotHolder>()
  readonly #leaving = new Set<SlotHolder>()
  readonly #waiting = new Set<Waiter>()

  /** `what` names the owner of the `max` connections in error messages, such as `Upstream "shop"`. */
  constructor(max: number, what: string) {
    this.#max = max
    this.#what = what
  }

  get size(): number {
    return this.#holders.size
  }

  /** Resolves once a slot is free. Rejects with the signal's reason on abort, and with `RpcError` if the queue is full. */
  async take(holder: SlotHolder, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#holders.size < this.#max && this.#waiting.size === 0) return void this.#holders.add(holder)
    if (this.#waiting.size >= MAX_WAITING) throw this.full()
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { holder, admit: () => (signal.removeEventListener('abort', leave), resolve()) }
      const leave = (): void => {
        this.#waiting.delete(waiter)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(waiter)
      this.relieve()
    })
  }

  free(holder: SlotHolder): void {
    this.#leaving.delete(holder)
    this.#holders.delete(holder)
    const [next] = this.#waiting
    if (!next || this.#holders.size >= this.#max) return
    this.#waiting.delete(next)
    this.#holders.add(next.holder)
    next.admit()
  }

  /** Marks the connection as most recently used. */
  used(holder: SlotHolder): void {
    if (this.#holders.delete(holder)) this.#holders.add(holder)
  }

  /** Closes as many idle connections as there are callers in the queue. */
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

  #victim(): SlotHolder | undefined {
    const shares = new Map<string | undefined, number>()
    for (const { principal } of this.#holders) shares.set(principal, (shares.get(principal) ?? 0) + 1)
    let victim: SlotHolder | undefined
    for (const one of this.#holders) {
      if (!one.idle || this.#leaving.has(one)) continue
      if (!victim || (shares.get(one.principal) ?? 0) > (shares.get(victim.principal) ?? 0)) victim = one
    }
    return victim
  }
}
