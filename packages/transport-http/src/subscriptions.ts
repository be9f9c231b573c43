/** Counts the open `subscriptions/listen` requests of an endpoint, each of which holds a connection for as long as its client likes. */
import { tooBusy } from '@gangway/core/web'

/** The part of all places from which on only callers with few subscriptions get one. */
const COMMON = 0.75
/** The part of all places that counts as few. */
const FEW = 0.01

export class Subscriptions {
  readonly #max: number
  readonly #byOwner = new Map<string, number>()
  #open = 0

  constructor(max: number) {
    this.#max = max
  }

  get open(): number {
    return this.#open
  }

  /**
   * `listen` calls back when the subscription has ended. The last quarter of the places is for callers with few subscriptions, so that no single caller locks the others out.
   * Throws `HttpError` 503 where there is no place.
   */
  async begin<T>(owner: string, listen: (ended: () => void) => Promise<T>): Promise<T> {
    const own = this.#byOwner.get(owner) ?? 0
    if (this.#open >= this.#max) throw tooBusy(503, `There are ${this.#max} subscriptions open already: try again later`, 'too_many_subscriptions')
    if (this.#open >= this.#max * COMMON && own >= Math.max(1, this.#max * FEW)) throw tooBusy(503, 'The places that are left are for callers with fewer subscriptions: end one first', 'too_many_subscriptions')
    this.#open++
    this.#byOwner.set(owner, own + 1)
    let isOpen = true
    const end = (): void => {
      if (!isOpen) return
      isOpen = false
      this.#open--
      const left = (this.#byOwner.get(owner) ?? 1) - 1
      if (left > 0) this.#byOwner.set(owner, left)
      else this.#byOwner.delete(owner)
    }
    try {
      return await listen(end)
    } catch (error) {
      end() // Refused before it began.
      throw error
    }
  }
}
