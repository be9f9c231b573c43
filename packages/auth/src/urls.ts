/** URLs as identifiers: compared leniently, used only where nobody can listen in. */
import { GangwayError } from '@gangway/core'
import { isLoopback } from '@gangway/core/web'

/** Scheme and host in lower case, and no slash after a bare origin; all else as it is. What is no URL stays itself. */
export function canonical(value: string): string {
  if (!URL.canParse(value)) return value
  const { href, pathname, search } = new URL(value)
  return pathname === '/' && search === '' ? href.replace(/\/$/, '') : href
}

/** Throws `GANGWAY_E_AUTH` for what is neither https nor on this machine. */
export function requireSecure(value: string, what: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url
  throw new GangwayError('GANGWAY_E_AUTH', `The ${what} must be an https URL, not "${value}"; http is for this machine alone`)
}
