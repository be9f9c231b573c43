/** ToolError: a failure that the model should read, as opposed to a bug. */
import { GangwayError } from '../gangway-error.ts'

// A process may hold two copies of this package (the command's and the project's), so errors are recognized by a brand.
const BRAND = Symbol.for('gangway.tool-error')

export interface ToolErrorOptions {
  /** Written to the log at debug level; never sent. */
  cause?: unknown
}

/**
 * An expected failure, such as "No order 17" or "The till is empty". The client sees the message: a tool answers with `isError`, a prompt or a resource
 * with a protocol error of code −32603. It is not a bug, so the log has it at debug level only. Throws `GANGWAY_E_USAGE` if the message is not a string.
 *
 * @example throw new ToolError(`No order ${id}: call list_orders to see the ids`)
 *
 * Specification: server/tools, error handling.
 */
export class ToolError extends Error {
  constructor(message: string, options?: ToolErrorOptions) {
    if (typeof message !== 'string') throw new GangwayError('GANGWAY_E_USAGE', `new ToolError(message): the message must be a string, not ${typeof message}`)
    super(message, options)
    this.name = 'ToolError'
    markExpected(this)
  }
}

/** Treats an error of another class as a `ToolError` from now on. Returns the same error. */
export function markExpected<E extends Error>(error: E): E {
  return Object.defineProperty(error, BRAND, { value: true })
}

export function isToolError(value: unknown): value is Error {
  try {
    return value instanceof Error && BRAND in value
  } catch {
    return false // A proxy whose traps throw.
  }
}
