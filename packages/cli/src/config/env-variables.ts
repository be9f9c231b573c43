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

/** Overrides existing variables. Throws `GANGWAY_E_USAGE`. */
export function setVariables(assignments: readonly string[]): void {
  Object.assign(process.env, parseAssignments(assignments))
}

/** Later files override earlier ones, and existing variables override both, as with Node's own `--env-file`. Throws `GANGWAY_E_ENV_FILE`. */
export function addVariablesOf(files: readonly string[], origin: string, folder: string): void {
  addVariables(Object.assign({}, ...files.map((file) => readVariables(resolve(folder, file), origin))) as Values)
}

/** Keeps existing variables, even if they are empty. */
export function addVariables(variables: Values): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
}

/** `origin` is the option or setting that names the file. Throws `GANGWAY_E_ENV_FILE`. */
export function readVariables(file: string, origin: string): Values {
  try {
    return parseEnv(readUserFile(file)) as Values
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_ENV_FILE', `${file} ${messageOf(cause)} (${origin}). Check the path`, { cause })
  }
}
