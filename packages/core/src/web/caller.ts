/** Determines the caller that sessions, requests and memory count for: the principal, or the address of an anonymous client. */
import { principalOf } from '../definition/access.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import { memoize } from '../util/memoize.ts'

/** Where a request comes from, as far as its host knows. */
export interface ClientSource {
  /** The address of the client. Behind a trusted proxy, the host takes it from the headers of that proxy. */
  readonly address: string | undefined
  /** The connection of the request: in HTTP/2, its session. */
  readonly connection: object | undefined
}

/** Clients without a known address are treated as one caller. Principals are JSON arrays, so they cannot collide with addresses. */
export const callerOf = (auth: AuthInfo | undefined, source: ClientSource | undefined): string => {
  const address = auth ? undefined : source?.address
  return principalOf(auth) ?? (address === undefined ? '' : clientOf(address))
}

/** All addresses of an IPv6 /64 network are treated as one client, because a single machine can use all 2⁶⁴ of them. */
const clientOf = memoize((address) => {
  const text = address.toLowerCase()
  if (text.startsWith('::ffff:') && text.includes('.')) return text.slice('::ffff:'.length)
  if (!text.includes(':')) return text
  const [head = [], tail = []] = text.split('%', 1)[0]!.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(Math.max(8 - head.length - tail.length, 0)).fill('0')
  const network = [...head, ...zeros, ...tail].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
})
