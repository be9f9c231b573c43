/** Work that has a time: it is told to stop when that is over, or when nobody wants it any more. */
import { toDelay } from '../jsonrpc/delay.ts'
import { onAbort } from '../jsonrpc/on-abort.ts'

/** Rejects with `late()`, or with the reason of `unwanted`, whether or not the work heeds its signal. */
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
