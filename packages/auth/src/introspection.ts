/** `introspection()`: opaque access tokens, of which their issuer is asked. Specification: RFC 7662. */
import { checkNumbers, DURATION, FINITE_TIMEOUT, type AuthInfo, type NumberRules } from '@gangway/core'
import { isObject } from '@gangway/core/jsonrpc'
import type { Authenticate } from '@gangway/core/web'
import { toAuthInfo } from './claims.ts'
import { InvalidTokenError } from './invalid-token.ts'
import type { ResourceOptions } from './resource.ts'
import { tokens } from './tokens.ts'
import { requireSecure } from './urls.ts'
import { VerifiedTokens } from './verified-tokens.ts'

export interface IntrospectionOptions extends ResourceOptions {
  issuer: string
  /** Where the issuer is asked. */
  endpoint: string
  /** As whom: this server is a client of the issuer, with a secret of its own. */
  clientId: string
  clientSecret: string
  /** Milliseconds for which an answer is remembered: for so long a token is good that was revoked. @default 0 */
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
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' })
    const response = await fetch(url, { method: 'POST', body, headers: { authorization, accept: 'application/json' }, redirect: 'error', signal: AbortSignal.timeout(timeout) })
    if (!response.ok) throw new Error(`${endpoint} answered with HTTP ${response.status}`)
    const claims: unknown = await response.json()
    if (!isObject(claims) || claims.active !== true) throw new InvalidTokenError('The token has expired, was revoked, or never was one')
    if (typeof claims.nbf === 'number' && claims.nbf * 1000 > Date.now()) throw new InvalidTokenError('The token is not good yet')
    return toAuthInfo(claims, { issuer, audience: options.audience })
  }
  return tokens({ ...options, authorizationServers: [issuer], verify: (token) => verified.getOrVerify(token, verify) })
}
