/** Detects that the parent process has exited. No event reports this, so the parent's id is polled. */
import process from 'node:process'

/** Milliseconds between checks. */
const WATCH = 500

/** Calls back once, without keeping the process alive. Returns a function that stops watching. */
export function onParentGone(then: () => void): () => void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    then()
  }, WATCH).unref()
  return () => clearInterval(watch)
}
