/** Reads the token from the `Authorization` header, never from the query or the body. Specification: RFC 6750, 2.1. */
import { HttpError, type RequestHead } from '@gangway/core/web'

const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/** Whether the text can be sent as a bearer token. */
export const isToken = (text: string): boolean => TOKEN.test(text)

/** Undefined without a bearer token. Throws `HttpError` 400 for a malformed header, with `challenge` in the reply. */
export function tokenOf({ header }: RequestHead, challenge: () => string): string | undefined {
  const [scheme = '', token = '', ...more] = header('authorization')?.trim().split(/ +/) ?? []
  if (scheme.toLowerCase() !== 'bearer') return undefined // Other authentication schemes are ignored.
  if (more.length > 0 || !isToken(token)) throw new HttpError(400, 'The Authorization header must be "Bearer", a space and one token', { headers: { 'www-authenticate': challenge() } })
  return token
}
