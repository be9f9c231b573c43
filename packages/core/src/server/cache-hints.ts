/** For how long, and for whom, a client may keep what it got. Specification 2026-07-28: server/utilities/caching. */
import { checkNumber } from '../option-numbers.ts'

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
  checkNumber('cache.ttl', ttl, { unit: 'milliseconds', min: 0, whole: true, unlimited: false }, 'GANGWAY_E_CACHE')
  return { ttlMs: ttl, cacheScope: scope }
}
