/** `introspection()`: opaque access tokens, which the issuer verifies on request. Specification: RFC 7662. */
import type { AuthInfo } from '@gangway/core'
import { checkNumbers, checkOptions, DURATION, FINITE_TIMEOUT, isObject, type NumberRules, type OptionNames } from '@gangway/core/internal'
import type { Authenticate } from '@gangway/core/web'
import { toAuthInfo } from './claims.ts'
import { InvalidTokenError } from './invalid-token.ts'
import { OTHER_NAMES, RESOURCE_OPTIONS, type ResourceOptions } from './resource.ts'
import { tokens } from './tokens.ts'
import { IssuerUnavailableError } from './unavailable.ts'
import { requireSecure } from './urls.ts'
import { VerifiedTokens } from './verified-tokens.ts'

export interface IntrospectionOptions extends ResourceOptions {
  issuer: string
  /** URL of the issuer's introspection endpoint. */
  endpoint: string
  /** This server's client id at the issuer. */
  clientId: string
  clientSecret: string
  /** Milliseconds that a response is cached, during which a revoked token still works. With 0, only concurrent requests share a response. @default 0 */
  cacheTtl?: number
  /** Request timeout of the issuer, in milliseconds. @default 5,000 */
  timeout?: number
}

const NUMBERS: NumberRules<IntrospectionOptions> = { cacheTtl: DURATION, timeout: FINITE_TIMEOUT }

const OPTIONS: OptionNames<IntrospectionOptions> = { ...RESOURCE_OPTIONS, issuer: true, endpoint: true, clientId: true, clientSecret: true, cacheTtl: true, timeout: true }

/** For the `authenticate` option. Throws `GANGWAY_E_AUTH`, and `GANGWAY_E_USAGE` for unknown options. */
export function introspection(given: IntrospectionOptions): Authenticate {
  checkOptions('introspection()', given, OPTIONS, OTHER_NAMES)
  const { issuer, endpoint, clientId, clientSecret, cacheTtl = 0, timeout = 5000, ...options } = given
  checkNumbers({ cacheTtl, timeout }, NUMBERS, 'GANGWAY_E_AUTH')
  requireSecure(issuer, 'issuer')
  const url = requireSecure(endpoint, 'introspection endpoint')
  const authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`
  const verified = new VerifiedTokens({ lifetime: cacheTtl })

  const verify = async (token: string): Promise<AuthInfo> => {
    const claims = await introspect(token)
    if (!isObject(claims) || claims.active !== true) throw new InvalidTokenError('The token has expired, was revoked, or was never valid')
    for (const name of ['exp', 'nbf']) requireTime(claims, name)
    if (typeof claims.nbf === 'number' && claims.nbf * 1000 > Date.now()) throw new InvalidTokenError('The token is not valid yet')
    return toAuthInfo(claims, { issuer, audience: options.audience })
  }

  const introspect = async (token: string): Promise<unknown> => {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' })
    try {
      const response = await fetch(url, { method: 'POST', body, headers: { authorization, accept: 'application/json' }, redirect: 'error', signal: AbortSignal.timeout(timeout) })
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
      return await response.json()
    } catch (cause) {
      throw new IssuerUnavailableError(`Cannot introspect a token at ${url.origin}${url.pathname} (${cause instanceof Error ? cause.message : String(cause)})`, { cause })
    }
  }
  return tokens({ ...options, authorizationServers: [issuer], verify: (token) => verified.getOrVerify(token, verify) })
}

/** A malformed time must not be treated as absent: the token would never expire. */
function requireTime(claims: Readonly<Record<string, unknown>>, name: string): void {
  const time = claims[name]
  if (time !== undefined && !(typeof time === 'number' && Number.isFinite(time))) throw new Error(`The introspection response has ${name}: ${JSON.stringify(time)}. It must be a number of seconds, so the token is rejected`)
}
