/** The signals that stop the command, and their exit codes. */
import { constants } from 'node:os'
import process from 'node:process'

export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The shell convention: 128 plus the number of the signal. */
export const exitCodeBy = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

/** Milliseconds. npm and npx forward a Ctrl+C that the terminal has already sent, so two signals within this time count as one. */
const ECHO = 500

/** For a command that only manages child processes: exits with 0 after `stop`. A second signal exits at once. Returns a function that tells whether shutdown has started. */
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
