/** The hooks around a server's life, run once however many transports serve it. */
import { Mutex } from '../jsonrpc/mutex.ts'

export type Hook = () => void | Promise<void>

export class Lifetime {
  readonly #onStart: Hook[] = []
  readonly #onClose: Hook[] = []
  #users = 0
  /** Opening and closing never overlap, so that hooks may be slow. */
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

  /** Rejects if a hook does; the server then counts as not opened. */
  open(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#users === 0) for (const hook of this.#onStart) await hook()
      this.#users++
    })
  }

  /** Runs every hook, last registered first, and rejects with the first failure afterwards. */
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
