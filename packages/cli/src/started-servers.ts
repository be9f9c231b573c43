/** Tracks the servers that start while a file is loaded: by the file's own `run()`, or by the command. */
import type { McpServer, Running, ServerDefinition } from '@gangway/core'
import { settled } from './load/settled.ts'

/** Milliseconds to wait for a file to call `run()` while it keeps the process busy. */
const RUN_CALL_TIMEOUT = 5000
/** Milliseconds before the command reports that it is waiting. */
const WAITING_NOTICE = 1000

export class Started {
  readonly #runs: Promise<Running>[] = []
  #own: { readonly server: ServerDefinition; readonly running: Promise<Running> } | undefined
  #called: () => void = () => {}

  get none(): boolean {
    return this.#runs.length === 0
  }

  /** Whether the command started the server, because the file did not call `run()`. */
  get byCommand(): boolean {
    return this.#own !== undefined
  }

  /** Called by every `run()`, also by that of another copy of core. */
  readonly run = (server: ServerDefinition, start: () => Promise<Running>): Promise<Running> => {
    if (server === this.#own?.server) return this.#own.running
    const running = start()
    this.#runs.push(running)
    this.#called()
    return running.then((served) => served) // A separate promise for the caller, so that a rejection it does not handle is reported as unhandled.
  }

  /** Starts the server with the copy of core that created it. */
  async start(server: ServerDefinition & Pick<McpServer, 'run'>): Promise<Running> {
    this.#own = { server, running: server.run() }
    return this.#own.running
  }

  /** Resolves once a server is running and none is still starting. A file may call `run()` late, which is reported through `late`, or again after a failure. */
  async serving({ nothing, late }: { nothing: () => Error; late: (seconds: number) => void }): Promise<void> {
    for (;;) {
      const results = await Promise.allSettled(this.#runs)
      if (results.length < this.#runs.length) continue
      if (results.some(({ status }) => status === 'fulfilled')) return
      const [failure] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
      const notice = setTimeout(() => this.none && late(RUN_CALL_TIMEOUT / 1000), WAITING_NOTICE).unref()
      await settled(this.#next(), { fault: () => failure ?? nothing(), timeout: RUN_CALL_TIMEOUT }).finally(() => clearTimeout(notice))
    }
  }

  /** The URL of the server; undefined on stdio. */
  async url(): Promise<string | undefined> {
    const results = await Promise.allSettled(this.#runs)
    return results.flatMap((result) => (result.status === 'fulfilled' ? (result.value.url ?? []) : []))[0]
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#called = resolve))
  }
}
