/** Finds the line of code that is to blame. */
import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const FRAME = /^ {4}at (?:async )?(?:.*\()?([^()<>]+:\d+:\d+)\)?$/
/** Of this package, whose own frames come first. */
const OURS = dirname(fileURLToPath(import.meta.url)) + sep
/** Between a program's line and us there may be a library of its own, such as a logger. */
const FRAMES = 50

/** The innermost line on the stack that is neither Node's nor ours, as `file:line:column`. Undefined where no such line is left, as behind a stream. */
export function callSite(): string | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const { stack } = new Error()
  Error.stackTraceLimit = stackTraceLimit
  if (typeof stack !== 'string') return undefined // The program makes its own.
  for (const line of stack.split('\n')) {
    const frame = FRAME.exec(line)?.[1]
    if (frame === undefined || frame.startsWith('node:')) continue
    const place = frame.startsWith('file:') ? fileURLToPath(frame) : frame
    if (!place.startsWith(OURS)) return place
  }
  return undefined
}
