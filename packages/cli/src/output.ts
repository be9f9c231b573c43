/** Where commands write: data to standard output, words to standard error. */
import { writeSync } from 'node:fs'
import process from 'node:process'

// At once and whole, for the process may be about to end.

export function write(data: string): void {
  writeSync(process.stdout.fd, data)
}

export function say(line: string): void {
  writeSync(process.stderr.fd, `${line}\n`)
}
