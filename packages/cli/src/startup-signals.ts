/** Exits on signals while a server's file is loading, before a server is running that could shut down gracefully. */
import process from 'node:process'
import { onParentGone } from './parent-process.ts'
import { exitCodeBy, SIGNALS } from './signals.ts'
import type { Started } from './started-servers.ts'

/** Also exits when the parent process exits. `kill` stops child processes of the file. Returns a function that removes the handlers. */
export function exitDuringStartup(started: Started, kill: () => void): () => void {
  const failStartup = (code: number): never => {
    kill()
    process.exit(code)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    if (started.none || process.listenerCount(signal) === 1) failStartup(exitCodeBy(signal)) // Otherwise `run()` handles it.
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  const stopWatching = onParentGone(() => started.none && failStartup(1))
  return () => {
    stopWatching()
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}
