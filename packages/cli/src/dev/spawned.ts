/** This same command line as one of `gangway run`: for the Inspector, which starts it on stdio, and for a process of its own. */
import process from 'node:process'
import type { Command } from 'commander'
import { ownBin } from '../own-bin.ts'
import type { StdioServer } from './catalog.ts'
import { bequeath } from './inherit.ts'
import { retype } from './retype.ts'

/** What `run` does not take. */
const NOT_FOR_RUN = ['reload', 'inspector', 'inspectorVersion', 'uiPort', 'sandboxPort', 'open']
/** What has been seen to before the Inspector starts it. */
const SEEN_TO = ['transport', 'env', 'refresh']

export interface Typed {
  readonly spec: string | undefined
  /** As it was typed. */
  readonly command: Command
  /** Those of the server. */
  readonly args: readonly string[]
  readonly reload: boolean
  /** Whether it is an address or an mcp.json. */
  readonly isElsewhere: boolean
}

/** `more` are options that stand for those of the names in `except`. */
export function runWords({ spec, command, args, reload, isElsewhere }: Typed, { more = [], except = [] }: { more?: readonly string[]; except?: readonly string[] } = {}): string[] {
  const typed = retype(command, new Set([...NOT_FOR_RUN, ...except, ...(isElsewhere ? ['install'] : [])]))
  return ['run', ...(spec === undefined ? [] : [spec]), ...more, ...typed, ...(reload ? ['--reload'] : []), ...(args.length > 0 ? ['--', ...args] : [])]
}

/** `variables` are all that the server is to have, for the Inspector passes on but a few; `folder` is readable by this user alone. */
export function spawnedServer(typed: Typed, variables: NodeJS.ProcessEnv, folder: string): StdioServer {
  const run = runWords(typed, { more: ['--transport=stdio', `--inherit=${bequeath(folder, variables)}`], except: SEEN_TO })
  return { type: 'stdio', command: process.execPath, args: [...process.execArgv, ownBin(), ...run], cwd: process.cwd() }
}
