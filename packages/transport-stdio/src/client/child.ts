/** A server's process: starts it, and stops it in steps. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { withTimeout } from '@gangway/core/internal'
import { windowsCommand } from './windows-command.ts'

export interface ChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Milliseconds between the end of stdin and SIGTERM. */
  readonly exitTimeout: number
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly terminationTimeout: number
}

type Process = ChildProcessByStdio<Writable, Readable, Readable>

const WINDOWS = process.platform === 'win32'

/** Killed when this process exits, however it exits. */
const running = new Set<Child>()
const killAll = (): void => running.forEach((child) => child.kill())

export class Child {
  readonly process: Process
  /** Resolves with a description of the exit, after the streams have ended. */
  readonly ended: Promise<string>
  readonly #options: ChildOptions
  #exited = false

  constructor(options: ChildOptions) {
    const { command, args, env, cwd } = options
    this.#options = options
    const spawned = WINDOWS ? windowsCommand(command, args, env, cwd ?? process.cwd()) : { command, args, verbatim: false }
    this.process = spawn(spawned.command, spawned.args, {
      env,
      ...(cwd !== undefined && { cwd }),
      stdio: 'pipe',
      shell: false,
      windowsHide: true,
      windowsVerbatimArguments: spawned.verbatim,
      detached: !WINDOWS, // A separate process group, so that processes started by the server can be killed with it.
    })
    if (running.size === 0) process.once('exit', killAll)
    running.add(this)
    this.ended = new Promise((resolve) => {
      const exited = (code: number | null, signal: string | null): void => {
        running.delete(this)
        if (running.size === 0) process.off('exit', killAll)
        resolve(code === null ? `was terminated by ${signal}` : `exited with code ${code}`)
      }
      this.process.once('exit', () => (this.#exited = true))
      this.process.once('close', exited).once('error', () => {
        if (this.process.pid === undefined) exited(null, 'an error at its start')
      })
    })
  }

  /** Resolves when the process runs. Rejects with the reason if it cannot start. */
  started(): Promise<void> {
    return new Promise((resolve, reject) => this.process.once('spawn', resolve).once('error', reject))
  }

  /** Closes stdin, then sends SIGTERM, then SIGKILL, until the process exits. */
  async end(): Promise<void> {
    const { exitTimeout, terminationTimeout } = this.#options
    this.process.stdin.end()
    await withTimeout(exitTimeout, this.ended)
    if (!this.#exited) this.#signal('SIGTERM')
    await withTimeout(this.#exited ? 0 : terminationTimeout, this.ended)
    this.kill() // Kill the group even if only its leader has exited.
    this.process.stdout.destroy() // Another process may have inherited the streams and keep them open.
    this.process.stderr.destroy()
    await this.ended
  }

  kill(): void {
    this.#signal('SIGKILL')
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.process
    if (pid === undefined) return
    if (WINDOWS) return void spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => {})
    try {
      process.kill(-pid, signal)
    } catch {
      // The group is empty.
    }
  }
}
