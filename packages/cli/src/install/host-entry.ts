/** Creates the entry of a server in a host's configuration. */
import type { Launcher } from './launcher.ts'

export interface Entry {
  readonly type?: 'stdio'
  readonly command: string
  readonly args: readonly string[]
  /** Plain values: hosts do not expand variables. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Wanted {
  readonly launcher: Launcher
  /** An absolute `file:export`, or another target of `gangway run`. */
  readonly spec: string
  /** Options for `gangway run`. */
  readonly flags: readonly string[]
  /** Arguments for the server. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly typed: boolean
}

export function entryFor({ launcher, spec, flags, args, env, typed }: Wanted): Entry {
  const variables = { ...launcher.env, ...env }
  return {
    ...(typed && { type: 'stdio' }),
    command: launcher.command,
    // Overrides the transport in the file: hosts connect over stdio.
    args: [...launcher.args, 'run', spec, '--transport', 'stdio', ...flags, ...(args.length > 0 ? ['--', ...args] : [])],
    ...(Object.keys(variables).length > 0 && { env: variables }),
  }
}

/** Keeps members that the user or the host added to an entry of gangway, such as a timeout. */
export function updated(old: unknown, entry: Entry): object {
  if (specOf(old) === undefined) return entry
  const { type: _type, command: _command, args: _args, env: _env, ...added } = old as Record<string, unknown>
  return { ...entry, ...added }
}

const OWN_PROGRAM = /^(@gangway\/cli(@.*)?|.*[\\/]cli[\\/]dist[\\/]bin\.js)$/

/** The target of an entry that gangway created; undefined for other entries. */
export function specOf(entry: unknown): string | undefined {
  const args: unknown = typeof entry === 'object' && entry !== null && 'args' in entry ? entry.args : undefined
  if (!Array.isArray(args)) return undefined
  const run = args.findIndex((value, index) => value === 'run' && typeof args[index - 1] === 'string' && OWN_PROGRAM.test(args[index - 1] as string))
  const spec: unknown = run < 0 ? undefined : args[run + 1]
  return typeof spec === 'string' ? spec : undefined
}
