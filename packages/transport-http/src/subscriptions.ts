/** The open `subscriptions/listen` requests of an endpoint, which are bounded in number: each holds a connection for as long as its client likes. */
import { tooBusy } from '@gangway/core/web'

export class Subscriptions {
  readonly #max: number
  #open = 0

  constructor(max: number) {
    this.#max = max
  }

  get open(): number {
    return this.#open
  }

  /** `listen` calls back when the subscription has ended. Throws `HttpError` 503 when there are too many. */
  async begin<T>(listen: (ended: () => void) => Promise<T>): Promise<T> {
    if (this.#open >= this.#max) throw tooBusy(503, `There are ${this.#max} subscriptions open already: try again later`, 'too_many_subscriptions')
    this.#open++
    let isOpen = true
    const end = (): void => {
      if (isOpen) this.#open--
      isOpen = false
    }
    try {
      return await listen(end)
    } catch (error) {
      end() // Refused before it began.
      throw error
    }
  }
}
