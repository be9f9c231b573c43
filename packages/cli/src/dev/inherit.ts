/** Variables from `gangway dev` to the `gangway run` that the Inspector starts: it passes on no more than PATH and its like, and would show and keep what its own file says. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { isStartedByCommand } from '../environment/lifeline.ts'
import { findNpm } from '../environment/npm.ts'
import { reexecute } from '../environment/reexecute.ts'

/** A process reads these as it starts. */
const EARLY = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_PATH', 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'DYLD_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES']

/** The file, in a folder that nobody else can read. */
export function bequeath(folder: string, variables: NodeJS.ProcessEnv): string {
  const file = join(folder, 'variables.json')
  writeFileSync(file, JSON.stringify(variables), { mode: 0o600 })
  return file
}

/** Does not return where that takes another process, of which there is never a second. Throws `GANGWAY_E_USAGE`. */
export async function inherit(file: string): Promise<void> {
  const variables = read(file)
  const tooLate = EARLY.some((name) => name in variables && variables[name] !== process.env[name])
  Object.assign(process.env, variables)
  if (tooLate && !isStartedByCommand()) await reexecute(process.execPath, findNpm())
}

function read(file: string): NodeJS.ProcessEnv {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as NodeJS.ProcessEnv
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_USAGE', `--inherit ${file} cannot be read: it is for what gangway dev starts, and goes with it`, { cause })
  }
}
