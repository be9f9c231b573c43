/** Runs one task at a time, in the order of the calls. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Settles like the task. The next task runs even if this one rejects. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }

  /** Resolves when every task that was added before this call has settled. */
  async idle(): Promise<void> {
    await this.#last
  }
}
