/** The end of the process that started this one, of which nobody tells. */
import process from 'node:process'

/** Milliseconds between two looks at who the parent is. */
const WATCH = 500

/** Calls back once, and keeps nothing alive. What it returns looks no more. */
export function onParentGone(then: () => void): () => void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    then()
  }, WATCH).unref()
  return () => clearInterval(watch)
}
