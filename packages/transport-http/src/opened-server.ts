/** Opens a server with its first request, where no host says when to start. */
import type { ServerDefinition } from '@gangway/core'

export class OpenedServer {
  readonly #server: ServerDefinition
  #opened: Promise<void> | undefined

  constructor(server: ServerDefinition) {
    this.#server = server
  }

  /** Rejects if an `onStart` hook does; the next request tries again. */
  async open(): Promise<void> {
    this.#opened ??= this.#server.open()
    try {
      await this.#opened
    } catch (error) {
      this.#opened = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    if (this.#opened) await this.#server.close()
  }
}
