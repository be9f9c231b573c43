/** Defines the errors that may be sent to the peer, and converts any thrown value to an error object. */
import { GangwayError } from '../gangway-error.ts'
import { shorten } from '../util/shorten.ts'
import { ErrorCode } from './rpc-error-codes.ts'

/** The `error` member of a JSON-RPC response. */
export interface ErrorObject {
  code: number
  message: string
  data?: unknown
}

export interface RpcErrorOptions {
  /** A JSON value that is sent to the peer together with the message. */
  data?: unknown
  /** Logged locally, never sent to the peer. */
  cause?: unknown
}

// A process may load two copies of this package (the command's and the project's), so `instanceof RpcError` is not enough.
const BRAND = Symbol.for('gangway.rpc-error')

/**
 * A JSON-RPC error, exported as `McpError`. If a handler throws it, the response is an error with this code, message and data.
 * It is not logged as a bug: only its `cause` is logged, if it has one.
 * Throws `GANGWAY_E_USAGE` if the code is not an integer, because clients could not match such a response.
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
    this.name = new.target === RpcError ? 'McpError' : new.target.name // The name that authors import.
    this.code = code
    this.data = options.data
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** Describes an invalid code for the error message. */
const describeCode = (code: unknown): string => (typeof code === 'string' ? JSON.stringify(code) : typeof code === 'number' ? String(code) : typeof code)

/** −32700: the text is not JSON. */
export class ParseError extends RpcError {
  constructor(options?: RpcErrorOptions) {
    super(ErrorCode.ParseError, 'Parse error: the message is not valid JSON', options)
  }
}

/** −32600: not a valid request, or not a request that is allowed in the current state. */
export class InvalidRequestError extends RpcError {
  constructor(message: string, options?: RpcErrorOptions) {
    super(ErrorCode.InvalidRequest, message, options)
  }
}

/** −32601: the method does not exist, or the server does not offer its capability. */
export class MethodNotFoundError extends RpcError {
  constructor(method: string) {
    super(ErrorCode.MethodNotFound, `Method not found: ${shorten(method)}`)
  }
}

/** −32602: the params of the method are invalid. */
export class InvalidParamsError extends RpcError {
  constructor(message: string, options?: RpcErrorOptions) {
    super(ErrorCode.InvalidParams, message, options)
  }
}

/** −32603: an error on this side. Its cause is logged; the peer receives only the text "Internal error". */
export class InternalError extends RpcError {
  constructor(options?: RpcErrorOptions) {
    super(ErrorCode.InternalError, 'Internal error', options)
  }
}

export function isRpcError(value: unknown): value is RpcError {
  try {
    return value instanceof Error && BRAND in value
  } catch {
    return false // The value is a Proxy whose traps throw.
  }
}

export function toRpcError(error: unknown): RpcError {
  return isRpcError(error) ? error : new InternalError({ cause: error })
}

export function toErrorObject({ code, message, data }: RpcError): ErrorObject {
  return data === undefined ? { code, message } : { code, message, data }
}
