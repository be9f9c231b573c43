/** Ends the command while it loads a server's file, when nothing is served yet that could end in good order. */
import process from 'node:process'
import { onParentGone } from './parent.ts'
import { exitCodeBy, SIGNALS } from './signals.ts'
import type { Started } from './started.ts'

/** On a signal, or with the process that started this one. `kill` ends the children that the file has started. What it returns leaves the process alone again. */
export function endEarly(started: Started, kill: () => void): () => void {
  const end = (code: number): never => {
    kill()
    process.exit(code)
  }
  const heed = (signal: NodeJS.Signals): void => {
    if (started.none || process.listenerCount(signal) === 1) end(exitCodeBy(signal)) // Otherwise it is the matter of `run()`.
  }
  for (const signal of SIGNALS) process.on(signal, heed)
  const stopWatching = onParentGone(() => started.none && end(1))
  return () => {
    stopWatching()
    for (const signal of SIGNALS) process.off(signal, heed)
  }
}
