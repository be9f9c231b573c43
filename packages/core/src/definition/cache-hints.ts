/** Cache hints: how long, and for which users, a client may cache a result. Specification 2026-07-28: server/utilities/caching. */
import { GangwayError } from '../gangway-error.ts'
import { shown, type OptionNames } from '../util/check-options.ts'
import { checkNumber } from '../util/check-numbers.ts'

export interface CacheOptions {
  /** How long clients may use a cached result, in milliseconds. @default 0: ask again */
  cacheTtl?: number | undefined
  /** `public`: the result is the same for every user. This is a hint for caches, not access control. @default 'private' */
  cacheScope?: 'public' | 'private' | undefined
}

/** The hints as results carry them. */
export interface CacheHints {
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
}

export const NO_CACHE: CacheHints = { ttlMs: 0, cacheScope: 'private' }

export const CACHE_OPTIONS: OptionNames<CacheOptions> = { cacheTtl: true, cacheScope: true }

/** Throws `GANGWAY_E_CACHE` for invalid values. */
export function toCacheHints({ cacheTtl = 0, cacheScope = 'private' }: CacheOptions): CacheHints {
  if (cacheScope !== 'public' && cacheScope !== 'private') throw new GangwayError('GANGWAY_E_CACHE', `cacheScope must be 'public' or 'private', not ${shown(cacheScope)}`)
  checkNumber('cacheTtl', cacheTtl, { unit: 'milliseconds', min: 0, whole: true, unlimited: false }, 'GANGWAY_E_CACHE')
  return { ttlMs: cacheTtl, cacheScope }
}
