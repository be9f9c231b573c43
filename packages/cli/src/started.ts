/** What is being served while a file is loaded, whether the file started it or the command. */
import type { McpServer, Running, ServerDefinition } from '@gangway/core'
import { settled } from './load/settled.ts'

/** Milliseconds in which a file that keeps the process busy may yet call `run()`. */
const PATIENCE = 5000
/** Milliseconds after which it is said what is waited for. */
const SILENCE = 1000

export class Started {
  readonly #runs: Promise<Running>[] = []
  #own: { readonly server: ServerDefinition; readonly running: Promise<Running> } | undefined
  #called: () => void = () => {}

  get none(): boolean {
    return this.#runs.length === 0
  }

  /** Whether the command started it, since the file did not. */
  get byCommand(): boolean {
    return this.#own !== undefined
  }

  /** Every `run()` passes through here: a copy of the engine calls it. */
  readonly run = (server: ServerDefinition, start: () => Promise<Running>): Promise<Running> => {
    if (server === this.#own?.server) return this.#own.running
    const running = start()
    this.#runs.push(running)
    this.#called()
    return running.then((served) => served) // The caller's own, so that a failure which it does not handle shows as such.
  }

  /** Starts a server with the copy of the engine that it was made with. */
  async start(server: ServerDefinition & Pick<McpServer, 'run'>): Promise<Running> {
    this.#own = { server, running: server.run() }
    return this.#own.running
  }

  /** Resolves once something serves and nothing is still starting. A file may also call `run()` late, of which `late` is told, or again after a failure. */
  async serving({ nothing, late }: { nothing: () => Error; late: (seconds: number) => void }): Promise<void> {
    for (;;) {
      const results = await Promise.allSettled(this.#runs)
      if (results.length < this.#runs.length) continue
      if (results.some(({ status }) => status === 'fulfilled')) return
      const [failure] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
      const notice = setTimeout(() => this.none && late(PATIENCE / 1000), SILENCE).unref()
      await settled(this.#next(), { fault: () => failure ?? nothing(), patience: PATIENCE }).finally(() => clearTimeout(notice))
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
