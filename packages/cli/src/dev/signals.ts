/** The end of a command that only looks after others: they first, and then this process. */
import { constants } from 'node:os'
import process from 'node:process'

/** npm and npx pass on what the terminal has sent already: within so many milliseconds, two are one. */
const ECHO = 500

/** Exits with 0 when `stop` is done; a second signal does not wait. Returns whether the end has begun. */
export function endOnSignal(stop: () => Promise<void>): () => boolean {
  let begun: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (begun !== undefined && Date.now() - begun > ECHO) process.exit(128 + constants.signals[signal])
      if (begun !== undefined) return
      begun = Date.now()
      void stop().finally(() => process.exit(0))
    })
  }
  return () => begun !== undefined
}
