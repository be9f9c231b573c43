/** Passes environment variables from `gangway dev` to the `gangway run` that the Inspector starts. The Inspector forwards only a few, and would display and store those in its configuration. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { isStartedByCommand } from '../process/parent-link.ts'
import { findNpm } from '../environment/npm.ts'
import { reexecute } from '../environment/reexecute.ts'

/** Variables that a process reads only when it starts. */
const READ_AT_START = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_PATH', 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'DYLD_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES']

/** Returns the path of the file. `folder` must be readable only by this user. */
export function writeEnvFile(folder: string, variables: NodeJS.ProcessEnv): string {
  const file = join(folder, 'variables.json')
  writeFileSync(file, JSON.stringify(variables), { mode: 0o600 })
  return file
}

/** Sets the variables. If Node.js reads one of them only at startup, restarts the process and does not return. Throws `GANGWAY_E_USAGE`. */
export async function readEnvFile(file: string): Promise<void> {
  const variables = read(file)
  const tooLate = READ_AT_START.some((name) => name in variables && variables[name] !== process.env[name])
  Object.assign(process.env, variables)
  if (tooLate && !isStartedByCommand()) await reexecute(process.execPath, findNpm())
}

function read(file: string): NodeJS.ProcessEnv {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as NodeJS.ProcessEnv
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_USAGE', `Cannot read --inherit ${file}. This option is internal to gangway dev`, { cause })
  }
}
