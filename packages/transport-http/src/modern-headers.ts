/** Validates the headers in which a modern request repeats parts of its body. Specification 2026-07-28: basic/transports, request headers. */
import type { ParamHeader } from '@gangway/core'
import { HeaderMismatchError, isObject, argumentAt, fromBase64, shorten, type Envelope, type RequestMessage } from '@gangway/core/internal'
import { METHOD_HEADER, NAME_HEADER, NAMED_METHODS, VERSION_HEADER } from '@gangway/core/internal/http'
import type { HttpRequest } from './http-message.ts'

/** Throws `HeaderMismatchError` if a header contradicts the body. Call this first: a contradiction takes precedence over all other errors. */
export function rejectContradictions(message: RequestMessage, { protocolVersion }: Envelope, request: HttpRequest): void {
  rejectContradiction(VERSION_HEADER, protocolVersion, request)
  rejectContradiction(METHOD_HEADER, message.method, request)
}

function rejectContradiction(header: string, expected: string, request: HttpRequest): void {
  const value = request.header(header)
  if (value !== undefined && value !== expected) throw new HeaderMismatchError(`${header} is "${value}", but the body has "${shorten(expected)}"`)
}

/** Throws `HeaderMismatchError` if a header is missing or malformed, or differs from the body. */
export function requireHeaders({ method, params }: RequestMessage, request: HttpRequest): void {
  if (request.header(VERSION_HEADER) === undefined) throw missing(VERSION_HEADER)
  if (request.header(METHOD_HEADER) === undefined) throw missing(METHOD_HEADER)
  const param = NAMED_METHODS.get(method)
  const expected = param !== undefined && isObject(params) ? params[param] : undefined
  if (typeof expected !== 'string') return // There is nothing to compare. The method reports the invalid parameter itself.
  const value = request.header(NAME_HEADER)
  if (value === undefined) throw missing(NAME_HEADER)
  const decoded = decodeHeader(value, NAME_HEADER)
  if (decoded !== expected) throw new HeaderMismatchError(`${NAME_HEADER} is "${decoded}", but params.${param} is "${shorten(expected)}"`)
}

/** Checks the headers that repeat arguments, as the tool's schema declares (`x-mcp-header`). Throws `HeaderMismatchError`. */
export function requireParamHeaders({ params }: RequestMessage, headers: readonly ParamHeader[], request: HttpRequest): void {
  for (const { header, path } of headers) {
    const expected = argumentAt(params?.arguments, path)
    const value = request.header(header)
    if (typeof expected === 'object' && expected !== null) continue // Not a primitive value: the tool's validation reports it.
    if (expected === undefined || expected === null) {
      if (value !== undefined) throw new HeaderMismatchError(`${header} is "${value}", but there is no argument ${path.join('.')}`)
    } else if (value === undefined) throw missing(header)
    else if (!isSame(decodeHeader(value, header), expected)) throw new HeaderMismatchError(`${header} is "${value}", but the argument ${path.join('.')} is ${JSON.stringify(expected)}`)
  }
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Compares numbers by value, so that 42.0 equals 42. Only decimal notation is accepted, because gateways that route by the header may parse others differently. */
const isSame = (text: string, value: unknown): boolean => (typeof value === 'number' ? NUMBER.test(text) && Number(text) === value : text === String(value))

/** Decodes `=?base64?…?=`, which carries UTF-8 text that headers do not allow. Throws `HeaderMismatchError` if the value is malformed. */
function decodeHeader(value: string, header: string): string {
  const encoded = value.startsWith('=?') ? /^=\?base64\?(.*)\?=$/.exec(value)?.[1] : undefined
  if (encoded === undefined) {
    if (/[^\t\x20-\x7e]/.test(value)) throw new HeaderMismatchError(`${header} has characters that headers do not allow. Encode it as =?base64?…?=`)
    return value
  }
  const text = fromBase64(encoded)
  if (text === undefined) throw new HeaderMismatchError(`${header} is not valid base64 of UTF-8 text`)
  return text
}

const missing = (header: string): HeaderMismatchError => new HeaderMismatchError(`${header} is missing: each request must have it`)
