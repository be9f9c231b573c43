/** From what a token, or its issuer, says to who holds it. Specification: RFC 9068, 2.2; RFC 7662, 2.2. */
import type { AuthInfo } from '@gangway/core'
import { InvalidTokenError } from './invalid-token.ts'
import { canonical } from './urls.ts'

type Claims = Readonly<Record<string, unknown>>

export interface Expected {
  readonly issuer: string
  readonly audience: string
}

/** Throws `InvalidTokenError` for claims that are not meant for us, or about nobody. Times are checked by whoever verified them. */
export function toAuthInfo(claims: Claims, { issuer, audience }: Expected): AuthInfo {
  const { iss = issuer, aud, sub, client_id: clientId, azp, scope, scp, exp } = claims
  if (typeof iss !== 'string' || canonical(iss) !== canonical(issuer)) throw new InvalidTokenError('The token is of another issuer')
  if (![aud].flat().some((one) => typeof one === 'string' && canonical(one) === canonical(audience))) throw new InvalidTokenError('The token is not meant for this server')
  const client = [clientId, azp].find((one) => typeof one === 'string')
  const subject = [sub, client].find((one) => typeof one === 'string' && one !== '') // Clients that act for themselves may have no other.
  if (typeof subject !== 'string') throw new InvalidTokenError('The token does not say whose it is')
  return {
    subject,
    scopes: scopesOf(scope ?? scp),
    issuer: canonical(issuer),
    ...(typeof client === 'string' && { clientId: client }),
    ...(typeof exp === 'number' && { expiresAt: exp * 1000 }),
    claims,
  }
}

/** A text with spaces, or a list, as some issuers have it. */
const scopesOf = (value: unknown): string[] => (typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []).filter((scope) => typeof scope === 'string' && scope !== '')
