/** `sseClient(url)`: the client transport for HTTP+SSE. */
import { checkOptions, checkUrl, FETCH_OPTIONS, Fetcher, redactedTransport, withSecrets, type ClientTransport, type FetchOptions } from '@gangway/core/client'
import { openSse } from './sse-link.ts'

/**
 * Connects to a server: `await connect(sse('https://example.com/sse'))`. Speaks revision 2024-11-05 and later legacy revisions.
 * Throws `GANGWAY_E_URL` unless the address is an HTTP URL, and `GANGWAY_E_USAGE` for unknown options and values out of range.
 * Specification 2024-11-05: basic/transports, HTTP with SSE.
 */
export function sseClient(url: string | URL, given: FetchOptions = {}): ClientTransport {
  const name = checkUrl(url, '/sse')
  checkOptions('sseClient()', given, FETCH_OPTIONS)
  const { options, secrets } = withSecrets(name, given)
  const fetcher = new Fetcher(options)
  return redactedTransport({ name, open: (receiver, signal) => openSse(name, receiver, fetcher, signal) }, secrets)
}
