/** The keys of an authorization server: found through its metadata, fetched when one is missing, kept meanwhile. Specification: RFC 8414; OpenID Connect Discovery. */
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose'
import { isObject } from '@gangway/core/jsonrpc'
import { canonical, requireSecure } from './urls.ts'

interface KeysOptions {
  /** Saves the look at the metadata. */
  readonly jwksUri: string | undefined
  /** Milliseconds that the issuer gets for each answer. */
  readonly timeout: number
}

/** Milliseconds between two looks for keys that are not found: how often an issuer is asked is not for senders of tokens to say. */
const HOLD = 5000

/** Throws `GANGWAY_E_AUTH`; rejects later, and tries again after a while, where the issuer cannot be reached. */
export function issuerKeys(issuer: string, { jwksUri, timeout }: KeysOptions): JWTVerifyGetKey {
  let found = jwksUri === undefined ? undefined : Promise.resolve(remoteKeys(jwksUri, timeout))
  let until = Number.POSITIVE_INFINITY
  const find = (): Promise<JWTVerifyGetKey> => {
    if (found && Date.now() < until) return found
    until = Number.POSITIVE_INFINITY
    found = discoverKeys(issuer, timeout)
    found.catch(() => (until = Date.now() + HOLD))
    return found
  }
  return async (header, token) => (await find())(header, token)
}

const remoteKeys = (uri: string, timeout: number): JWTVerifyGetKey => createRemoteJWKSet(requireSecure(uri, 'address of the keys'), { timeoutDuration: timeout })

async function discoverKeys(issuer: string, timeout: number): Promise<JWTVerifyGetKey> {
  const failures: string[] = []
  for (const url of metadataUrls(issuer)) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeout), redirect: 'error', headers: { accept: 'application/json' } })
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
      const metadata: unknown = await response.json()
      if (!isObject(metadata) || typeof metadata.issuer !== 'string' || canonical(metadata.issuer) !== canonical(issuer)) throw new Error('it names another issuer') // Not to be mixed up with one that can be trusted less.
      return remoteKeys(String(metadata.jwks_uri), timeout)
    } catch (error) {
      failures.push(`${url} (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  throw new Error(`The metadata of ${issuer} cannot be had: ${failures.join(', ')}`)
}

/** The path goes behind the well-known part, or for OpenID before it. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [`${origin}/.well-known/oauth-authorization-server${path}`, `${origin}/.well-known/openid-configuration${path}`, `${origin}${path}/.well-known/openid-configuration`].filter((url, index, all) => all.indexOf(url) === index)
}
