/** The environment that a server gets: what was typed, then what there is, then files, then the config. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { parseEnv } from 'node:util'
import { GangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'

/** `NAME=value` of the command line beats everything. Throws `GANGWAY_E_USAGE`. */
export function setVariables(assignments: readonly string[]): void {
  for (const text of assignments) {
    const [, name, value] = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(text) ?? []
    if (name === undefined || value === undefined) throw new GangwayError('GANGWAY_E_USAGE', `--env cannot be '${text}': write NAME=value`)
    process.env[name] = value
  }
}

/** Of the same name, the last file's counts, and one that is set already stays, as with Node's own `--env-file`. Throws `GANGWAY_E_ENV_FILE`. */
export function addVariablesOf(files: readonly string[], origin: string, folder: string): void {
  addVariables(Object.assign({}, ...files.map((file) => read(resolve(folder, file), origin))) as Record<string, string>)
}

/** A variable may be set to nothing: that is set, too. */
export function addVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
}

function read(file: string, origin: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_ENV_FILE', `${file} cannot be read (${String(codeOf(cause))}): check the path (${origin})`, { cause })
  }
}
