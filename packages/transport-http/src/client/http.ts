/** `http(url)`: the client transport to a server that is reached by its address. */
import { checkNumbers, checkUrl, DURATION, Fetcher, limitOf, redactedTransport, withSecrets, type NumberRules, type ClientTransport, type FetchOptions } from '@gangway/core/client'
import { HttpLink } from './http-link.ts'

export interface HttpClientOptions extends FetchOptions {
  /** Milliseconds before a stream that broke off is resumed, unless the server names a time; each further attempt waits twice as long. @default 1,000 */
  retry?: number
  /** Attempts in a row to resume the stream of an answer. That of a session is tried for as long as the session lasts; `onFault` hears of it after as many. @default 5 */
  maxRetries?: number
}

const NUMBERS: NumberRules<Pick<HttpClientOptions, 'retry' | 'maxRetries'>> = { retry: { ...DURATION, unlimited: false }, maxRetries: limitOf('attempts', 0) }

/**
 * Speaks every revision since 2025-03-26. Redirects within the server are followed, others are not.
 * Throws `GANGWAY_E_URL` for what is no HTTP address, and `GANGWAY_E_USAGE`. Specification: basic/transports, Streamable HTTP.
 */
export function http(url: string | URL, { retry = 1000, maxRetries = 5, ...given }: HttpClientOptions = {}): ClientTransport {
  const name = checkUrl(url, '/path')
  checkNumbers({ retry, maxRetries }, NUMBERS)
  const { options, secrets } = withSecrets(name, given)
  const fetcher = new Fetcher(options)
  return redactedTransport({ name, open: async (receiver) => new HttpLink(name, receiver, fetcher, { retry, maxRetries }) }, secrets)
}
