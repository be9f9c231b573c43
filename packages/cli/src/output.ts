/** Where commands write: data to standard output, words to standard error. */
import { writeSync } from 'node:fs'
import process from 'node:process'

// At once and whole, for the process may be about to end.

export function write(data: string): void {
  try {
    writeSync(process.stdout.fd, data)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    process.exit() // Whoever reads it has had enough.
  }
}

export function say(line: string): void {
  writeSync(process.stderr.fd, `${line}\n`)
}

/** What moves a terminal's cursor, colours it, or turns the reading direction; lines and tabs stay. */
const CONTROL = /(?![\n\t])\p{Cc}|\p{Bidi_Control}/gu

export const scrub = (text: string): string => text.replaceAll(CONTROL, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)
