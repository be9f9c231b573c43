/** Keeps stdout for the protocol: what anything else in the process writes there goes to stderr. */
import process from 'node:process'
import type { Writable } from 'node:stream'

/** Returns the function that undoes it. Streams of one's own need no guarding. */
export function divertStrayWrites(output: Writable): () => void {
  if (output !== process.stdout) return () => {}
  const { write } = process.stdout
  process.stdout.write = process.stderr.write.bind(process.stderr) // `console.log` looks it up for each line.
  return () => {
    process.stdout.write = write
  }
}
