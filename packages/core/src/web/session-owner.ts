/** Who a session counts for: its principal, or else the address of an anonymous client. */

/** Clients without a known address share one pool. Principals are JSON arrays, so no address looks like one. */
export const ownerOf = (principal: string | undefined, address: string | undefined): string => principal ?? (address === undefined ? '' : clientOf(address))

/** One network of IPv6 has 2⁶⁴ addresses, and a single machine may use them all: it counts as one client. */
function clientOf(address: string): string {
  const text = address.toLowerCase()
  if (text.startsWith('::ffff:') && text.includes('.')) return text.slice('::ffff:'.length)
  if (!text.includes(':')) return text
  const [head = [], tail = []] = text.split('%', 1)[0]!.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(Math.max(8 - head.length - tail.length, 0)).fill('0')
  const network = [...head, ...zeros, ...tail].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
