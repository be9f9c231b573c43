/** Work that has a time: it is told to stop when that is over, or when nobody wants it any more. */
import { toDelay } from '../jsonrpc/delay.ts'

/** `work` must reject once its signal aborts: with `late()`, or with the reason of `unwanted`. */
export async function inTime<T>(milliseconds: number, unwanted: AbortSignal, work: (signal: AbortSignal) => Promise<T>, late: () => Error): Promise<T> {
  const stopping = new AbortController()
  const stop = (): void => stopping.abort(unwanted.reason)
  if (unwanted.aborted) stop()
  unwanted.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(() => stopping.abort(late()), toDelay(milliseconds))
  try {
    return await work(stopping.signal)
  } finally {
    clearTimeout(timer)
    unwanted.removeEventListener('abort', stop)
  }
}
