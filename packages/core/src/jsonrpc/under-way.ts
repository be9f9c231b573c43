/** A number of things under way, and a promise of there being none. */
export class UnderWay {
  #count = 0
  #waiting: (() => void)[] = []

  get count(): number {
    return this.#count
  }

  begin(): void {
    this.#count++
  }

  end(): void {
    this.#count--
    if (this.#count === 0 && this.#waiting.length > 0) for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Resolves when nothing is under way. */
  none(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }
}
