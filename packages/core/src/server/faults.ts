/** An error that no handler can catch fails its request and is logged; the server keeps running. */
import { currentRequest, trackCurrentRequest, type CurrentRequest } from './current-request.ts'
import { reportBug } from './failures.ts'
import type { HostProcess } from './host.ts'
import type { Logger } from './logger.ts'
import { loggable } from './thrown.ts'

/** What the last callback of `queueMicrotask` threw that threw anything. */
let thrown: { readonly err: unknown; readonly request: CurrentRequest | undefined } | undefined

/** `logger` takes the errors that belong to no request. */
export function outliveFaults(process: HostProcess, logger: Logger): void {
  const outlive = (err: unknown, what: string): void => {
    const current = currentRequest() ?? (thrown && Object.is(thrown.err, err) ? thrown.request : undefined)
    thrown = undefined
    if (!current) return logger.error({ err: loggable(err) }, `${what}; the server keeps running`)
    const { server, request, ctx } = current
    ctx.exchange.fail(reportBug(server, request, ctx, err, `${what}; the server keeps running`), request.id)
  }
  process.stderr?.on('error', () => {}) // Without a reader each write fails, and reporting that would fail again.
  trackCurrentRequest(process)
  rememberRequests()
  process.on('unhandledRejection', (err) => outlive(err, 'Unhandled promise rejection'))
  process.on('uncaughtException', (err, origin) => {
    if (origin === 'unhandledRejection' && !currentRequest()) {
      console.error(err) // Other rejections come the other way: this is the file itself, which goes on after its `run()`, and could not be loaded.
      process.exit(1)
    }
    outlive(err, 'Uncaught exception')
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
