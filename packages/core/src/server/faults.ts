/** What fails behind the back of all handlers fails its request and is logged; the server goes on. */
import { InternalError } from '../jsonrpc/errors.ts'
import type { HostProcess } from './host.ts'
import { currentLaunch } from './launch.ts'
import type { Logger } from './logger.ts'
import { currentScope, knowScopes } from './scope.ts'

export function outliveFaults(process: HostProcess, logger: Logger): void {
  // A file that throws right after its `run()` has not been loaded, and that ends the process: a command that loads it sees to it itself.
  let loading = !currentLaunch()
  setTimeout(() => (loading = false))
  const outlive = (kind: string) => (err: unknown) => {
    const scope = currentScope()
    if (loading && !scope) {
      console.error(err)
      process.exit(1)
    }
    scope?.exchange.fail(new InternalError()) // Before anything else can fail: a logger may be the author's.
    logger.error({ ...(scope && { method: scope.method, id: scope.id }), err }, `${kind}; the server goes on`)
  }
  process.stderr?.on('error', () => {}) // Nobody may be left to read it, and to say so there would go on for ever.
  knowScopes(process)
  throwInScope(process)
  process.on('unhandledRejection', outlive('A promise was rejected that nobody awaits'))
  process.on('uncaughtException', outlive('An error was thrown where nobody catches it'))
}

/** Node before 24, and Bun, raise what a callback of `queueMicrotask` throws outside of the scope it ran in; what the next tick throws, inside. */
function throwInScope(process: HostProcess): void {
  const native = globalThis.queueMicrotask
  const thrower = (callback: () => void) => () => {
    try {
      callback()
    } catch (err) {
      process.nextTick(() => {
        throw err
      })
    }
  }
  globalThis.queueMicrotask = (callback) => native(typeof callback === 'function' ? thrower(callback) : callback)
}
