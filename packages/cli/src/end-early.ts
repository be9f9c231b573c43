/** Ends the command while it loads a server's file, when nothing is served yet that could end in good order. */
import process from 'node:process'
import { exitCodeBy, SIGNALS } from './signals.ts'
import type { Started } from './started.ts'

/** Milliseconds between two looks at who the parent is. */
const WATCH = 500

/** On a signal, or with the process that started this one. `kill` ends the children that the file has started. What it returns leaves the process alone again. */
export function endEarly(started: Started, kill: () => void): () => void {
  const parent = process.ppid
  const end = (code: number): never => {
    kill()
    process.exit(code)
  }
  const heed = (signal: NodeJS.Signals): void => {
    if (started.none || process.listenerCount(signal) === 1) end(exitCodeBy(signal)) // Otherwise it is the matter of `run()`.
  }
  for (const signal of SIGNALS) process.on(signal, heed)
  const watch = setInterval(() => started.none && process.ppid !== parent && end(1), WATCH).unref()
  return () => {
    clearInterval(watch)
    for (const signal of SIGNALS) process.off(signal, heed)
  }
}
