/** What fails behind the back of all handlers fails its request and is logged; the server goes on. */
import { InternalError } from '../jsonrpc/errors.ts'
import type { HostProcess } from './host.ts'
import type { Logger } from './logger.ts'
import { currentScope, knowScopes, type Scope } from './scope.ts'

/** What the last callback of `queueMicrotask` threw that threw anything. */
let thrown: { readonly err: unknown; readonly scope: Scope | undefined } | undefined

export function outliveFaults(process: HostProcess, logger: Logger): void {
  const outlive = (err: unknown, kind: string): void => {
    const scope = currentScope() ?? (thrown && Object.is(thrown.err, err) ? thrown.scope : undefined)
    thrown = undefined
    scope?.exchange.fail(new InternalError(), scope.id)
    try {
      logger.error({ ...(scope && { method: scope.method, id: scope.id }), err }, `${kind}; the server goes on`)
    } catch {
      console.error(`The logger failed. ${kind}`) // It may be the author's.
    }
  }
  process.stderr?.on('error', () => {}) // Nobody may be left to read it, and to say so there would go on for ever.
  knowScopes(process)
  rememberScopes()
  process.on('unhandledRejection', (err) => outlive(err, 'A promise was rejected that nobody awaits'))
  process.on('uncaughtException', (err, origin) => {
    if (origin === 'unhandledRejection' && !currentScope()) {
      console.error(err) // Other rejections come the other way: this is the file itself, which goes on after its `run()`, and could not be loaded.
      process.exit(1)
    }
    outlive(err, 'An error was thrown where nobody catches it')
  })
}

/** Node before 24, and Bun, raise what a callback of `queueMicrotask` throws outside of the scope that it ran in. */
function rememberScopes(): void {
  const native = globalThis.queueMicrotask
  globalThis.queueMicrotask = function queueMicrotask(callback) {
    native(typeof callback === 'function' ? remembering(callback) : callback)
  }
}

const remembering = (callback: () => void) => () => {
  try {
    callback()
  } catch (err) {
    thrown = { err, scope: currentScope() }
    throw err // At once: from a later tick, it could break off what another connection is reading then.
  }
}
