/** Opens a server with its first request, where no host says when to start. */
import type { ServerDefinition } from '@gangway/core'
import { tooBusy } from '@gangway/core/web'

export class OpenedServer {
  readonly #server: ServerDefinition
  #opened: Promise<void> | undefined
  #isOpen = false
  #closed: Promise<void> | undefined

  constructor(server: ServerDefinition) {
    this.#server = server
  }

  /** Undefined once it is open. Rejects if an `onStart` hook does; the next request tries again. */
  open(): Promise<void> | undefined {
    if (this.#closed) throw tooBusy(503, 'The server has ended', 'shutting_down')
    return this.#isOpen ? undefined : this.#open()
  }

  async #open(): Promise<void> {
    this.#opened ??= this.#server.open()
    try {
      await this.#opened
      this.#isOpen = true
    } catch (error) {
      this.#opened = undefined
      throw error
    }
  }

  /** Once, however often it is asked for: others may serve the same server. */
  close(): Promise<void> {
    return (this.#closed ??= this.#opened ? this.#server.close() : Promise.resolve())
  }
}
