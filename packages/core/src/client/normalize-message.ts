/** Rewrites messages of servers that deviate from JSON-RPC 2.0 in ways that leave no doubt about what they mean. docs/compatibility.md lists them. */
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { excerpt } from './errors.ts'

type Shape = Record<string, unknown>

/** Returns any other value unchanged: the parser accepts or reports it. */
export function normalizeMessage(value: unknown): unknown {
  if (!isObject(value)) return value
  return 'method' in value ? normalizeCall(value) : normalizeResponse(value)
}

/** A request with `id: null` is a notification. */
function normalizeCall(call: Shape): Shape {
  if (call.id !== null) return call
  const { id: _, ...notification } = call
  return notification
}

/** An empty result may be null. Any other outcome that cannot be used becomes an error: the parser would reject it, and the caller would wait until the timeout. */
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
