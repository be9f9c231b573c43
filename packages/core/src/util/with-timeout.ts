/** Limits how long to wait for a promise, or for work that can be aborted. */
import { toDelay } from './delay.ts'
import { onAbort } from './on-abort.ts'

/** Settles like the promise, or after this many milliseconds with what `onTimeout` returns or throws. Without `onTimeout`, a timeout resolves with undefined. */
export async function withTimeout<T, Late = undefined>(milliseconds: number, promise: Promise<T>, onTimeout?: () => Late): Promise<T | Late> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<void>((resolve) => (timer = setTimeout(resolve, toDelay(milliseconds))))
  try {
    return await Promise.race([promise, expired.then(() => onTimeout?.() as Late)])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs `work` with a signal that aborts after a timeout, with the reason `createError()`, or when `unwanted` aborts, with the reason of `unwanted`.
 * Rejects with that reason even if the work ignores its signal.
 */
export async function runWithTimeout<T>(milliseconds: number, unwanted: AbortSignal, work: (signal: AbortSignal) => Promise<T>, createError: () => Error): Promise<T> {
  const stopping = new AbortController()
  const { signal } = stopping
  const ignoreAbort = onAbort(unwanted, () => stopping.abort(unwanted.reason))
  try {
    return await withTimeout(milliseconds, Promise.race([work(signal), rejectOnAbort(signal)]), () => {
      stopping.abort(createError())
      throw signal.reason
    })
  } finally {
    ignoreAbort()
  }
}

const rejectOnAbort = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => onAbort(signal, () => reject(signal.reason as Error)))
