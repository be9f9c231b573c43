/** `sse(url)`: the client transport to a server that answers on an event stream. */
import { checkUrl, Fetcher, redactedTransport, withSecrets, type ClientTransport, type FetchOptions } from '@gangway/core/client'
import { openSse } from './sse-link.ts'

/** For revision 2024-11-05, and later ones with a handshake. Throws `GANGWAY_E_URL` for what is no HTTP address, and `GANGWAY_E_USAGE`. Specification 2024-11-05: basic/transports, HTTP with SSE. */
export function sse(url: string | URL, given: FetchOptions = {}): ClientTransport {
  const name = checkUrl(url, '/sse')
  const { options, secrets } = withSecrets(name, given)
  const fetcher = new Fetcher(options)
  return redactedTransport({ name, open: (receiver, signal) => openSse(name, receiver, fetcher, signal) }, secrets)
}
