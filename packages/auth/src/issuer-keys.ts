/** The keys of an authorization server: finds them through its metadata, caches them, and fetches them again when a key is unknown. Specification: RFC 8414; RFC 7517; OpenID Connect Discovery. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { isObject } from '@gangway/core/internal'
import { IssuerUnavailableError } from './unavailable.ts'
import { canonical, requireSecure } from './urls.ts'

interface KeysOptions {
  /** URL of the keys. If it is set, no metadata is fetched. */
  readonly jwksUri: string | undefined
  /** Request timeout, in milliseconds. */
  readonly timeout: number
}

/** Milliseconds between two attempts to fetch the metadata, until one succeeds. */
const METADATA_COOLDOWN = 5000
/** Milliseconds between two fetches of the keys. It is a bound, because anyone can send tokens with unknown keys. */
const KEYS_COOLDOWN = 30_000
/** Milliseconds that fetched keys are used. */
const KEYS_LIFETIME = 600_000

/** Throws `GANGWAY_E_AUTH`. Rejects with `IssuerUnavailableError` while the issuer cannot be reached. */
export function issuerKeys(issuer: string, { jwksUri, timeout }: KeysOptions): JWTVerifyGetKey {
  if (jwksUri !== undefined) return remoteKeys(jwksUri, timeout)
  let found: Promise<JWTVerifyGetKey> | undefined
  let until = Number.POSITIVE_INFINITY
  const find = (): Promise<JWTVerifyGetKey> => {
    if (found && Date.now() < until) return found
    until = Number.POSITIVE_INFINITY
    found = discoverKeys(issuer, timeout)
    found.catch(() => (until = Date.now() + METADATA_COOLDOWN))
    return found
  }
  return async (header, token) => (await find())(header, token)
}

/** Throws `GANGWAY_E_AUTH`. */
function remoteKeys(uri: string, timeout: number): JWTVerifyGetKey {
  const url = requireSecure(uri, 'address of the keys')
  let latest: Promise<JWTVerifyGetKey> | undefined
  let fetchedAt = Number.NEGATIVE_INFINITY
  /** Keys of an earlier fetch. They are used if the latest fetch failed. */
  let known: { readonly getKey: JWTVerifyGetKey; readonly until: number } | undefined

  const fetchKeys = (): Promise<JWTVerifyGetKey> => {
    if (latest && Date.now() < fetchedAt + KEYS_COOLDOWN) return latest
    fetchedAt = Date.now()
    const until = fetchedAt + KEYS_LIFETIME
    latest = fetchKeySet(url, timeout)
    latest.then((getKey) => (known = { getKey, until }), () => {}) // Callers that await `latest` handle its rejection.
    return latest
  }
  return async (header, token) => {
    if (known && Date.now() < known.until) {
      try {
        return await known.getKey(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      }
    }
    return (await fetchKeys())(header, token)
  }
}

async function fetchKeySet(url: URL, timeout: number): Promise<JWTVerifyGetKey> {
  try {
    return createLocalJWKSet((await fetchJson(url, timeout)) as JSONWebKeySet)
  } catch (cause) {
    throw new IssuerUnavailableError(`Cannot fetch the issuer's keys from ${withoutQuery(url)} (${messageOf(cause)})`, { cause, retryAfter: KEYS_COOLDOWN / 1000 })
  }
}

async function discoverKeys(issuer: string, timeout: number): Promise<JWTVerifyGetKey> {
  const failures: string[] = []
  for (const url of metadataUrls(issuer)) {
    try {
      const metadata = await fetchJson(url, timeout)
      if (!isObject(metadata) || typeof metadata.issuer !== 'string' || canonical(metadata.issuer) !== canonical(issuer)) throw new Error('it names another issuer') // Metadata of another issuer must not replace that of this one.
      return remoteKeys(String(metadata.jwks_uri), timeout)
    } catch (error) {
      failures.push(`${url} (${messageOf(error)})`)
    }
  }
  throw new IssuerUnavailableError(`Cannot fetch the metadata of ${issuer}: ${failures.join(', ')}`, { retryAfter: METADATA_COOLDOWN / 1000 })
}

async function fetchJson(url: URL | string, timeout: number): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout), redirect: 'error', headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.json()
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const withoutQuery = ({ origin, pathname }: URL): string => origin + pathname

/** The path of the issuer follows the well-known path. For OpenID Connect, it precedes it. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [`${origin}/.well-known/oauth-authorization-server${path}`, `${origin}/.well-known/openid-configuration${path}`, `${origin}${path}/.well-known/openid-configuration`].filter((url, index, all) => all.indexOf(url) === index)
}
