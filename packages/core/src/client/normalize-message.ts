/** Repairs messages that deviate from JSON-RPC 2.0 in an unambiguous way. docs/compatibility.md lists the deviations. */
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { isObject } from '../util/is-object.ts'
import { excerpt } from './client-errors.ts'

type Shape = Record<string, unknown>

/** Returns any other value unchanged; the parser accepts it or reports it. */
export function normalizeMessage(value: unknown): unknown {
  if (!isObject(value)) return value
  return 'method' in value ? normalizeCall(value) : normalizeResponse(value)
}

/** Treats a request with `id: null` as a notification. */
function normalizeCall(call: Shape): Shape {
  if (call.id !== null) return call
  const { id: _, ...notification } = call
  return notification
}

/**
 * Turns a null result into an empty one, and any other unusable outcome into an error.
 * The parser would discard an invalid response, and the caller would wait until the timeout.
 */
function normalizeResponse(response: Shape): Shape {
  const { result, error, ...rest } = response
  const hasError = error !== undefined && error !== null
  if (!hasError && (isObject(result) || result === undefined)) return response
  if (!hasError) return result === null ? { ...rest, result: {} } : { ...rest, error: { code: ErrorCode.InternalError, message: `The result is not an object: ${excerpt(JSON.stringify(result))}` } }
  return result === undefined && isProper(error) ? response : { ...rest, error: isProper(error) ? error : normalizeError(error) }
}

const isProper = (error: unknown): boolean => isObject(error) && Number.isInteger(error.code) && typeof error.message === 'string'

function normalizeError(error: unknown): Shape {
  if (!isObject(error)) return { code: ErrorCode.InternalError, message: textOf(error) }
  const { code, message } = error
  return { ...error, code: Number.isInteger(code) ? code : ErrorCode.InternalError, message: typeof message === 'string' ? message : textOf(error) }
}

const textOf = (error: unknown): string => (typeof error === 'string' ? error : JSON.stringify(error))
