/** One reload of the server's file. Its errors and `process.exit()` calls fail the reload instead of ending the process. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import { GangwayError, type ServerDefinition } from '@gangway/core'

const attempts = new AsyncLocalStorage<Attempt>()

/** The reload that the running code belongs to; undefined for code of the first load. */
export const currentAttempt = (): Attempt | undefined => attempts.getStore()

export class Attempt {
  /** `dropped`: it failed, or a newer one has started. */
  state: 'loading' | 'served' | 'dropped' = 'loading'
  /** Number of `run()` calls. */
  runs = 0
  readonly #servers = new Set<ServerDefinition>()
  readonly #file: string
  #offered: () => void = () => {}
  #fail: (error: unknown) => void = () => {}
  /** Resolves when the file provides its first server. */
  readonly offered: Promise<void> = new Promise((resolve) => (this.#offered = resolve))

  constructor(file: string) {
    this.#file = file
  }

  /** The servers of the file, in order. */
  get servers(): readonly ServerDefinition[] {
    return [...this.#servers]
  }

  offer(server: ServerDefinition): void {
    this.#servers.add(server)
    this.#offered()
  }

  /** Also rejects with uncaught errors during `work`. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const uncaught = (error: unknown): void => {
      if (currentAttempt() === this) this.#fail(error)
    }
    process.on('unhandledRejection', uncaught).on('uncaughtException', uncaught)
    try {
      return await new Promise((resolve, reject) => {
        this.#fail = reject
        attempts.run(this, work).then(resolve, reject)
      })
    } finally {
      process.off('unhandledRejection', uncaught).off('uncaughtException', uncaught)
    }
  }

  /** Called for `process.exit()` before the reload has succeeded. */
  exits(code: unknown): never {
    const error = new GangwayError('GANGWAY_E_LOAD', `${this.#file} called process.exit(${code === undefined ? '' : String(code)}) while loading. Throw an error instead`)
    this.#fail(error)
    throw error
  }
}

/** Code of a failed reload must not end the process, which runs the previous version. */
export function surviveExits(): void {
  const exit = process.exit.bind(process)
  process.exit = (code) => {
    const attempt = currentAttempt()
    return attempt && attempt.state !== 'served' ? attempt.exits(code) : exit(code)
  }
  syncBuiltinESMExports() // For code that imports `exit` by name.
}
