/** The environment that a server gets: what was typed, then what there is, then files, then the config. */
import { resolve } from 'node:path'
import process from 'node:process'
import { parseEnv } from 'node:util'
import { GangwayError } from '@gangway/core'
import { messageOf } from '../errors.ts'
import { readUserFile } from '../user-file.ts'

type Values = Readonly<Record<string, string>>

/** Of several `NAME=value` with one name, the last counts. Throws `GANGWAY_E_USAGE`, without the text of a bad one: it may be a secret. */
export function parseAssignments(assignments: readonly string[]): Values {
  const pairs = assignments.map((text) => {
    const [, name, value] = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(text) ?? []
    if (name === undefined || value === undefined) throw new GangwayError('GANGWAY_E_USAGE', '--env takes NAME=value, and one of them is not so: letters, digits and _ . - in the name, then =')
    return [name, value] as const
  })
  return Object.fromEntries(pairs)
}

/** The command line beats everything. Throws `GANGWAY_E_USAGE`. */
export function setVariables(assignments: readonly string[]): void {
  Object.assign(process.env, parseAssignments(assignments))
}

/** Of the same name, the last file's counts, and one that is set already stays, as with Node's own `--env-file`. Throws `GANGWAY_E_ENV_FILE`. */
export function addVariablesOf(files: readonly string[], origin: string, folder: string): void {
  addVariables(Object.assign({}, ...files.map((file) => readVariables(resolve(folder, file), origin))) as Values)
}

/** A variable may be set to nothing: that is set, too. */
export function addVariables(variables: Values): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
}

/** `origin` is who names the file. Throws `GANGWAY_E_ENV_FILE`. */
export function readVariables(file: string, origin: string): Values {
  try {
    return parseEnv(readUserFile(file)) as Values
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_ENV_FILE', `${file} ${messageOf(cause)}: check the path (${origin})`, { cause })
  }
}
