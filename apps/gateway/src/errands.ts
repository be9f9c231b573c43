/** The data of the application: a list of errands for each person. */

export interface Errand {
  readonly id: number
  readonly what: string
  readonly done: boolean
}

export class Errands {
  readonly #byPerson = new Map<string, Errand[]>()
  readonly #listeners: (() => void)[] = []
  #lastId = 0

  list(person: string): readonly Errand[] {
    return this.#byPerson.get(person) ?? []
  }

  add(person: string, what: string): Errand {
    const errand = { id: ++this.#lastId, what, done: false }
    this.#replace(person, [...this.list(person), errand])
    return errand
  }

  /** Returns undefined if the person has no errand with this id. */
  finish(person: string, id: number): Errand | undefined {
    const found = this.list(person).find((errand) => errand.id === id)
    const finished = found && { ...found, done: true }
    if (finished) this.#replace(person, this.list(person).map((errand) => (errand === found ? finished : errand)))
    return finished
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  #replace(person: string, errands: Errand[]): void {
    this.#byPerson.set(person, errands)
    for (const listener of this.#listeners) listener()
  }
}
