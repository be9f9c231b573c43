/** Limits the time of an operation: aborts it after a timeout, or when the caller's signal aborts. */
import { toDelay } from '../util/delay.ts'
import { onAbort } from '../util/on-abort.ts'

/** Rejects with `late()` on timeout, or with the reason of `unwanted` on abort, even if the work ignores its signal. */
export async function inTime<T>(milliseconds: number, unwanted: AbortSignal, work: (signal: AbortSignal) => Promise<T>, late: () => Error): Promise<T> {
  const stopping = new AbortController()
  const ignoreAbort = onAbort(unwanted, () => stopping.abort(unwanted.reason))
  const timer = setTimeout(() => stopping.abort(late()), toDelay(milliseconds))
  try {
    return await Promise.race([work(stopping.signal), stopped(stopping.signal)])
  } finally {
    clearTimeout(timer)
    ignoreAbort()
  }
}

const stopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
