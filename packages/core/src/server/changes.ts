/** What changed in a server's definition, told to whoever listens: sessions, and later open subscriptions. */

export type ListName = 'tools' | 'resources' | 'prompts'
export interface Change {
  readonly list: ListName
}
type Listener = (change: Change) => void

export class ChangeHub {
  readonly #listeners = new Set<Listener>()
  readonly #changed = new Set<ListName>()

  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Changes of one turn of the event loop are told once. */
  publish({ list }: Change): void {
    if (this.#listeners.size === 0) return
    if (this.#changed.size === 0) queueMicrotask(() => this.#flush())
    this.#changed.add(list)
  }

  #flush(): void {
    const lists = [...this.#changed]
    this.#changed.clear()
    for (const listener of [...this.#listeners]) for (const list of lists) listener({ list })
  }
}
