/** A program with all that it starts, which end together. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds that a program and its children get to end by themselves. */
const GRACE = 6000
const LOOK = 50

const isWindows = process.platform === 'win32'

/** The first thing that runs in it. When descriptor 3 closes, this process is gone, even by `kill -9`: so is the program then, and what this process would have removed. */
const lifeline = (folder: string): string =>
  `import{rmSync}from'node:fs';import{Socket}from'node:net';new Socket({fd:3,readable:true,writable:false}).on('close',()=>{rmSync(${JSON.stringify(folder)},{recursive:true,force:true});process.kill(process.pid,'SIGTERM')}).on('error',()=>{}).resume().unref()`

/** A Node program, whose output is piped; `folder` is its own, and goes with it. It leads a process group, so that a terminal's Ctrl+C reaches this process alone. */
export function startTree(node: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(node, ['--import', `data:text/javascript,${encodeURIComponent(lifeline(folder))}`, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: !isWindows, windowsHide: true })
  const kill = (): void => killTree(child)
  process.once('exit', kill)
  child.once('exit', () => {
    if (!isAlive(child)) process.off('exit', kill)
  })
  return child
}

/** Resolves when nothing of it is left. */
export async function stopTree(child: ChildProcess): Promise<void> {
  if (!isWindows) child.kill('SIGTERM') // There, nothing hears it.
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

/** Whether there is anything in it. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal)
  } catch {
    return false
  }
}
