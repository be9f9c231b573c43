/** Timers that accept long delays, a bounded wait, and a callback for the next turn of the event loop. */

/** Caps a delay in milliseconds at the longest one that a timer supports. A longer delay would make the timer fire at once. */
export const toDelay = (milliseconds: number): number => Math.min(milliseconds, 2 ** 31 - 1)

/** Resolves when the promise resolves, or after this many milliseconds. Rejects if the promise rejects first. */
export async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<void>((resolve) => (timer = setTimeout(resolve, toDelay(milliseconds))))
  try {
    await Promise.race([expired, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Cloudflare Workers cancel the timers of a request once its response has been sent. */
const cancelsTimers = (globalThis as { navigator?: { userAgent?: unknown } }).navigator?.userAgent === 'Cloudflare-Workers'

/** Runs a callback after the current turn of the event loop, including the promises that settle in it. On Cloudflare Workers it runs after the current microtask. */
export const nextTurn = (run: () => void): void => (cancelsTimers ? queueMicrotask(run) : void setTimeout(run, 0))
