/** The entry of one server, as hosts read it. */
import type { Launcher } from './launcher.ts'

export interface Entry {
  readonly type?: 'stdio'
  readonly command: string
  readonly args: readonly string[]
  /** As they are, for hosts take them so. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Wanted {
  readonly launcher: Launcher
  /** `file:export`, absolute; or another that `run` takes. */
  readonly spec: string
  /** What `run` is told besides. */
  readonly flags: readonly string[]
  /** Those of the server. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly typed: boolean
}

export function entryFor({ launcher, spec, flags, args, env, typed }: Wanted): Entry {
  const variables = { ...launcher.env, ...env }
  return {
    ...(typed && { type: 'stdio' }),
    command: launcher.command,
    // Whatever the file itself would listen on, a host speaks to it over its pipes.
    args: [...launcher.args, 'run', spec, '--transport', 'stdio', ...flags, ...(args.length > 0 ? ['--', ...args] : [])],
    ...(Object.keys(variables).length > 0 && { env: variables }),
  }
}

/** What the user or the host added to an entry of ours, such as a timeout, stays in the new one. */
export function updated(old: unknown, entry: Entry): object {
  if (specOf(old) === undefined) return entry
  const { type: _type, command: _command, args: _args, env: _env, ...added } = old as Record<string, unknown>
  return { ...entry, ...added }
}

const OWN_PROGRAM = /^(@gangway\/cli(@.*)?|.*[\\/]cli[\\/]dist[\\/]bin\.js)$/

/** What an entry of ours runs. Undefined for entries that others wrote. */
export function specOf(entry: unknown): string | undefined {
  const args: unknown = typeof entry === 'object' && entry !== null && 'args' in entry ? entry.args : undefined
  if (!Array.isArray(args)) return undefined
  const run = args.findIndex((value, index) => value === 'run' && typeof args[index - 1] === 'string' && OWN_PROGRAM.test(args[index - 1] as string))
  const spec: unknown = run < 0 ? undefined : args[run + 1]
  return typeof spec === 'string' ? spec : undefined
}
