/** URLs as identifiers: compares them leniently, and accepts only https and loopback. */
import { GangwayError } from '@gangway/core'
import { isLoopback } from '@gangway/core/internal/http'

/** Lowercases scheme and host, and removes the slash after a bare origin. Returns a value that is not a URL unchanged. */
export function canonical(value: string): string {
  if (!URL.canParse(value)) return value
  const { href, pathname, search } = new URL(value)
  return pathname === '/' && search === '' ? href.replace(/\/$/, '') : href
}

/** Throws `GANGWAY_E_AUTH` for a URL that is neither https nor loopback. */
export function requireSecure(value: string, what: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url
  throw new GangwayError('GANGWAY_E_AUTH', `The ${what} must be an https URL, not "${value}". http is allowed only on this machine`)
}
