/** Starts child processes that end with this process. Servers of client transports are started, and killed at exit, by the stdio transport. */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentNpm, variableFor } from './parent-link.ts'
import { exitCodeBy, onParentGone, SIGNALS } from './signals.ts'

/** Milliseconds for a graceful shutdown, before SIGKILL. */
const GRACE = 6000
const LOOK = 50
/** Milliseconds to wait for remaining output after exit. Other processes may have inherited the pipes, and keep them open. */
const OUTPUT_TIMEOUT = 500

const isWindows = process.platform === 'win32'

export interface ChildOptions extends SpawnOptions {
  /** Starts a separate process group: a terminal's Ctrl+C reaches only this process, and descendants are stopped together with the child. */
  readonly group?: boolean
}

export interface Exit {
  /** The exit code, or 128 plus the number of the signal. */
  readonly code: number
  /** A description: the exit code or the signal. */
  readonly how: string
}

export interface Child {
  readonly process: ChildProcess
  /** Resolves after the child has exited. Rejects if it cannot be started. */
  readonly ended: Promise<Exit>
  /** Sends SIGTERM, and SIGKILL after 6 s. Resolves when the child and its group have exited. */
  stop(): Promise<void>
}

/** The child is killed when this process exits, unless `kill -9` ends it: see parent-link.ts. */
export function startChild(program: string, args: readonly string[], { group = false, ...options }: ChildOptions): Child {
  const child = spawn(program, args, { windowsHide: true, ...options, detached: group && !isWindows })
  /** Returns whether there is a process to send the signal to. */
  const send = (signal: NodeJS.Signals | 0): boolean => (group ? signalGroup(child.pid, signal) : isRunning(child) && child.kill(signal))
  const kill = (): void => {
    if (isWindows && isRunning(child)) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true })
    else send('SIGKILL')
  }
  process.once('exit', kill)
  child.once('exit', () => {
    if (!send(0)) process.off('exit', kill)
  })
  const ended = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      const end = (): void => resolve({ code: signal ? exitCodeBy(signal) : (code ?? 1), how: signal ?? `exit code ${code}` })
      child.once('close', end)
      setTimeout(end, OUTPUT_TIMEOUT).unref()
    })
  })
  const stop = async (): Promise<void> => {
    if (!isWindows) child.kill('SIGTERM') // Windows has no SIGTERM.
    const deadline = Date.now() + (isWindows ? 0 : GRACE)
    while (send(0) && Date.now() < deadline) await sleep(LOOK)
    kill()
  }
  return { process: child, ended, stop }
}

const isRunning = ({ pid, exitCode, signalCode }: ChildProcess): boolean => pid !== undefined && exitCode === null && signalCode === null

/** Returns whether the process group exists. */
function signalGroup(leader: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (leader === undefined || isWindows) return false
  try {
    return process.kill(-leader, signal)
  } catch {
    return false
  }
}

export interface ReplacementOptions {
  readonly stdio: readonly ('inherit' | number)[]
  /** The path of npm, for a Node.js that comes without. */
  readonly npm?: string | undefined
  /** Stops the replacement when the parent of this process exits. A server on HTTP must keep running then, as with `nohup`. */
  readonly followsParent?: boolean
}

/** Signals to forward. */
const RELAYED = [...SIGNALS, 'SIGQUIT', 'SIGUSR2'] as const

/** Runs this command again with other arguments or another Node.js. That process gets the signals, and this one exits with its exit code. Rejects if it cannot be started. */
export async function runInstead(node: string, args: readonly string[], { stdio, npm = parentNpm(), followsParent = false }: ReplacementOptions): Promise<never> {
  const { process: child, ended } = startChild(node, args, { stdio: [...stdio, 'pipe'], env: { ...process.env, ...variableFor({ npm, lifeline: stdio.length }) } })
  // On Windows the console sends Ctrl+C to both processes, and child.kill() would terminate the child at once.
  for (const signal of RELAYED) process.on(signal, () => void (isWindows || child.kill(signal)))
  if (followsParent) onParentGone(() => child.kill('SIGTERM'))
  return process.exit((await ended).code)
}
