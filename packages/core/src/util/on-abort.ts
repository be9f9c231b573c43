/** Runs callbacks when a signal aborts, with one listener for each signal. */

const waiting = new WeakMap<AbortSignal, { readonly callbacks: Set<() => void>; readonly listener: () => void }>()

/**
 * Calls `run` when the signal aborts, or at once if it has aborted. Returns a function that removes the callback.
 * All callbacks of a signal share one listener: Node.js warns of a leak when a signal has more than ten, and a caller may use one signal for any number of requests.
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  if (signal.aborted) {
    run()
    return () => {}
  }
  const { callbacks, listener } = waiting.get(signal) ?? listen(signal)
  callbacks.add(run)
  return () => {
    if (!callbacks.delete(run) || callbacks.size > 0) return
    signal.removeEventListener('abort', listener)
    waiting.delete(signal)
  }
}

function listen(signal: AbortSignal): { callbacks: Set<() => void>; listener: () => void } {
  const callbacks = new Set<() => void>()
  const listener = (): void => {
    waiting.delete(signal)
    for (const run of callbacks) run()
    callbacks.clear()
  }
  const entry = { callbacks, listener }
  signal.addEventListener('abort', listener, { once: true })
  waiting.set(signal, entry)
  return entry
}
