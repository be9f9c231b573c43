/** `introspection()`: opaque access tokens, which only their issuer can check. Specification: RFC 7662. */
import { checkNumbers, DURATION, FINITE_TIMEOUT, type AuthInfo, type NumberRules } from '@gangway/core'
import { isObject } from '@gangway/core/jsonrpc'
import type { Authenticate } from '@gangway/core/web'
import { toAuthInfo } from './claims.ts'
import { InvalidTokenError } from './invalid-token.ts'
import type { ResourceOptions } from './resource.ts'
import { tokens } from './tokens.ts'
import { IssuerUnavailableError } from './unavailable.ts'
import { requireSecure } from './urls.ts'
import { VerifiedTokens } from './verified-tokens.ts'

export interface IntrospectionOptions extends ResourceOptions {
  issuer: string
  /** Where the issuer is asked. */
  endpoint: string
  /** As whom: this server is a client of the issuer, with a secret of its own. */
  clientId: string
  clientSecret: string
  /** Milliseconds for which a response is remembered, and for which a revoked token still works. With 0, only requests at the same time share a response. @default 0 */
  remember?: number
  /** Milliseconds that the issuer gets to answer. @default 5,000 */
  timeout?: number
}

const NUMBERS: NumberRules<IntrospectionOptions> = { remember: DURATION, timeout: FINITE_TIMEOUT }

/** For the `authenticate` option. Throws `GANGWAY_E_AUTH`. */
export function introspection({ issuer, endpoint, clientId, clientSecret, remember = 0, timeout = 5000, ...options }: IntrospectionOptions): Authenticate {
  checkNumbers({ remember, timeout }, NUMBERS, 'GANGWAY_E_AUTH')
  requireSecure(issuer, 'issuer')
  const url = requireSecure(endpoint, 'introspection endpoint')
  const authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`
  const verified = new VerifiedTokens({ lifetime: remember })

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

/** A time that cannot be read must not pass for one that is absent: the token would never expire. */
function requireTime(claims: Readonly<Record<string, unknown>>, name: string): void {
  const time = claims[name]
  if (time !== undefined && !(typeof time === 'number' && Number.isFinite(time))) throw new Error(`The introspection response has ${name}: ${JSON.stringify(time)}. It must be a number of seconds, so the token is refused`)
}
