/** Finds the line of code that called a function of ours. */
import { fileURLToPath } from 'node:url'

const FRAME = /^ {4}at (?:async )?(?:.*\()?([^()<>]+:\d+:\d+)\)?$/
/** Between a program's line and us there may be a library, such as a logger. */
const FRAMES = 50

/**
 * The innermost line outside of Node.js that led to `called`, as `file:line:column`. Undefined if the stack has none, as behind a stream.
 * The runtime removes `called` and the frames above it. To compare paths instead would fail in a bundle, where the program's code and ours share a file.
 */
export function callSite(called: (...args: never[]) => unknown): string | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const trace: { stack?: unknown } = {}
  Error.captureStackTrace(trace, called)
  Error.stackTraceLimit = stackTraceLimit
  const { stack } = trace
  if (typeof stack !== 'string') return undefined // The program formats stacks itself.
  for (const line of stack.split('\n')) {
    const frame = FRAME.exec(line)?.[1]
    if (frame !== undefined && !frame.startsWith('node:')) return frame.startsWith('file:') ? fileURLToPath(frame) : frame
  }
  return undefined
}
