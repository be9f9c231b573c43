/** For how long, and for whom, a client may keep what it got. Specification 2026-07-28: server/utilities/caching. */
import { GangwayError } from '../gangway-error.ts'

export interface CacheOptions {
  /** Milliseconds. @default 0: ask again */
  ttl?: number
  /** `public`: the same for every user. It is a hint, and protects nothing. @default 'private' */
  scope?: 'public' | 'private'
}

/** As the wire has it. */
export interface CacheHints {
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
}

export const NO_CACHE: CacheHints = { ttlMs: 0, cacheScope: 'private' }

/** Throws `GANGWAY_E_CACHE`. */
export function toCacheHints({ ttl = 0, scope = 'private' }: CacheOptions): CacheHints {
  if (!Number.isSafeInteger(ttl) || ttl < 0) throw new GangwayError('GANGWAY_E_CACHE', `"cache.ttl" must be a whole number of milliseconds, 0 or more, not ${ttl}`)
  return { ttlMs: ttl, cacheScope: scope }
}
