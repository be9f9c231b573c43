/** What is being served while a file is loaded, whether the file started it or the command. */
import type { McpServer, Running } from '@gangway/core'
import { settled } from './load/settled.ts'

/** Milliseconds in which a file that keeps the process busy may yet call `run()`. */
const PATIENCE = 5000

export class Started {
  readonly #runs: Promise<Running>[] = []
  #own: { readonly server: object; readonly running: Promise<Running> } | undefined
  #called: () => void = () => {}

  get none(): boolean {
    return this.#runs.length === 0
  }

  /** Every `run()` passes through here: a copy of the engine calls it. */
  readonly run = (server: object, start: () => Promise<Running>): Promise<Running> => {
    if (server === this.#own?.server) return this.#own.running
    const running = start()
    this.#runs.push(running)
    this.#called()
    return running.then((served) => served) // The caller's own, so that a failure which it does not handle shows as such.
  }

  /** Starts a server with the copy of the engine that it was made with. */
  async start(server: McpServer): Promise<void> {
    this.#own = { server, running: server.run() }
    await this.#own.running
  }

  /** Resolves once something serves and nothing is still starting. A file may also call `run()` late, or again after a failure. */
  async serving(nothing: () => Error): Promise<void> {
    for (;;) {
      const results = await Promise.allSettled(this.#runs)
      if (results.length < this.#runs.length) continue
      if (results.some(({ status }) => status === 'fulfilled')) return
      const [failure] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
      await settled(this.#next(), { fault: () => failure ?? nothing(), patience: PATIENCE })
    }
  }

  /** Where clients connect; undefined if that is nowhere but on stdio. */
  async url(): Promise<string | undefined> {
    const results = await Promise.allSettled(this.#runs)
    return results.flatMap((result) => (result.status === 'fulfilled' ? (result.value.url ?? []) : []))[0]
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#called = resolve))
  }
}
