/** Handles uncaught exceptions and unhandled rejections: the error is logged, its request fails, and the server keeps running. */
import { currentRequest, trackCurrentRequest, type CurrentRequest } from '../context/current-request.ts'
import { reportBug } from '../logging/handler-errors.ts'
import type { HostProcess } from './host-process.ts'
import { logLimited } from '../logging/limited-log.ts'
import type { Logger } from '../logging/logger.ts'
import { loggable } from '../logging/thrown-value.ts'

/** The last error that a `queueMicrotask` callback threw, and the request that it belongs to. */
let thrown: { readonly err: unknown; readonly request: CurrentRequest | undefined } | undefined

/** `logger` receives the errors that belong to no request. */
export function installCrashHandlers(process: HostProcess, logger: Logger): void {
  const outlive = (err: unknown, what: string): void => {
    const current = currentRequest() ?? (thrown && Object.is(thrown.err, err) ? thrown.request : undefined)
    thrown = undefined
    if (!current) return logLimited(logger, 'error', { err: loggable(err) }, `${what}; the server keeps running`)
    const { server, request, ctx } = current
    ctx.exchange.fail(reportBug(server, request, ctx, err, `${what}; the server keeps running`), request.id)
  }
  process.stderr?.on('error', () => {}) // If nothing reads stderr, every write fails, and reporting that would fail again.
  trackCurrentRequest(process)
  rememberRequests()
  process.on('unhandledRejection', (err) => outlive(err, 'Unhandled promise rejection'))
  process.on('uncaughtException', (err, origin) => {
    if (origin === 'unhandledRejection' && !currentRequest()) {
      console.error(err) // The program's module threw after its `run()` call, so it failed to load. Other rejections arrive as 'unhandledRejection'.
      process.exit(1)
    }
    outlive(err, 'Uncaught exception')
  })
}

/** Wraps `queueMicrotask`: Node before 24, and Bun, report an error of its callback outside the async context of the request. */
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
    throw err // Rethrown synchronously: in a later tick, the error could interrupt the processing of another connection.
  }
}
