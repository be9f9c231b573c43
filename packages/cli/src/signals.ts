/** The end by a signal: by which, with what exit code, and in which order. */
import { constants } from 'node:os'
import process from 'node:process'

export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** As a shell has it of a process that one has ended. */
export const exitCodeBy = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

/** npm and npx pass on what the terminal has sent already: within so many milliseconds, two are one. */
const ECHO = 500

/** For a command that only looks after others: exits with 0 when `stop` is done; a second signal does not wait. Returns whether the end has begun. */
export function endOnSignal(stop: () => Promise<void>): () => boolean {
  let begun: number | undefined
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (begun !== undefined && Date.now() - begun > ECHO) process.exit(exitCodeBy(signal))
      if (begun !== undefined) return
      begun = Date.now()
      void stop().finally(() => process.exit(0))
    })
  }
  return () => begun !== undefined
}
