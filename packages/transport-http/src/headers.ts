/** The headers in which a modern request repeats parts of its body. Specification 2026-07-28: basic/transports, request headers. */
import { HeaderMismatchError, type Envelope } from '@gangway/core'
import { isObject, type RequestMessage } from '@gangway/core/jsonrpc'
import type { HttpRequest } from './http-message.ts'

export const VERSION_HEADER = 'mcp-protocol-version'
const METHOD_HEADER = 'mcp-method'
const NAME_HEADER = 'mcp-name'

/** The methods that name what they are about in a header, and the parameter it repeats. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
])

/** A header that contradicts the body goes before all else that may be wrong with it. Throws `HeaderMismatchError`. */
export function rejectContradictions(message: RequestMessage, { protocolVersion }: Envelope, request: HttpRequest): void {
  for (const [header, expected] of [[VERSION_HEADER, protocolVersion], [METHOD_HEADER, message.method]] as const) {
    const value = request.header(header)
    if (value !== undefined && value !== expected) throw new HeaderMismatchError(`${header} is "${value}", but the body says "${expected}"`)
  }
}

/** Throws `HeaderMismatchError` if a header is missing, cannot be read, or names something else than the body. */
export function requireHeaders({ method, params }: RequestMessage, request: HttpRequest): void {
  for (const header of [VERSION_HEADER, METHOD_HEADER]) if (request.header(header) === undefined) throw missing(header)
  const param = NAMED.get(method)
  const expected = param !== undefined && isObject(params) ? params[param] : undefined
  if (typeof expected !== 'string') return // Nothing to repeat; the method itself says what is wrong with its parameters.
  const value = request.header(NAME_HEADER)
  if (value === undefined) throw missing(NAME_HEADER)
  const decoded = decodeHeader(value, NAME_HEADER)
  if (decoded !== expected) throw new HeaderMismatchError(`${NAME_HEADER} is "${decoded}", but params.${param} is "${expected}"`)
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Text beyond visible ASCII travels as `=?base64?…?=`, UTF-8 inside. Throws `HeaderMismatchError`. */
export function decodeHeader(value: string, header: string): string {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1]
  if (encoded === undefined) {
    if (/[^\t\x20-\x7e]/.test(value)) throw new HeaderMismatchError(`${header} has characters that a header cannot carry: encode it as =?base64?…?=`)
    return value
  }
  try {
    if (!BASE64.test(encoded)) throw new TypeError('not base64')
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)))
  } catch {
    throw new HeaderMismatchError(`${header} is not valid base64 of UTF-8 text`)
  }
}

const missing = (header: string): HeaderMismatchError => new HeaderMismatchError(`${header} is missing: each request must carry it`)
