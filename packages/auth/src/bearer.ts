/** `bearer()`: access tokens that are JWTs, verified with the keys of their issuer. Specification: RFC 9068; RFC 8725. */
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { checkNumbers, DURATION, FINITE_TIMEOUT, GangwayError, type AuthInfo, type NumberRules } from '@gangway/core'
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

/** JWTs of other types are signed with the same keys, and are for something else. Many issuers say no more than `JWT`. Specification: RFC 9068, 4; RFC 8725, 3.11. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** What can be named besides. */
const OTHERS = ['HS256', 'HS384', 'HS512', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']

const NUMBERS: NumberRules<BearerOptions> = { clockTolerance: { ...DURATION, unlimited: false }, remember: DURATION, timeout: FINITE_TIMEOUT }

/** For the `authenticate` option. A token without an expiry is refused. Throws `GANGWAY_E_AUTH`. */
export function bearer({ issuer, keys, algorithms = ALGORITHMS, clockTolerance = 5000, remember = 300_000, timeout = 5000, ...options }: BearerOptions): Authenticate {
  checkNumbers({ clockTolerance, remember, timeout }, NUMBERS, 'GANGWAY_E_AUTH')
  requireSecure(issuer, 'issuer')
  const unknown = algorithms.find((name) => ![...ALGORITHMS, ...OTHERS].includes(name))
  if (unknown !== undefined) throw new GangwayError('GANGWAY_E_AUTH', `There is no algorithm "${unknown}": use some of ${[...ALGORITHMS, ...OTHERS].join(', ')}`)
  const getKey: JWTVerifyGetKey = typeof keys === 'object' ? localKeys(keys) : issuerKeys(issuer, { jwksUri: keys, timeout })
  const verified = new VerifiedTokens({ lifetime: remember })

  const verify = async (token: string): Promise<AuthInfo> => {
    const { payload, protectedHeader } = await jwtVerify(token, getKey, { algorithms: [...algorithms], clockTolerance: clockTolerance / 1000, requiredClaims: ['exp', 'iss', 'aud'] }).catch(explain)
    if (!TYPE.test(protectedHeader.typ ?? 'JWT')) throw new InvalidTokenError('The token is no access token')
    return toAuthInfo(payload, { issuer, audience: options.audience })
  }
  return tokens({ ...options, authorizationServers: [issuer], verify: (token) => verified.getOrVerify(token, verify) })
}

function localKeys(keys: JSONWebKeySet): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(keys)
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_AUTH', 'The keys are no JSON Web Key Set: give { keys: […] }, as the issuer publishes it', { cause })
  }
}

/** The sender of a token is told what is wrong with it. Anything else, such as keys that cannot be fetched, is for the operator. */
function explain(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new InvalidTokenError('The token has expired', { cause: error })
  if (error instanceof errors.JWTClaimValidationFailed) throw new InvalidTokenError(`The claim ${error.claim} of the token is missing, or not acceptable`, { cause: error })
  if (!(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') throw error
  throw new InvalidTokenError('The token cannot be verified', { cause: error })
}
