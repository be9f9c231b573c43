/** Cache hints: how long, and for which users, a client may cache a result. Specification 2026-07-28: server/utilities/caching. */
import { GangwayError } from '../gangway-error.ts'
import { checkOptions, shown, type OptionNames } from '../util/check-options.ts'
import { checkNumber } from '../util/check-numbers.ts'

export interface CacheOptions {
  /** How long clients may use a cached result, in milliseconds. @default 0: ask again */
  ttl?: number
  /** `public`: the result is the same for every user. This is a hint for caches, not access control. @default 'private' */
  scope?: 'public' | 'private'
}

/** The hints as results carry them. */
export interface CacheHints {
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
}

export const NO_CACHE: CacheHints = { ttlMs: 0, cacheScope: 'private' }

const OPTIONS: OptionNames<CacheOptions> = { ttl: true, scope: true }

/** Throws `GANGWAY_E_CACHE` for invalid values and `GANGWAY_E_USAGE` for unknown options. */
export function toCacheHints(options: CacheOptions): CacheHints {
  checkOptions('cache', options, OPTIONS)
  const { ttl = 0, scope = 'private' } = options
  if (scope !== 'public' && scope !== 'private') throw new GangwayError('GANGWAY_E_CACHE', `cache.scope must be 'public' or 'private', not ${shown(scope)}`)
  checkNumber('cache.ttl', ttl, { unit: 'milliseconds', min: 0, whole: true, unlimited: false }, 'GANGWAY_E_CACHE')
  return { ttlMs: ttl, cacheScope: scope }
}
