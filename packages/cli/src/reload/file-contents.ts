/** A fingerprint of a file's content, to detect changes. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

export interface Contents {
  readonly size: number
  /** The modification time in milliseconds. */
  readonly written: number
  /** Whether the modification time is old enough that another write must change it. */
  readonly settled: boolean
  readonly hash: string
}

/** In milliseconds. Coarser than the time stamps of common file systems. */
const TICK = 100

/** Undefined if it is not a regular file (reading a named pipe would block). Does not read the file again if size and time equal those in `before`. */
export function contentsOf(file: string, before?: Contents): Contents | undefined {
  try {
    const found = statSync(file)
    if (!found.isFile()) return undefined
    const { size, mtimeMs } = found
    if (before?.settled && before.size === size && before.written === mtimeMs) return before
    const hash = createHash('sha1').update(readFileSync(file)).digest('base64')
    // Read first, then get the time: a write in between leaves a newer time, so the file is checked again. The other order would miss the write.
    const { size: length, mtimeMs: written } = statSync(file)
    return { size: length, written, settled: Date.now() - written > TICK, hash }
  } catch {
    return undefined
  }
}
