/** What a file holds, as far as it takes to see that it holds something else later. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

export interface Contents {
  readonly size: number
  /** When it was written, in milliseconds. */
  readonly written: number
  /** Whether that is so long ago that whoever writes again leaves another time. */
  readonly settled: boolean
  readonly hash: string
}

/** Coarser than any clock of a file system that programs are written on. */
const TICK = 100

/** Undefined if there is no such file, or it is none: to read a named pipe is to wait for a writer. What has the time and the size of `before` is not read again. */
export function contentsOf(file: string, before?: Contents): Contents | undefined {
  try {
    const found = statSync(file)
    if (!found.isFile()) return undefined
    const { size, mtimeMs } = found
    if (before?.settled && before.size === size && before.written === mtimeMs) return before
    const hash = createHash('sha1').update(readFileSync(file)).digest('base64')
    // In this order: who writes in between leaves an old text with a new time, which is looked at again; the other way round, it would pass for known.
    const { size: length, mtimeMs: written } = statSync(file)
    return { size: length, written, settled: Date.now() - written > TICK, hash }
  } catch {
    return undefined
  }
}
