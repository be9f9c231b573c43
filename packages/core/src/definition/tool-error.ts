/** ToolError: an expected failure that the model should read, as opposed to a bug. */
import { GangwayError } from '../gangway-error.ts'

// A process may load two copies of this package (the command's and the project's), so `instanceof` is not enough to recognize these errors.
const BRAND = Symbol.for('gangway.tool-error')

export interface ToolErrorOptions {
  /** Logged at debug level, never sent to the client. */
  cause?: unknown
}

/**
 * An expected failure, such as "No order 17" or "The till is empty". The client sees the message: a tool responds with `isError`, a prompt or a resource
 * with a protocol error of code −32603. It is not a bug, so it is logged at debug level only. Throws `GANGWAY_E_USAGE` if the message is not a string.
 *
 * @example throw new ToolError(`No order ${id}: call list_orders to see the ids`)
 *
 * Specification: server/tools, "Error Handling".
 */
export class ToolError extends Error {
  constructor(message: string, options?: ToolErrorOptions) {
    if (typeof message !== 'string') throw new GangwayError('GANGWAY_E_USAGE', `new ToolError(message): the message must be a string, not ${typeof message}`)
    super(message, options)
    this.name = 'ToolError'
    markExpected(this)
  }
}

/** Marks an error of another class, so that it is treated as a `ToolError`. Returns the same error. */
export function markExpected<E extends Error>(error: E): E {
  return Object.defineProperty(error, BRAND, { value: true })
}

export function isToolError(value: unknown): value is Error {
  try {
    return value instanceof Error && BRAND in value
  } catch {
    return false // The value is a `Proxy` whose traps throw.
  }
}
