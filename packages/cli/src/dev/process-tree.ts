/** Starts a program so that it and its child processes stop together. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds for a graceful shutdown. */
const GRACE = 6000
const LOOK = 50

const isWindows = process.platform === 'win32'

/** Code that the program runs first. When descriptor 3 closes, this process has exited, even by `kill -9`: it then removes the folder and stops the program. */
const lifeline = (folder: string): string =>
  `import{rmSync}from'node:fs';import{Socket}from'node:net';new Socket({fd:3,readable:true,writable:false}).on('close',()=>{rmSync(${JSON.stringify(folder)},{recursive:true,force:true});process.kill(process.pid,'SIGTERM')}).on('error',()=>{}).resume().unref()`

/** Starts a Node.js program with piped output, in its own process group, so that a terminal's Ctrl+C reaches only this process. `folder` is removed when it stops. */
export function startTree(node: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(node, ['--import', `data:text/javascript,${encodeURIComponent(lifeline(folder))}`, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: !isWindows, windowsHide: true })
  const kill = (): void => killTree(child)
  process.once('exit', kill)
  child.once('exit', () => {
    if (!isAlive(child)) process.off('exit', kill)
  })
  return child
}

/** Resolves when the program and its child processes have exited. */
export async function stopTree(child: ChildProcess): Promise<void> {
  if (!isWindows) child.kill('SIGTERM') // Windows has no SIGTERM.
  const deadline = Date.now() + GRACE
  while (isAlive(child) && Date.now() < deadline) await sleep(LOOK)
  killTree(child)
}

function killTree({ pid }: ChildProcess): void {
  if (pid === undefined) return
  if (isWindows) return void spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true })
  signalGroup(pid, 'SIGKILL')
}

const isAlive = ({ pid }: ChildProcess): boolean => pid !== undefined && !isWindows && signalGroup(pid, 0)

/** Returns whether the process group exists. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal)
  } catch {
    return false
  }
}
