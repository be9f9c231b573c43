/** Rewrites messages of servers that deviate from JSON-RPC 2.0 in ways that leave no doubt about what they mean. docs/compatibility.md lists them. */
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { isObject } from '../jsonrpc/is-object.ts'

type Shape = Record<string, unknown>

/** Returns a valid message unchanged, and so does it with a value that it cannot repair: the parser reports that one. */
export function normalizeMessage(value: unknown): unknown {
  if (!isObject(value)) return value
  return 'method' in value && value.method !== null ? normalizeCall(value) : normalizeResponse(value)
}

/** `params: null` counts as absent, and a request with `id: null` as a notification. */
function normalizeCall(call: Shape): Shape {
  if (call.params !== null && call.id !== null) return call
  const { params, id, ...rest } = call
  return { ...rest, ...(params !== null && params !== undefined && { params }), ...(id !== null && id !== undefined && { id }) }
}

/** Some JSON-RPC libraries write both `result` and `error`, one of them as null, or an empty result as null. */
function normalizeResponse(response: Shape): Shape {
  const { result, error, ...rest } = response
  if (isObject(result) && !('error' in response)) return response
  if (error !== null && error !== undefined) return result === null || result === undefined ? { ...rest, error: normalizeError(error) } : response
  if (isObject(result)) return { ...rest, result }
  return result === null ? { ...rest, result: {} } : response
}

/** A caller that receives a malformed error would wait until its timeout. */
function normalizeError(error: unknown): Shape {
  if (!isObject(error)) return { code: ErrorCode.InternalError, message: textOf(error) }
  const { code, message } = error
  if (Number.isInteger(code) && typeof message === 'string') return error
  return { ...error, code: Number.isInteger(code) ? code : ErrorCode.InternalError, message: typeof message === 'string' ? message : textOf(error) }
}

const textOf = (error: unknown): string => (typeof error === 'string' ? error : JSON.stringify(error))
