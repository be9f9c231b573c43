/** Reads files that the user names. Only regular files: opening a named pipe would block the thread, and even signals, until another process writes to it. */
import { readFileSync, statSync } from 'node:fs'
import { codeOf } from './errors.ts'

/** Streams that the shell opened for this process, such as `<(…)`, and /dev/null. */
const OPEN_STREAM = /^\/(?:dev\/(?:null|stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/

/** Its message completes a sentence that begins with the path: "is a named pipe", "cannot be read (EACCES)". */
export class UnreadableFile extends Error {}

/** Why `path` is not a readable regular file, as the end of a sentence; undefined if it is one. Follows links. */
export function fileFault(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) return 'does not exist'
    if (found.isFile()) return undefined
    if (found.isDirectory()) return 'is a folder'
    if (found.isFIFO()) return 'is a named pipe'
    return found.isSocket() ? 'is a socket' : 'is a device'
  } catch (error) {
    return codeOf(error) === 'ELOOP' ? 'is a symbolic link to itself' : `cannot be read (${String(codeOf(error))})`
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
