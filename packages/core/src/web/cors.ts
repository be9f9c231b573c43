/** What lets web pages of other origins read the replies. Which origins may call at all is the guard's to say. Specification: Fetch, CORS protocol. */
import { HttpError } from './http-error.ts'
import type { RequestHead } from './request-head.ts'

type Headers = Readonly<Record<string, string>>

const NONE: Headers = {}

/** What a page may read beside the headers that it always may. */
const EXPOSED = 'Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After'
/** Of an endpoint. */
const METHODS = 'GET, POST, DELETE'
/** Seconds for which a browser may keep the answer to a preflight. Chromium keeps none for longer. */
const MAX_AGE = '7200'

/** For every reply to a request that passed the guard. */
export function corsHeaders(origin: string | undefined): Headers {
  return origin === undefined ? NONE : { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'Origin' }
}

/** The answer to a preflight: an origin that may call may send any header, since arguments travel in headers of any name. Throws `HttpError` 405 where there is nothing to ask beforehand. */
export function preflightHeaders({ header }: Pick<RequestHead, 'header'>, methods: string = METHODS): Headers {
  if (header('access-control-request-method') === undefined) throw new HttpError(405, `OPTIONS is served for preflights alone: use ${methods}`, { headers: { allow: methods } })
  const asked = header('access-control-request-headers')
  return {
    'access-control-allow-methods': methods,
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    ...(header('access-control-request-private-network') === 'true' && { 'access-control-allow-private-network': 'true' }),
    'access-control-max-age': MAX_AGE,
  }
}
