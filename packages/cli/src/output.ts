/** Writes data to stdout and messages to stderr. On a terminal, control characters are escaped; files and pipes get the text unchanged. */
import { writeSync } from 'node:fs'
import process from 'node:process'

/** Milliseconds between attempts to write to a full pipe. */
const PAUSE = 10

/** Exits the process if the reader has closed the pipe. */
export const write = (data: string): void => toStdout(data, false)

/** For text with colors of our own: terminals get it unchanged. */
export const writeStyled = (data: string): void => toStdout(data, true)

function toStdout(data: string, styled: boolean): void {
  try {
    writeWhole(process.stdout, data, styled)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    process.exit()
  }
}

export const print = (text: string): void => write(`${text}\n`)

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

/** Never throws: if stderr is closed, the exit code still reports the failure. */
export function logLine(text: string): void {
  try {
    writeWhole(process.stderr, `${text}\n`)
  } catch {
    // See above.
  }
}

/** Synchronous, because the process may exit next. Blocks while the pipe is full. */
function writeWhole({ fd, isTTY }: { readonly fd: number; readonly isTTY?: boolean }, text: string, styled = false): void {
  const bytes = Buffer.from(isTTY && !styled ? scrub(text) : text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
}

/** Control characters, except for newlines and tabs, and characters that change the reading direction. */
const CONTROL = /(?![\n\t])\p{Cc}|\p{Bidi_Control}/gu

export const scrub = (text: string): string => text.replaceAll(CONTROL, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)
