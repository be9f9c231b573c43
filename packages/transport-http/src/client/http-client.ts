/** `httpClient(url)`: the client transport for Streamable HTTP. */
import { checkNumbers, checkOptions, checkUrl, DURATION, FETCH_OPTIONS, Fetcher, limitOf, redactedTransport, withSecrets, type ClientTransport, type FetchOptions, type NumberRules, type OptionNames } from '@gangway/core/client'
import { HttpLink } from './http-link.ts'

export interface HttpClientOptions extends FetchOptions {
  /** Milliseconds before a broken stream is resumed, unless the server sends a time. Each further attempt doubles the pause. @default 1,000 */
  retryDelay?: number
  /**
   * Maximum consecutive attempts to resume the stream of a response. The standalone stream is retried as long as the session lasts,
   * and reported to `onFault` after this many attempts. @default 5
   */
  maxRetries?: number
}

const OPTIONS: OptionNames<HttpClientOptions> = { ...FETCH_OPTIONS, retryDelay: true, maxRetries: true }
const NUMBERS: NumberRules<Pick<HttpClientOptions, 'retryDelay' | 'maxRetries'>> = { retryDelay: { ...DURATION, unlimited: false }, maxRetries: limitOf('attempts', 0) }

/**
 * Connects to a server: `await connect(http('https://example.com/mcp'))`. Speaks every revision since 2025-03-26. Redirects to another origin are not followed.
 * Throws `GANGWAY_E_URL` unless the address is an HTTP URL, and `GANGWAY_E_USAGE` for unknown options and values out of range.
 * Specification: basic/transports, Streamable HTTP.
 */
export function httpClient(url: string | URL, options: HttpClientOptions = {}): ClientTransport {
  const name = checkUrl(url, '/path')
  checkOptions('httpClient()', options, OPTIONS)
  const { retryDelay = 1000, maxRetries = 5, ...given } = options
  checkNumbers({ retryDelay, maxRetries }, NUMBERS)
  const { options: remembering, secrets } = withSecrets(name, given)
  const fetcher = new Fetcher(remembering)
  return redactedTransport({ name, open: async (receiver) => new HttpLink(name, receiver, fetcher, { retryDelay, maxRetries }) }, secrets)
}
