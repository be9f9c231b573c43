/** The token in a request. Specification: RFC 6750, 2.1; it is never taken from the query or a body. */
import { HttpError, type RequestHead } from '@gangway/core/web'

const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/** Whether it can be sent as a bearer token. */
export const isToken = (text: string): boolean => TOKEN.test(text)

/** Undefined where there is none. Throws `HttpError` 400 for a header that is not as it must be; `challenge` is what its reply says then. */
export function tokenOf({ header }: RequestHead, challenge: () => string): string | undefined {
  const [scheme = '', token = '', ...more] = header('authorization')?.trim().split(/ +/) ?? []
  if (scheme.toLowerCase() !== 'bearer') return undefined // Credentials of another kind are none.
  if (more.length > 0 || !isToken(token)) throw new HttpError(400, 'The Authorization header must be "Bearer", a space and one token', { headers: { 'www-authenticate': challenge() } })
  return token
}
