/** The processes that this one started, directly or through others, such as a shell. */
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

interface Entry {
  readonly id: number
  readonly parent: number
  readonly group: number
}

/**
 * Descendants at any depth. A process in another process group was started detached and is left out, unless it is in `started`.
 * Undefined if the system does not tell. Takes some milliseconds.
 */
export function descendants(started: ReadonlySet<number>): number[] | undefined {
  if (process.platform === 'win32') return undefined
  try {
    const all = process.platform === 'linux' ? fromProc() : fromPs()
    const own = all.find(({ id }) => id === process.pid)
    return own && below(own, all, started).map(({ id }) => id)
  } catch {
    return undefined
  }
}

function below(parent: Entry, all: readonly Entry[], started: ReadonlySet<number>): Entry[] {
  const children = all.filter((entry) => entry.parent === parent.id && (entry.group === parent.group || started.has(entry.id)))
  return children.flatMap((child) => [child, ...below(child, all, started)])
}

const fromProc = (): Entry[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(entryOf)

/** Parses `id (name) state parent group …`. The name may contain any characters. A zombie is treated as exited. */
function entryOf(id: string): Entry[] {
  try {
    const [, state, parent, group] = /.*\) (\S) (\d+) (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? []
    return state === 'Z' ? [] : [{ id: Number(id), parent: Number(parent), group: Number(group) }]
  } catch {
    return [] // It has exited.
  }
}

/** For macOS and the BSDs. */
function fromPs(): Entry[] {
  const { execFileSync } = process.getBuiltinModule('node:child_process')
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n')
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([id = 0, parent = 0, group = 0]) => ({ id, parent, group }))
}
