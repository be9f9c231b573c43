/** Opens a server with its first request, for hosts such as Workers and Express that have no start hook. */
import type { ServerDefinition } from '@gangway/core'
import { tooBusy } from '@gangway/core/internal/http'

export class OpenedServer {
  readonly #server: ServerDefinition
  #opened: Promise<void> | undefined
  #isOpen = false
  #closed: Promise<void> | undefined

  constructor(server: ServerDefinition) {
    this.#server = server
  }

  /** Returns undefined once the server is open. Rejects if an `onStart` hook rejects; the next request tries again. */
  open(): Promise<void> | undefined {
    if (this.#closed) throw tooBusy(503, 'The server has shut down', 'shutting_down')
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

  /** Calls `server.close()` at most once: the server counts calls, so a second one would close it for another transport that still serves it. */
  close(): Promise<void> {
    return (this.#closed ??= this.#opened ? this.#server.close() : Promise.resolve())
  }
}
