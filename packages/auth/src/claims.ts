/** Reads the caller from the claims of a token, or from an introspection response. Specification: RFC 9068, 2.2; RFC 7662, 2.2. */
import type { AuthInfo } from '@gangway/core'
import { InvalidTokenError } from './invalid-token.ts'
import { canonical } from './urls.ts'

type Claims = Readonly<Record<string, unknown>>

export interface Expected {
  readonly issuer: string
  readonly audience: string
}

/** Throws `InvalidTokenError` for claims of another issuer or audience, and for claims without a subject. The verifier checks the times. */
export function toAuthInfo(claims: Claims, { issuer, audience }: Expected): AuthInfo {
  const { iss = issuer, aud, sub, client_id: clientId, azp, scope, scp, exp } = claims
  if (typeof iss !== 'string' || canonical(iss) !== canonical(issuer)) throw new InvalidTokenError('The token was issued by another issuer')
  if (![aud].flat().some((one) => typeof one === 'string' && canonical(one) === canonical(audience))) throw new InvalidTokenError('The token is not meant for this server')
  const client = [clientId, azp].find((one) => typeof one === 'string')
  const subject = [sub, client].find((one) => typeof one === 'string' && one !== '') // A client that acts for itself may have no `sub`.
  if (typeof subject !== 'string') throw new InvalidTokenError('The token has no subject')
  return {
    subject,
    scopes: scopesOf(scope ?? scp),
    issuer: canonical(issuer),
    ...(typeof client === 'string' && { clientId: client }),
    ...(typeof exp === 'number' && { expiresAt: exp * 1000 }),
    claims,
  }
}

/** Text separated by spaces, or the array that some issuers send. */
const scopesOf = (value: unknown): string[] => (typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []).filter((scope) => typeof scope === 'string' && scope !== '')
