/** Finds the line of the program that called one of our functions. */
import { fileURLToPath } from 'node:url'

const FRAME = /^ {4}at (?:async )?(?:.*\()?([^()<>]+:\d+:\d+)\)?$/
/** Stack frames to search: libraries such as loggers may be in between. */
const FRAMES = 50

/**
 * The innermost line outside of Node.js that led to `called`, as `file:line:column`. Undefined if the stack has none, for example behind a stream.
 * `Error.captureStackTrace` removes `called` and the frames above it. Comparing paths would fail in a bundle, where the program and this package share a file.
 */
export function callSite(called: (...args: never[]) => unknown): string | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const trace: { stack?: unknown } = {}
  Error.captureStackTrace(trace, called)
  Error.stackTraceLimit = stackTraceLimit
  const { stack } = trace
  if (typeof stack !== 'string') return undefined // The program sets `Error.prepareStackTrace`.
  for (const line of stack.split('\n')) {
    const frame = FRAME.exec(line)?.[1]
    if (frame !== undefined && !frame.startsWith('node:')) return frame.startsWith('file:') ? fileURLToPath(frame) : frame
  }
  return undefined
}
