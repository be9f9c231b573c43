/** The errors that may cross the wire, and the one place where a thrown value becomes an error object. */
import { GangwayError } from '../gangway-error.ts'
import { ErrorCode } from './error-codes.ts'

/** The `error` member of a JSON-RPC response. */
export interface ErrorObject {
  code: number
  message: string
  data?: unknown
}

export interface RpcErrorOptions {
  /** Sent to the peer together with the message. A JSON value. */
  data?: unknown
  /** Written to the local log; never sent. */
  cause?: unknown
}

// A process may hold two copies of this package (the command's and the project's), so errors are recognized by a brand.
const BRAND = Symbol.for('gangway.rpc-error')

/**
 * A JSON-RPC error, exported as `McpError`. Thrown from a handler, it answers the request with this code, message and data. It is not treated as a bug:
 * the log has only its `cause`, if there is one. Throws `GANGWAY_E_USAGE` for a code that is not an integer, since clients cannot match such a response.
 *
 * @example throw new McpError(ErrorCode.InvalidParams, 'The month must be from 1 to 12')
 *
 * Specification: JSON-RPC 2.0, section 5.1.
 */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, options: RpcErrorOptions = {}) {
    if (!Number.isSafeInteger(code)) throw new GangwayError('GANGWAY_E_USAGE', `new McpError(code, message): the code must be an integer such as ErrorCode.InvalidParams (-32602), not ${describeCode(code)}`)
    if (typeof message !== 'string') throw new GangwayError('GANGWAY_E_USAGE', `new McpError(code, message): the message must be a string, not ${typeof message}`)
    super(message, { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.data = options.data
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** Of a value that the types forbid. */
const describeCode = (code: unknown): string => (typeof code === 'string' ? JSON.stringify(code) : typeof code === 'number' ? String(code) : typeof code)

/** −32700: the text was not JSON. */
export class ParseError extends RpcError {
  constructor(options?: RpcErrorOptions) {
    super(ErrorCode.ParseError, 'Parse error: the message is not valid JSON', options)
  }
}

/** −32600: JSON, but not a request that may be made here and now. */
export class InvalidRequestError extends RpcError {
  constructor(message: string, options?: RpcErrorOptions) {
    super(ErrorCode.InvalidRequest, message, options)
  }
}

/** −32601: the method does not exist, or its capability is not offered. */
export class MethodNotFoundError extends RpcError {
  constructor(method: string) {
    super(ErrorCode.MethodNotFound, `Method not found: ${method}`)
  }
}

/** −32602: the method exists and its parameters are wrong. */
export class InvalidParamsError extends RpcError {
  constructor(message: string, options?: RpcErrorOptions) {
    super(ErrorCode.InvalidParams, message, options)
  }
}

/** −32603: a fault of ours. Its cause is for the log; the peer learns only that it happened. */
export class InternalError extends RpcError {
  constructor(options?: RpcErrorOptions) {
    super(ErrorCode.InternalError, 'Internal error', options)
  }
}

export function isRpcError(value: unknown): value is RpcError {
  try {
    return value instanceof Error && BRAND in value
  } catch {
    return false // A proxy whose traps throw.
  }
}

export function toRpcError(error: unknown): RpcError {
  return isRpcError(error) ? error : new InternalError({ cause: error })
}

export function toErrorObject({ code, message, data }: RpcError): ErrorObject {
  return data === undefined ? { code, message } : { code, message, data }
}
