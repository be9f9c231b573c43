/** A server's process: how it is started, and how it is made to end. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { atMost } from '@gangway/core/jsonrpc'
import { windowsCommand } from './windows-command.ts'

export interface ChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Milliseconds. */
  readonly grace: number
  /** Milliseconds. */
  readonly termination: number
}

type Process = ChildProcessByStdio<Writable, Readable, Readable>

const WINDOWS = process.platform === 'win32'

/** Those that must not outlive this process, however it ends. */
const running = new Set<Child>()
const killAll = (): void => running.forEach((child) => child.kill())

export class Child {
  readonly process: Process
  /** Resolves with how it ended, in words, when its streams have ended, too. */
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
      detached: !WINDOWS, // A group of its own, so that what it starts in turn ends with it.
    })
    if (running.size === 0) process.once('exit', killAll)
    running.add(this)
    this.ended = new Promise((resolve) => {
      const exited = (code: number | null, signal: string | null): void => {
        running.delete(this)
        if (running.size === 0) process.off('exit', killAll)
        resolve(code === null ? `was ended by ${signal}` : `ended with exit code ${code}`)
      }
      this.process.once('exit', () => (this.#exited = true))
      this.process.once('close', exited).once('error', () => {
        if (this.process.pid === undefined) exited(null, 'an error at its start')
      })
    })
  }

  /** Resolves once it runs; rejects with the reason why it does not. */
  started(): Promise<void> {
    return new Promise((resolve, reject) => this.process.once('spawn', resolve).once('error', reject))
  }

  /** The end of its input is the sign; who does not heed it is told, and then made, to end. */
  async end(): Promise<void> {
    const { grace, termination } = this.#options
    this.process.stdin.end()
    await atMost(grace, this.ended)
    if (!this.#exited) this.#signal('SIGTERM')
    await atMost(this.#exited ? 0 : termination, this.ended)
    this.kill() // The group too, where only its leader has gone.
    this.process.stdout.destroy() // Somebody may have inherited them.
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
