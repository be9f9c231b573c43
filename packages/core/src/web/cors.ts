/** Builds the CORS headers that let web pages of other origins read the replies. `host-validation.ts` decides which origins are allowed. Specification: Fetch, CORS protocol. */
import { HttpError } from './http-error.ts'
import type { RequestHead } from './request-head.ts'

type Headers = Readonly<Record<string, string>>

const NONE: Headers = {}

/** Headers that a page may read in addition to the CORS-safelisted ones. */
const EXPOSED = 'Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After'
/** The methods of an MCP endpoint. */
const METHODS = 'GET, POST, DELETE'
/** Seconds for which a browser may cache a preflight response. Chromium caps the value at two hours. */
const MAX_AGE = '7200'

/** Returns the headers for every reply to a request that passed host validation. */
export function corsHeaders(origin: string | undefined): Headers {
  return origin === undefined ? NONE : { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'Origin' }
}

/**
 * Returns the headers of a preflight response. All requested headers are allowed, because tool arguments may travel in headers of any name.
 * Throws `HttpError` 405 for an OPTIONS request that is not a preflight.
 */
export function preflightHeaders({ header }: Pick<RequestHead, 'header'>, methods: string = METHODS): Headers {
  if (header('access-control-request-method') === undefined) throw new HttpError(405, `OPTIONS is supported for CORS preflights only: use ${methods}`, { headers: { allow: methods } })
  const asked = header('access-control-request-headers')
  return {
    'access-control-allow-methods': methods,
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    ...(header('access-control-request-private-network') === 'true' && { 'access-control-allow-private-network': 'true' }),
    'access-control-max-age': MAX_AGE,
  }
}
