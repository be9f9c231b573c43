/** `bearer()`: access tokens that are JWTs, verified with the keys of their issuer. Specification: RFC 9068; RFC 8725. */
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { AuthInfo } from '@gangway/core'
import type { Authenticate } from '@gangway/core/web'
import { toAuthInfo } from './claims.ts'
import { InvalidTokenError } from './invalid-token.ts'
import { issuerKeys } from './issuer-keys.ts'
import type { ResourceOptions } from './resource.ts'
import { tokens } from './tokens.ts'
import { requireSecure } from './urls.ts'
import { VerifiedTokens } from './verified-tokens.ts'

export interface BearerOptions extends ResourceOptions {
  /** The authorization server: `iss` of its tokens. */
  issuer: string
  /** Where its keys are, or the keys themselves. @default where the issuer's metadata says */
  keys?: string | JSONWebKeySet
  /** Signatures that are accepted. Never those that are made with a shared secret, unless they are named here. @default RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA */
  algorithms?: readonly string[]
  /** Milliseconds that a token may be early, by the clock of its issuer. It is never good for longer than it says. @default 5,000 */
  clockTolerance?: number
  /** Milliseconds for which a verified token is remembered, at most until it expires. @default 300,000 */
  remember?: number
  /** Milliseconds that the issuer gets for each answer. @default 5,000 */
  timeout?: number
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** For the `authenticate` option. A token without an expiry is refused. Throws `GANGWAY_E_AUTH`. */
export function bearer({ issuer, keys, algorithms = ALGORITHMS, clockTolerance = 5000, remember = 300_000, timeout = 5000, ...options }: BearerOptions): Authenticate {
  requireSecure(issuer, 'issuer')
  const getKey: JWTVerifyGetKey = typeof keys === 'object' ? createLocalJWKSet(keys) : issuerKeys(issuer, { jwksUri: keys, timeout })
  const verified = new VerifiedTokens({ lifetime: remember })

  const verify = async (token: string): Promise<AuthInfo> => {
    const known = verified.get(token)
    if (known) return known
    const { payload } = await jwtVerify(token, getKey, { algorithms: [...algorithms], clockTolerance: clockTolerance / 1000, requiredClaims: ['exp', 'iss', 'aud'] }).catch(explain)
    const auth = toAuthInfo(payload, { issuer, audience: options.audience })
    verified.put(token, auth)
    return auth
  }
  return tokens({ ...options, authorizationServers: [issuer], verify })
}

/** What is wrong with the token is its sender's to know; that its keys cannot be had is the operator's. */
function explain(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new InvalidTokenError('The token has expired', { cause: error })
  if (error instanceof errors.JWTClaimValidationFailed) throw new InvalidTokenError(`The claim ${error.claim} of the token is missing, or not acceptable`, { cause: error })
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') throw error
  throw new InvalidTokenError('The token cannot be verified', { cause: error })
}
