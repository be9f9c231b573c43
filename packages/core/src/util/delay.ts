/** Timers that accept long delays, and a callback for the next turn of the event loop. */

/** Caps a delay in milliseconds at the longest one that a timer supports. A longer delay would make the timer fire at once. */
export const toDelay = (milliseconds: number): number => Math.min(milliseconds, 2 ** 31 - 1)

/** Cloudflare Workers cancel the timers of a request once its response has been sent. */
const cancelsTimers = (globalThis as { navigator?: { userAgent?: unknown } }).navigator?.userAgent === 'Cloudflare-Workers'

/** Runs a callback after the current turn of the event loop, including the promises that settle in it. On Cloudflare Workers it runs after the current microtask. */
export const nextTurn = (run: () => void): void => (cancelsTimers ? queueMicrotask(run) : void setTimeout(run, 0))
