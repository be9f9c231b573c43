/** Awaits code that may never settle: top-level `await`, a factory function, a late call of `run()`. */
import process from 'node:process'

interface Limit {
  /** The rejection if the event loop is empty, so that the promise can never settle. */
  readonly fault: () => unknown
  /** In milliseconds; undefined means no timeout. */
  readonly timeout?: number
}

/** If such waits are nested, the inner one rejects, because its error is more specific. */
export function settled<T>(work: Promise<T>, { fault, timeout }: Limit): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(fault())
    const idle = (): void => void setImmediate(giveUp) // Prepended, so that the listener of an inner wait runs first.
    process.prependOnceListener('beforeExit', idle)
    // Unreferenced, so that the timer does not keep the event loop alive.
    const timer = timeout === undefined ? undefined : setTimeout(giveUp, timeout).unref()
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      process.off('beforeExit', idle)
    })
  })
}

/** Uncaught errors during `work` reject the result instead of ending the process. */
export function withUncaught<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    process.on('unhandledRejection', reject).on('uncaughtException', reject)
    work()
      .then(resolve, reject)
      .finally(() => process.off('unhandledRejection', reject).off('uncaughtException', reject))
  })
}
