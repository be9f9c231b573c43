/** What the Inspector starts on stdio: this same command line, as `gangway run`. */
import process from 'node:process'
import type { Command } from 'commander'
import { ownBin } from '../own-bin.ts'
import type { StdioServer } from './catalog.ts'
import { bequeath } from './inherit.ts'
import { retype } from './retype.ts'

/** What `run` does not take, and what has been seen to here. */
const NOT_FOR_RUN: ReadonlySet<string> = new Set(['transport', 'env', 'refresh', 'reload', 'inspector', 'inspectorVersion', 'uiPort', 'sandboxPort', 'open'])

export interface Spawned {
  readonly spec: string | undefined
  /** As it was typed. */
  readonly command: Command
  /** Those of the server. */
  readonly args: readonly string[]
  /** All that the server is to have, for the Inspector passes on but a few. */
  readonly variables: NodeJS.ProcessEnv
  readonly reload: boolean
  /** Whether it is an address or an mcp.json. */
  readonly isElsewhere: boolean
}

/** `folder` is readable by this user alone. */
export function spawnedServer({ spec, command, args, variables, reload, isElsewhere }: Spawned, folder: string): StdioServer {
  const typed = retype(command, isElsewhere ? new Set([...NOT_FOR_RUN, 'install']) : NOT_FOR_RUN)
  const run = ['run', ...(spec === undefined ? [] : [spec]), '--transport=stdio', `--inherit=${bequeath(folder, variables)}`, ...typed, ...(reload ? ['--reload'] : [])]
  return { type: 'stdio', command: process.execPath, args: [...process.execArgv, ownBin(), ...run, ...(args.length > 0 ? ['--', ...args] : [])], cwd: process.cwd() }
}
