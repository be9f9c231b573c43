/** The environment variables of a server. Precedence: `--env`, the existing environment, files, the config file. */
import { resolve } from 'node:path'
import process from 'node:process'
import { parseEnv } from 'node:util'
import { GangwayError } from '@gangway/core'
import { messageOf } from '../errors.ts'
import { readUserFile } from '../user-file.ts'

type Values = Readonly<Record<string, string>>

/** The last assignment of a name wins. Throws `GANGWAY_E_USAGE`, without the invalid text, which may be a secret. */
export function parseAssignments(assignments: readonly string[]): Values {
  const pairs = assignments.map((text) => {
    const [, name, value] = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(text) ?? []
    if (name === undefined || value === undefined) throw new GangwayError('GANGWAY_E_USAGE', 'Invalid --env: expected NAME=value. NAME may contain letters, digits and _ . -')
    return [name, value] as const
  })
  return Object.fromEntries(pairs)
}

/** Collects the variables that a run adds to the environment, and changes nothing. */
export class ServerVariables {
  readonly #added = new Map<string, string>()

  /** From the added variables and the environment. */
  readonly get = (name: string): string | undefined => this.#added.get(name) ?? process.env[name]

  get added(): Values {
    return Object.fromEntries(this.#added)
  }

  /** Overrides existing variables. Throws `GANGWAY_E_USAGE`. */
  assign(assignments: readonly string[]): void {
    for (const [name, value] of Object.entries(parseAssignments(assignments))) this.#added.set(name, value)
  }

  /** Keeps existing variables, even if they are empty. */
  add(variables: Values): void {
    for (const [name, value] of Object.entries(variables)) if (this.get(name) === undefined) this.#added.set(name, value)
  }

  /** Later files override earlier ones, and existing variables override both, as with Node's own `--env-file`. Throws `GANGWAY_E_ENV_FILE`. */
  addFiles(files: readonly string[], origin: string, folder: string): void {
    this.add(Object.assign({}, ...files.map((file) => readVariables(resolve(folder, file), origin))) as Values)
  }

  /** Sets the variables until the task ends: a config file in TypeScript may read them. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    const before = Array.from(this.#added.keys(), (name) => [name, process.env[name]] as const)
    Object.assign(process.env, this.added)
    try {
      return await task()
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
  }
}

/** `origin` is the option or setting that names the file. Throws `GANGWAY_E_ENV_FILE`. */
export function readVariables(file: string, origin: string): Values {
  try {
    return parseEnv(readUserFile(file)) as Values
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_ENV_FILE', `${file} ${messageOf(cause)} (${origin}). Check the path`, { cause })
  }
}
