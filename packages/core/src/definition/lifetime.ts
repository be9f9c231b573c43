/** A server's start and close hooks. They run once, no matter how many transports serve the server. */
import { Mutex } from '../util/mutex.ts'

export type Hook = () => void | Promise<void>

export class Lifetime {
  readonly #onStart: Hook[] = []
  readonly #onClose: Hook[] = []
  #users = 0
  /** Keeps opening and closing from overlapping while a slow hook runs. */
  readonly #mutex = new Mutex()

  get hasStartHooks(): boolean {
    return this.#onStart.length > 0
  }

  onStart(hook: Hook): void {
    this.#onStart.push(hook)
  }
  onClose(hook: Hook): void {
    this.#onClose.push(hook)
  }

  /** The first call runs the start hooks. Rejects if a hook fails; the server is then treated as not opened. */
  open(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#users === 0) for (const hook of this.#onStart) await hook()
      this.#users++
    })
  }

  /** The last call runs the close hooks, last registered first. All of them run; then it rejects with the first failure. */
  close(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#users === 0 || --this.#users > 0) return
      const failures: unknown[] = []
      for (const hook of this.#onClose.toReversed()) {
        try {
          await hook()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    })
  }
}
