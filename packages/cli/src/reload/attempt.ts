/** One load of a file that is served already: what it offers, and how it fails without taking the process with it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import { GangwayError, type ServerDefinition } from '@gangway/core'

const attempts = new AsyncLocalStorage<Attempt>()

/** The one that the running code belongs to, also later: undefined for code of the first load. */
export const currentAttempt = (): Attempt | undefined => attempts.getStore()

export class Attempt {
  /** `dropped`: it failed, or a later one is there. */
  state: 'loading' | 'served' | 'dropped' = 'loading'
  /** How often it has called `run()`. */
  runs = 0
  readonly #servers = new Set<ServerDefinition>()
  readonly #file: string
  #offered: () => void = () => {}
  #fail: (error: unknown) => void = () => {}
  /** Resolves when it first offers a server. */
  readonly offered: Promise<void> = new Promise((resolve) => (this.#offered = resolve))

  constructor(file: string) {
    this.#file = file
  }

  /** Those that it offers, in this order. */
  get servers(): readonly ServerDefinition[] {
    return [...this.#servers]
  }

  offer(server: ServerDefinition): void {
    this.#servers.add(server)
    this.#offered()
  }

  /** Rejects also with what fails beside the work, and is caught by nobody. */
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

  /** For code that wants to end the process before it serves anything. */
  exits(code: unknown): never {
    const error = new GangwayError('GANGWAY_E_LOAD', `${this.#file} called process.exit(${code === undefined ? '' : String(code)}) while it loaded: have it throw what is wrong`)
    this.#fail(error)
    throw error
  }
}

/** Code that never came to serve does not end the process for the code that does. */
export function surviveExits(): void {
  const exit = process.exit.bind(process)
  process.exit = (code) => {
    const attempt = currentAttempt()
    return attempt && attempt.state !== 'served' ? attempt.exits(code) : exit(code)
  }
  syncBuiltinESMExports() // For those who import it by name.
}
