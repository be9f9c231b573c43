/** Counts operations in flight and waits until none is left. */
export class WaitGroup {
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

  /** Resolves when no operation is in flight. */
  none(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }
}
