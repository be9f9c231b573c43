/** Rewrites messages of servers that deviate from JSON-RPC 2.0 in ways that leave no doubt about what they mean. docs/compatibility.md lists them. */
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { isObject } from '../jsonrpc/is-object.ts'

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

/** An empty result may be null. */
function normalizeResponse(response: Shape): Shape {
  const { result, error, ...rest } = response
  if (error !== undefined && error !== null) return isProper(error) ? response : { ...rest, error: normalizeError(error) }
  return result === null ? { ...rest, result: {} } : response
}

const isProper = (error: unknown): boolean => isObject(error) && Number.isInteger(error.code) && typeof error.message === 'string'

/** Without this, whoever waits for the response would wait until the timeout, because the parser rejects it. */
function normalizeError(error: unknown): Shape {
  if (!isObject(error)) return { code: ErrorCode.InternalError, message: textOf(error) }
  const { code, message } = error
  return { ...error, code: Number.isInteger(code) ? code : ErrorCode.InternalError, message: typeof message === 'string' ? message : textOf(error) }
}

const textOf = (error: unknown): string => (typeof error === 'string' ? error : JSON.stringify(error))
