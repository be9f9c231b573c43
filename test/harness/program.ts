/** Programs of `test/programs` as processes: started in any way, told of and ended with the test. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterFile } from './cleanup.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const programFile = (name: string): string => fileURLToPath(new URL(`../programs/${name}`, import.meta.url))
export const GANGWAY = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

export interface Program {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  /** All that it wrote to stderr so far. */
  readonly stderr: () => string
  /** Resolves with an exit code or a signal, once its outputs are closed, too. */
  readonly ended: Promise<number | string | null>
  kill(signal: NodeJS.Signals): void
}

interface Options {
  readonly env?: Readonly<Record<string, string>>
  /** The descriptor that we write to: Node closes 0 when the process ends, whoever else reads from it. @default 0 */
  readonly input?: 0 | 3
}

/** What a command line starts, with nothing of our own environment but the path. */
export function startProgram(command: string, args: readonly string[], { env, input = 0 }: Options = {}): Program {
  const child: ChildProcess = spawn(command, args, { env: { PATH: process.env['PATH'], HOME: tmpdir(), ...env }, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })
  afterFile(() => child.kill('SIGKILL')) // A failing test may leave it running.
  const [stdout, errors, stdin] = [child.stdout, child.stderr, child.stdio[input]] as [Readable, Readable, Writable]
  stdin.on('error', () => {}) // It may end before it has read everything.
  let stderr = ''
  errors.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return {
    pid: child.pid as number,
    stdin,
    stdout,
    stderr: () => stderr,
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal))),
    kill: (signal) => void child.kill(signal),
  }
}

let notes = 0

/** A file in which a program may leave lines when nobody reads its output any more. */
export function newNotes(): { readonly file: string; readonly lines: () => string[] } {
  const file = join(temporaryFolder(), `notes-${notes++}`)
  return {
    file,
    lines: () => {
      try {
        return readFileSync(file, 'utf8').split('\n').slice(0, -1)
      } catch {
        return [] // It has nothing to say yet.
      }
    },
  }
}

/** A process that has ended, and of which nobody has asked how, is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux'
  }
}

/** Looks until it is so; a test that waits in vain runs out of time. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
