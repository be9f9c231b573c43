/** `tokens()`: an OAuth resource server around any function that verifies a token. It reads the token from the request and sends the challenges. */
import type { AuthInfo } from '@gangway/core'
import { checkOptions, type OptionNames } from '@gangway/core/internal'
import { bearerChallenge, HttpError, type Authenticate, type Challenge, type RequestHead } from '@gangway/core/web'
import { tokenOf } from './credentials.ts'
import { InvalidTokenError } from './invalid-token.ts'
import { IssuerUnavailableError } from './unavailable.ts'
import { describeResource, OTHER_NAMES, ownScopes, RESOURCE_OPTIONS, type ResourceOptions } from './resource.ts'

/**
 * Returns the holder of the token. For undefined and for any error, the client gets 401; it sees the message of an `InvalidTokenError`.
 * For an `IssuerUnavailableError`, it gets 503 and keeps its token.
 */
export type Verify = (token: string, request: RequestHead) => AuthInfo | undefined | Promise<AuthInfo | undefined>

export interface TokensOptions extends ResourceOptions {
  /** URLs of the authorization servers that issue tokens. */
  authorizationServers: readonly string[]
  /** Must also check the audience of the token. */
  verify: Verify
}

const OPTIONS: OptionNames<TokensOptions> = { ...RESOURCE_OPTIONS, authorizationServers: true, verify: true }

/** For the `authenticate` option. Throws `GANGWAY_E_AUTH`, and `GANGWAY_E_USAGE` for unknown options. Specification: MCP, basic/authorization. */
export function tokens(given: TokensOptions): Authenticate {
  checkOptions('tokens()', given, OPTIONS, OTHER_NAMES)
  const { authorizationServers, verify, ...options } = given
  const { scopes, impliedScopes, keepToken = false } = options
  const required = ownScopes(scopes)
  const { metadataUrl, documents } = describeResource(options, authorizationServers)
  /** Includes the scopes that every request requires: a client requests exactly the scopes that the challenge names. */
  const challenge = ({ scopes: more = [], ...about }: Challenge): string => bearerChallenge({ ...about, scopes: [...new Set([...required, ...more])], resource_metadata: metadataUrl })
  const refuse = (status: 401 | 403, message: string, about: Challenge, cause?: unknown): HttpError => new HttpError(status, message, { headers: { 'www-authenticate': challenge(about) }, cause })

  const authenticate = async (request: RequestHead): Promise<AuthInfo> => {
    const token = tokenOf(request, () => challenge({ error: 'invalid_request' }))
    if (token === undefined) throw refuse(401, 'Authentication required: send a token in the Authorization header', {})
    const auth = withToken(withImplied(await verified(token, request)), token)
    if (required.every((scope) => auth.scopes.includes(scope))) return auth
    throw refuse(403, `Missing scopes: ${required.join(', ')}`, { error: 'insufficient_scope' })
  }

  /** The same caller must stay the same object: sessions and caches compare by identity. */
  const expanded = new WeakMap<AuthInfo, AuthInfo>()
  const withImplied = (auth: AuthInfo): AuthInfo => {
    if (!impliedScopes) return auth
    const known = expanded.get(auth) ?? { ...auth, scopes: [...new Set(auth.scopes.flatMap((scope) => [scope, ...impliedScopes(scope)]))] }
    expanded.set(auth, known)
    return known
  }

  const holding = new WeakMap<AuthInfo, AuthInfo>()
  const withToken = (auth: AuthInfo, token: string): AuthInfo => {
    if (!keepToken) return auth
    const known = holding.get(auth)
    if (known?.token === token) return known
    const holder = { ...auth, token }
    holding.set(auth, holder)
    return holder
  }

  /** Any other error of the verifier is logged by the gate, which rejects the request. */
  const verified = async (token: string, request: RequestHead): Promise<AuthInfo> => {
    try {
      const auth = await verify(token, request)
      const left = (auth?.expiresAt ?? Number.POSITIVE_INFINITY) - Date.now()
      if (left <= 0) throw new InvalidTokenError('The token has expired')
      if (auth && left > 0) return auth
    } catch (error) {
      if (error instanceof IssuerUnavailableError) throw unavailable(error)
      if (!(error instanceof InvalidTokenError)) throw error
      throw refuse(401, error.message, { error: 'invalid_token', error_description: error.message }, error)
    }
    throw refuse(401, 'The token is not valid for this server', { error: 'invalid_token' })
  }

  return Object.assign(authenticate, { challenge, documents })
}

/** `Retry-After` must be a whole number of seconds. Specification: RFC 9110, 10.2.3. */
const unavailable = (cause: IssuerUnavailableError): HttpError =>
  new HttpError(503, 'The server cannot verify tokens at the moment. Try again later with the same token', { headers: { 'retry-after': String(Math.max(1, Math.ceil(cause.retryAfter))) }, data: { reason: 'issuer_unavailable' }, cause })
