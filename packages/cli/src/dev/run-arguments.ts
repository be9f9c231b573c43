/** Converts the command line of `gangway dev` to one of `gangway run`, which the Inspector or a child process runs. */
import process from 'node:process'
import type { Command } from 'commander'
import { ownBin } from '../own-bin.ts'
import type { StdioServer } from './inspector-config.ts'
import { writeEnvFile } from './env-file.ts'
import { retype } from './options-to-arguments.ts'

/** Options that `run` does not accept. */
const NOT_FOR_RUN = ['reload', 'inspector', 'inspectorVersion', 'uiPort', 'sandboxPort', 'open']
/** Options that have been applied before the Inspector starts the server. */
const ALREADY_APPLIED = ['transport', 'env', 'refresh']

export interface Typed {
  readonly spec: string | undefined
  /** The parsed command line. */
  readonly command: Command
  /** Arguments for the server. */
  readonly args: readonly string[]
  readonly reload: boolean
  /** Whether `spec` is a URL or an mcp.json. */
  readonly isRemote: boolean
}

/** `more` are options that replace those named in `except`. */
export function runWords({ spec, command, args, reload, isRemote }: Typed, { more = [], except = [] }: { more?: readonly string[]; except?: readonly string[] } = {}): string[] {
  const typed = retype(command, new Set([...NOT_FOR_RUN, ...except, ...(isRemote ? ['install'] : [])]))
  return ['run', ...(spec === undefined ? [] : [spec]), ...more, ...typed, ...(reload ? ['--reload'] : []), ...(args.length > 0 ? ['--', ...args] : [])]
}

/** `variables` are the complete environment of the server. `folder` must be readable only by this user. */
export function spawnedServer(typed: Typed, variables: NodeJS.ProcessEnv, folder: string): StdioServer {
  const run = runWords(typed, { more: ['--transport=stdio', `--inherit=${writeEnvFile(folder, variables)}`], except: ALREADY_APPLIED })
  return { type: 'stdio', command: process.execPath, args: [...process.execArgv, ownBin(), ...run], cwd: process.cwd() }
}
