/** The stdio door of a process of its own: the built packages, real pipes, signals and an exit code. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { eachLine } from './lines.ts'
import type { Served } from './wire.ts'

const PROGRAM = fileURLToPath(new URL('../programs/stdio-server.mjs', import.meta.url))

export interface Child extends Served {
  readonly process: ChildProcessWithoutNullStreams
  /** Resolves with how it ended: an exit code, or the name of a signal. */
  readonly ended: Promise<number | string | null>
  /** All that it wrote to stderr, once it has ended. */
  readonly stderr: Promise<string>
}

/** Of the suite's own program, unless another one is named. */
export function startChild(command = process.execPath, args: readonly string[] = [PROGRAM], cwd?: string): Child {
  const child = spawn(command, args, { env: { PATH: process.env.PATH }, ...(cwd !== undefined && { cwd }) })
  child.stdin.on('error', () => {}) // It may end before it has read everything.
  const ended = new Promise<number | string | null>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
  return {
    url: undefined,
    process: child,
    ended,
    stderr: text(child.stderr),
    connect: async (receive) => {
      eachLine(child.stdout, receive)
      return {
        answersInline: false,
        send: async (...texts) => void child.stdin.write(texts.map((line) => `${line}\n`).join('')),
        close: async () => void child.stdin.end(),
      }
    },
    close: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
