/** A resource server around any way to verify a token: takes it from the request, and says what is wrong as OAuth wants it. */
import type { AuthInfo } from '@gangway/core'
import { bearerChallenge, HttpError, type Authenticate, type Challenge, type RequestHead } from '@gangway/core/web'
import { tokenOf } from './credentials.ts'
import { InvalidTokenError } from './invalid-token.ts'
import { IssuerUnavailableError } from './unavailable.ts'
import { describeResource, ownScopes, type ResourceOptions } from './resource.ts'

/**
 * Returns who holds the token. The client gets 401 for undefined and for anything thrown, and reads the message of an `InvalidTokenError`.
 * For an `IssuerUnavailableError` it gets 503, and keeps its token.
 */
export type Verify = (token: string, request: RequestHead) => AuthInfo | undefined | Promise<AuthInfo | undefined>

export interface TokensOptions extends ResourceOptions {
  /** Where clients get tokens: the issuers of authorization servers. */
  authorizationServers: readonly string[]
  /** Must check that the token is meant for the audience, too. */
  verify: Verify
}

/** For the `authenticate` option. Throws `GANGWAY_E_AUTH`. Specification: MCP, basic/authorization. */
export function tokens({ authorizationServers, verify, ...options }: TokensOptions): Authenticate {
  const { scopes, implied, keepToken = false } = options
  const required = ownScopes(scopes)
  const { metadataUrl, documents } = describeResource(options, authorizationServers)
  /** Whatever else is needed, what every request needs is, too: a client asks for what the challenge names, and for no more. */
  const challenge = ({ scopes: more = [], ...about }: Challenge): string => bearerChallenge({ ...about, scopes: [...new Set([...required, ...more])], resource_metadata: metadataUrl })
  const refuse = (status: 401 | 403, message: string, about: Challenge, cause?: unknown): HttpError => new HttpError(status, message, { headers: { 'www-authenticate': challenge(about) }, cause })

  const authenticate = async (request: RequestHead): Promise<AuthInfo> => {
    const token = tokenOf(request, () => challenge({ error: 'invalid_request' }))
    if (token === undefined) throw refuse(401, 'Say who you are: send a token in the Authorization header', {})
    const auth = withToken(withImplied(await verified(token, request)), token)
    if (required.every((scope) => auth.scopes.includes(scope))) return auth
    throw refuse(403, `This needs the scopes ${required.join(', ')}`, { error: 'insufficient_scope' })
  }

  /** The same caller stays the same object: others keep what they know of it by that. */
  const expanded = new WeakMap<AuthInfo, AuthInfo>()
  const withImplied = (auth: AuthInfo): AuthInfo => {
    if (!implied) return auth
    const known = expanded.get(auth) ?? { ...auth, scopes: [...new Set(auth.scopes.flatMap((scope) => [scope, ...implied(scope)]))] }
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

  /** The gate logs any other error of the verifier, and refuses the request. */
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
    throw refuse(401, 'The token is not valid here', { error: 'invalid_token' })
  }

  return Object.assign(authenticate, { challenge, documents })
}

/** Seconds must be whole. Specification: RFC 9110, 10.2.3. */
const unavailable = (cause: IssuerUnavailableError): HttpError =>
  new HttpError(503, 'The server cannot check tokens now: try again later with the same token', { headers: { 'retry-after': String(Math.max(1, Math.ceil(cause.retryAfter))) }, data: { reason: 'issuer_unavailable' }, cause })
