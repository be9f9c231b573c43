/** Determines the caller that sessions, requests and memory count for: the principal, or the address of an anonymous client. */
import { principalOf } from '../definition/access.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import { memoize } from '../util/memoize.ts'
import { addressOf, type ClientSource } from './client-source.ts'

/** Clients without a known address count as one caller. Principals are JSON arrays, so they cannot collide with addresses. */
export const callerOf = (auth: AuthInfo | undefined, source: ClientSource | undefined): string => {
  const address = auth ? undefined : addressOf(source)
  return principalOf(auth) ?? (address === undefined ? '' : clientOf(address))
}

/** All addresses of an IPv6 /64 network count as one client, because a single machine can use all 2⁶⁴ of them. */
const clientOf = memoize((address) => {
  const text = address.toLowerCase()
  if (text.startsWith('::ffff:') && text.includes('.')) return text.slice('::ffff:'.length)
  if (!text.includes(':')) return text
  const [head = [], tail = []] = text.split('%', 1)[0]!.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(Math.max(8 - head.length - tail.length, 0)).fill('0')
  const network = [...head, ...zeros, ...tail].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
})
