/** Reads files that a user names. Anything but a regular file is rejected first: opening a named pipe blocks the thread until a writer comes, and not even a signal ends that. */
import { readFileSync, statSync } from 'node:fs'
import { codeOf } from './errors.ts'

/** Streams that a shell opened for this process, as `<(…)` does, and the empty device. Each of them ends. */
const OPEN_STREAM = /^\/(?:dev\/(?:null|stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/

/** Its message completes a sentence that begins with the path: "is a named pipe", "cannot be read (EACCES)". */
export class UnreadableFile extends Error {}

/** What keeps `path` from being a regular file, as the end of a sentence; undefined for a regular file. Links are followed. */
export function fileFault(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) return 'does not exist'
    if (found.isFile()) return undefined
    if (found.isDirectory()) return 'is a folder'
    if (found.isFIFO()) return 'is a named pipe'
    return found.isSocket() ? 'is a socket' : 'is a device'
  } catch (error) {
    return codeOf(error) === 'ELOOP' ? 'is a symbolic link that leads to itself' : `cannot be read (${String(codeOf(error))})`
  }
}

/** Throws `UnreadableFile`. */
export function readUserFile(path: string): string {
  const fault = OPEN_STREAM.test(path) ? undefined : fileFault(path)
  if (fault !== undefined) throw new UnreadableFile(fault)
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UnreadableFile(`cannot be read (${String(codeOf(cause))})`, { cause })
  }
}
