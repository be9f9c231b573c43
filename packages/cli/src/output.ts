/** Where commands write: data to standard output, words to standard error. On a terminal, without what would steer it; a file or a pipe gets it as it is. */
import { writeSync } from 'node:fs'
import process from 'node:process'

/** Milliseconds between two tries to write to a full pipe. */
const PAUSE = 10

/** Ends the process where nobody reads it. */
export function write(data: string): void {
  try {
    writeWhole(process.stdout, data)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    process.exit() // Whoever reads it has had enough.
  }
}

export const print = (text: string): void => write(`${text}\n`)

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

export function say(text: string): void {
  try {
    writeWhole(process.stderr, `${text}\n`)
  } catch {
    // Nobody reads stderr; the exit code is left to tell.
  }
}

/** At once, for the process may be about to end; so where a pipe is full, it blocks until somebody reads. */
function writeWhole({ fd, isTTY }: { readonly fd: number; readonly isTTY?: boolean }, text: string): void {
  const bytes = Buffer.from(isTTY ? scrub(text) : text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
}

/** What moves a terminal's cursor, colours it, or turns the reading direction; lines and tabs stay. */
const CONTROL = /(?![\n\t])\p{Cc}|\p{Bidi_Control}/gu

export const scrub = (text: string): string => text.replaceAll(CONTROL, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)
