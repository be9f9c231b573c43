/** Runs one piece of work at a time, in the order in which they were asked for. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Resolves or rejects as the work does; the next one runs in either case. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }

  /** Resolves when the work that was asked for so far has ended. */
  async idle(): Promise<void> {
    await this.#last
  }
}
