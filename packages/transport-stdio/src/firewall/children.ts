/** Keeps child processes from descriptor 1, and knows which of them are alive. */
import type { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import { replaceMethods } from './replace.ts'

type Options = Record<string, unknown>

const SYNCHRONOUS = ['spawnSync', 'execFileSync', 'execSync'] as const

/** Milliseconds in which they may end by themselves. */
const PATIENCE = 500

export class Children {
  readonly #stray: () => void
  readonly #alive = new Set<ChildProcess>()
  #restore: (() => void) | undefined

  constructor(stray: () => void) {
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
    const divert = (options: Options): Options => this.#divert(options)
    const restore = [
      replaceMethods(module, SYNCHRONOUS, (original) => (...args) => original(...args.map((argument) => (isOptions(argument) ? divert(argument) : argument)))),
      // All that do not wait for the child come through here, `fork` and `cluster` included.
      replaceMethods(module.ChildProcess.prototype, ['spawn'], (original) => function (this: unknown, options: unknown) {
        const child = this as ChildProcess
        const code = Reflect.apply(original, child, [divert(options as Options)])
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

  /** Resolves when none is left. */
  async end(): Promise<void> {
    const ended = [...this.#alive].map((child) => new Promise((resolve) => (isAlive(child) ? child.once('exit', resolve) : resolve(undefined))))
    for (const child of this.#alive) child.kill('SIGTERM')
    let timer: NodeJS.Timeout | undefined
    await Promise.race([Promise.all(ended), new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE)))])
    clearTimeout(timer)
    this.kill()
  }

  /** For when there is no time left. */
  kill(): void {
    for (const child of this.#alive) if (isAlive(child)) child.kill('SIGKILL')
  }

  #divert(options: Options): Options {
    const { stdio } = options
    const slots = typeof stdio === 'string' ? [stdio, stdio, stdio] : Array.isArray(stdio) ? (stdio as unknown[]) : []
    if (!slots.some(isStdout)) return options
    this.#stray()
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
