/** Waiting for so long, and no longer. */

/** Milliseconds, for a timer: one of a longer time than it can keep would fire at once. */
export const toDelay = (milliseconds: number): number => Math.min(milliseconds, 2 ** 31 - 1)

/** Resolves with the promise, or after so many milliseconds without it. */
export async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<void>((resolve) => (timer = setTimeout(resolve, toDelay(milliseconds))))
  try {
    await Promise.race([expired, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Cloudflare Workers cancel the timers of a request once it is answered. */
const cancelsTimers = (globalThis as { navigator?: { userAgent?: unknown } }).navigator?.userAgent === 'Cloudflare-Workers'

/** Runs after the current turn of the event loop, including the promises that settle in it; on Cloudflare Workers, after the current microtask. */
export const nextTurn = (run: () => void): void => (cancelsTimers ? queueMicrotask(run) : void setTimeout(run, 0))
