/** What fails behind the back of all handlers fails its request and is logged; the server goes on. */
import { InternalError } from '../jsonrpc/errors.ts'
import { currentRequest, trackCurrentRequest, type CurrentRequest } from './current-request.ts'
import type { HostProcess } from './host.ts'
import type { Logger } from './logger.ts'

/** What the last callback of `queueMicrotask` threw that threw anything. */
let thrown: { readonly err: unknown; readonly request: CurrentRequest | undefined } | undefined

export function outliveFaults(process: HostProcess, logger: Logger): void {
  const outlive = (err: unknown, kind: string): void => {
    const request = currentRequest() ?? (thrown && Object.is(thrown.err, err) ? thrown.request : undefined)
    thrown = undefined
    request?.exchange.fail(new InternalError(), request.id)
    try {
      logger.error({ ...(request && { method: request.method, id: request.id }), err }, `${kind}; the server goes on`)
    } catch {
      console.error(`The logger failed. ${kind}`) // It may be the author's.
    }
  }
  process.stderr?.on('error', () => {}) // Nobody may be left to read it, and to say so there would go on for ever.
  trackCurrentRequest(process)
  rememberRequests()
  process.on('unhandledRejection', (err) => outlive(err, 'A promise was rejected that nobody awaits'))
  process.on('uncaughtException', (err, origin) => {
    if (origin === 'unhandledRejection' && !currentRequest()) {
      console.error(err) // Other rejections come the other way: this is the file itself, which goes on after its `run()`, and could not be loaded.
      process.exit(1)
    }
    outlive(err, 'An error was thrown where nobody catches it')
  })
}

/** Node before 24, and Bun, raise what a callback of `queueMicrotask` throws where its request is not known. */
function rememberRequests(): void {
  const native = globalThis.queueMicrotask
  globalThis.queueMicrotask = function queueMicrotask(callback) {
    native(typeof callback === 'function' ? remembering(callback) : callback)
  }
}

const remembering = (callback: () => void) => () => {
  try {
    callback()
  } catch (err) {
    thrown = { err, request: currentRequest() }
    throw err // At once: from a later tick, it could break off what another connection is reading then.
  }
}
