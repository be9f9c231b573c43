/** `bearer()`: access tokens that are JWTs, verified with the keys of their issuer. Specification: RFC 9068; RFC 8725. */
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { GangwayError, type AuthInfo } from '@gangway/core'
import { checkNumbers, checkOptions, DURATION, FINITE_TIMEOUT, type NumberRules, type OptionNames } from '@gangway/core/internal'
import type { Authenticate } from '@gangway/core/web'
import { toAuthInfo } from './claims.ts'
import { InvalidTokenError } from './invalid-token.ts'
import { issuerKeys } from './issuer-keys.ts'
import { OTHER_NAMES, RESOURCE_OPTIONS, type ResourceOptions } from './resource.ts'
import { tokens } from './tokens.ts'
import { requireSecure } from './urls.ts'
import { VerifiedTokens } from './verified-tokens.ts'

export interface BearerOptions extends ResourceOptions {
  /** URL of the authorization server: the `iss` claim of its tokens. */
  issuer: string
  /** URL of the issuer's keys, or the keys themselves. @default the URL in the issuer's metadata */
  keys?: string | JSONWebKeySet
  /** Accepted signature algorithms. Algorithms with a shared secret must be named here to be accepted. @default RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA */
  algorithms?: readonly string[]
  /** Milliseconds that the issuer's clock may be ahead. It never extends the lifetime of a token. @default 5,000 */
  clockTolerance?: number
  /** Milliseconds that a verified token is cached. The cache never outlasts the token. @default 300,000 */
  cacheTtl?: number
  /** Request timeout of the issuer, in milliseconds. @default 5,000 */
  timeout?: number
}

/** JWTs of other types use the same keys for other purposes. `JWT` is accepted because many issuers use it for access tokens. Specification: RFC 9068, 4; RFC 8725, 3.11. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Algorithms that are accepted only if the option names them. */
const OTHERS = ['HS256', 'HS384', 'HS512', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']

const NUMBERS: NumberRules<BearerOptions> = { clockTolerance: { ...DURATION, unlimited: false }, cacheTtl: DURATION, timeout: FINITE_TIMEOUT }

const OPTIONS: OptionNames<BearerOptions> = { ...RESOURCE_OPTIONS, issuer: true, keys: true, algorithms: true, clockTolerance: true, cacheTtl: true, timeout: true }

/** For the `authenticate` option. Rejects tokens without an expiry. Throws `GANGWAY_E_AUTH`, and `GANGWAY_E_USAGE` for unknown options. */
export function bearer(given: BearerOptions): Authenticate {
  checkOptions('bearer()', given, OPTIONS, OTHER_NAMES)
  const { issuer, keys, algorithms = ALGORITHMS, clockTolerance = 5000, cacheTtl = 300_000, timeout = 5000, ...options } = given
  checkNumbers({ clockTolerance, cacheTtl, timeout }, NUMBERS, 'GANGWAY_E_AUTH')
  requireSecure(issuer, 'issuer')
  const unknown = algorithms.find((name) => ![...ALGORITHMS, ...OTHERS].includes(name))
  if (unknown !== undefined) throw new GangwayError('GANGWAY_E_AUTH', `Unknown algorithm "${unknown}": use some of ${[...ALGORITHMS, ...OTHERS].join(', ')}`)
  const getKey: JWTVerifyGetKey = typeof keys === 'object' ? localKeys(keys) : issuerKeys(issuer, { jwksUri: keys, timeout })
  const verified = new VerifiedTokens({ lifetime: cacheTtl })

  const verify = async (token: string): Promise<AuthInfo> => {
    const { payload, protectedHeader } = await jwtVerify(token, getKey, { algorithms: [...algorithms], clockTolerance: clockTolerance / 1000, requiredClaims: ['exp', 'iss', 'aud'] }).catch(explain)
    if (!TYPE.test(protectedHeader.typ ?? 'JWT')) throw new InvalidTokenError('The token is not an access token')
    return toAuthInfo(payload, { issuer, audience: options.audience })
  }
  return tokens({ ...options, authorizationServers: [issuer], verify: (token) => verified.getOrVerify(token, verify) })
}

function localKeys(keys: JSONWebKeySet): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(keys)
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_AUTH', '`keys` is not a JSON Web Key Set. Pass { keys: […] }, as published by the issuer', { cause })
  }
}

/** The client is told about errors of its token. Other errors, such as keys that cannot be fetched, are logged for the operator. */
function explain(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new InvalidTokenError('The token has expired', { cause: error })
  if (error instanceof errors.JWTClaimValidationFailed) throw new InvalidTokenError(`The token's claim ${error.claim} is missing or invalid`, { cause: error })
  if (!(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') throw error
  throw new InvalidTokenError('The token cannot be verified', { cause: error })
}
