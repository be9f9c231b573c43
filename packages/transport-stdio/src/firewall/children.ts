/** Keeps child processes from descriptor 1, and ends them with this process. */
import type { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import { descendants } from './descendants.ts'
import { replaceMethods, type Callable } from './replace.ts'

type Options = Record<string, unknown>

const SYNCHRONOUS = ['spawnSync', 'execFileSync', 'execSync'] as const

/** Milliseconds in which they may end by themselves, and between two looks whether they have. */
const PATIENCE = 500
const LOOK = 10

export class Children {
  readonly #stray: (called: Callable) => void
  readonly #alive = new Set<ChildProcess>()
  #restore: (() => void) | undefined

  constructor(stray: (called: Callable) => void) {
    this.#stray = stray
  }

  get diverted(): boolean {
    return this.#restore !== undefined
  }

  /** Loads Node's own module, which takes 3 ms; where it was loaded before, children may have been started before, too. */
  divert(): void {
    if (this.#restore) return
    const module = process.getBuiltinModule('node:child_process')
    const alive = this.#alive
    const divert = (options: Options, called: Callable): Options => this.#divert(options, called)
    const restore = [
      replaceMethods(module, SYNCHRONOUS, (original) => function diverted(...args) {
        return original(...args.map((argument) => (isOptions(argument) ? divert(argument, diverted) : argument)))
      }),
      // All that do not wait for the child come through here, `fork` and `cluster` included.
      replaceMethods(module.ChildProcess.prototype, ['spawn'], (original) => function diverted(this: unknown, options: unknown) {
        const child = this as ChildProcess
        const code = Reflect.apply(original, child, [divert(options as Options, diverted)])
        if (child.pid !== undefined && (options as Options)['detached'] !== true) {
          alive.add(child)
          child.once('exit', () => alive.delete(child))
        }
        return code
      }),
    ]
    syncBuiltinESMExports()
    this.#restore = () => {
      for (const step of restore) step()
    }
    for (const child of startedBefore()) alive.add(child)
  }

  restore(): void {
    this.#restore?.()
    this.#restore = undefined
  }

  /** Those of other threads, and what children have started in turn, included. Resolves when none is left. */
  async end(): Promise<void> {
    const ids = this.#running()
    signal(ids, 'SIGTERM')
    const deadline = Date.now() + PATIENCE
    while (signal(ids, 0) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, LOOK))
    signal(ids, 'SIGKILL') // Nobody finds those any more whose parent has ended.
    this.kill()
  }

  /** For when there is no time left. */
  kill(): void {
    signal(this.#running(), 'SIGKILL')
  }

  #running(): number[] {
    const started = new Set([...this.#alive].filter(isAlive).flatMap(({ pid }) => pid ?? []))
    return descendants(started) ?? [...started]
  }

  #divert(options: Options, called: Callable): Options {
    const { stdio } = options
    const slots = typeof stdio === 'string' ? [stdio, stdio, stdio] : Array.isArray(stdio) ? (stdio as unknown[]) : []
    if (!slots.some(isStdout)) return options
    this.#stray(called)
    return { ...options, stdio: slots.map((slot, index) => (isStdout(slot, index) ? 2 : slot)) }
  }
}

/** Of the arguments, those may be arrays and strings, too. */
const isOptions = (argument: unknown): argument is Options => typeof argument === 'object' && argument !== null && !Array.isArray(argument)

function isStdout(slot: unknown, index: number): boolean {
  if (slot === 'inherit') return index === 1
  return slot === 1 || (typeof slot === 'object' && slot !== null && 'fd' in slot && slot.fd === 1)
}

/** Whether Node's own module is loaded: without it nobody starts a child. */
export function mayHaveChildren(): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: readonly string[] }
  return moduleLoadList?.includes('NativeModule child_process') ?? true
}

/** Whether any of them was there to get it; 0 only asks. */
function signal(ids: readonly number[], name: NodeJS.Signals | 0): boolean {
  let sent = false
  for (const id of ids) {
    try {
      sent = process.kill(id, name)
    } catch {
      // It has ended, or is somebody else's by now.
    }
  }
  return sent
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

/** Node does not say which children there are, but for this. One that is detached leads a process group of its own. */
function startedBefore(): ChildProcess[] {
  const { _getActiveHandles: handles } = process as { _getActiveHandles?: () => object[] }
  const children = (handles?.() ?? []).filter((handle): handle is ChildProcess => handle.constructor.name === 'ChildProcess')
  return children.filter((child) => isAlive(child) && !leadsGroup(child.pid))
}

function leadsGroup(pid: number | undefined): boolean {
  try {
    return pid === undefined || process.kill(-pid, 0)
  } catch {
    return false
  }
}
