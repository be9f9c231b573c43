/** Redirects the stdout of child processes to stderr, and stops the child processes with this process. */
import type { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import { descendants } from './descendants.ts'
import { replaceMethods, type Callable } from './replace.ts'

type Options = Record<string, unknown>

const SYNCHRONOUS = ['spawnSync', 'execFileSync', 'execSync'] as const

/** Milliseconds that children get to exit after SIGTERM, and the interval of the checks. */
const CHILD_EXIT_TIMEOUT = 500
const LOOK = 10

export class Children {
  readonly #onStrayWrite: (called: Callable) => void
  readonly #alive = new Set<ChildProcess>()
  #restore: (() => void) | undefined

  constructor(onStrayWrite: (called: Callable) => void) {
    this.#onStrayWrite = onStrayWrite
  }

  get redirected(): boolean {
    return this.#restore !== undefined
  }

  /** Loads `node:child_process`, which takes 3 ms. If it was already loaded, children may have been started before. */
  redirect(): void {
    if (this.#restore) return
    const module = process.getBuiltinModule('node:child_process')
    const alive = this.#alive
    const redirect = (options: Options, called: Callable): Options => this.#redirect(options, called)
    const restore = [
      replaceMethods(module, SYNCHRONOUS, (original) => function redirected(...args) {
        return original(...args.map((argument) => (isOptions(argument) ? redirect(argument, redirected) : argument)))
      }),
      // Every asynchronous way to start a child uses this method, including `fork` and `cluster`.
      replaceMethods(module.ChildProcess.prototype, ['spawn'], (original) => function redirected(this: unknown, options: unknown) {
        const child = this as ChildProcess
        const code = Reflect.apply(original, child, [redirect(options as Options, redirected)])
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

  /** Stops all descendants, including those started by worker threads. Resolves when none is left. */
  async end(): Promise<void> {
    const ids = this.#running()
    signal(ids, 'SIGTERM')
    const deadline = Date.now() + CHILD_EXIT_TIMEOUT
    while (signal(ids, 0) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, LOOK))
    signal(ids, 'SIGKILL') // Orphans cannot be found once their parent has exited.
    this.kill()
  }

  /** Kills all descendants at once, for the `exit` event. */
  kill(): void {
    signal(this.#running(), 'SIGKILL')
  }

  #running(): number[] {
    const started = new Set([...this.#alive].filter(isAlive).flatMap(({ pid }) => pid ?? []))
    return descendants(started) ?? [...started]
  }

  #redirect(options: Options, called: Callable): Options {
    const { stdio } = options
    const slots = typeof stdio === 'string' ? [stdio, stdio, stdio] : Array.isArray(stdio) ? (stdio as unknown[]) : []
    if (!slots.some(isStdout)) return options
    this.#onStrayWrite(called)
    return { ...options, stdio: slots.map((slot, index) => (isStdout(slot, index) ? 2 : slot)) }
  }
}

/** Other arguments of these functions are strings and arrays. */
const isOptions = (argument: unknown): argument is Options => typeof argument === 'object' && argument !== null && !Array.isArray(argument)

function isStdout(slot: unknown, index: number): boolean {
  if (slot === 'inherit') return index === 1
  return slot === 1 || (typeof slot === 'object' && slot !== null && 'fd' in slot && slot.fd === 1)
}

/** Whether `node:child_process` is loaded: otherwise no child can exist. */
export function mayHaveChildren(): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: readonly string[] }
  return moduleLoadList?.includes('NativeModule child_process') ?? true
}

/** Whether any of the processes exists and got the signal. Signal 0 only checks. */
function signal(ids: readonly number[], name: NodeJS.Signals | 0): boolean {
  let sent = false
  for (const id of ids) {
    try {
      sent = process.kill(id, name)
    } catch {
      // It has exited, or the id belongs to another user's process.
    }
  }
  return sent
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

/** Node.js has no public list of children. A detached child leads its own process group and is left out. */
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
