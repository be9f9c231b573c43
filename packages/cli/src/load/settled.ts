/** Waits for code that may never answer: a top-level `await`, a factory, a `run()` that is still to come. */
import process from 'node:process'

interface Limit {
  /** What to reject with once nothing is left in this process that could bring the answer. */
  readonly fault: () => unknown
  /** Milliseconds after which that is so in any case. */
  readonly patience?: number
}

/** Where one such wait is inside another, the inner one knows better what is missing, and it is the one to reject. */
export function settled<T>(work: Promise<T>, { fault, patience }: Limit): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(fault())
    const idle = (): void => void setImmediate(giveUp) // Prepended, the inner one's is first, and what it causes comes before the next.
    process.prependOnceListener('beforeExit', idle)
    // Unreferenced: it must not itself be what is left.
    const timer = patience === undefined ? undefined : setTimeout(giveUp, patience).unref()
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      process.off('beforeExit', idle)
    })
  })
}

/** What fails beside `work` and is caught by nobody rejects this, instead of ending the process. */
export function withUncaught<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    process.on('unhandledRejection', reject).on('uncaughtException', reject)
    work()
      .then(resolve, reject)
      .finally(() => process.off('unhandledRejection', reject).off('uncaughtException', reject))
  })
}
