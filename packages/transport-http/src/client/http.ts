/** `http(url)`: the client transport to a server that is reached by its address. */
import { checkUrl, Fetcher, type ClientTransport, type FetchOptions } from '@gangway/core/client'
import { HttpLink } from './http-link.ts'

export interface HttpClientOptions extends FetchOptions {
  /** Milliseconds before a stream that broke off is resumed, unless the server names a time; each further attempt waits twice as long. @default 1,000 */
  retry?: number
  /** Attempts in a row to resume the stream of an answer. That of a session is tried for as long as the session lasts; `onFault` hears of it after as many. @default 5 */
  maxRetries?: number
}

/**
 * Speaks every revision since 2025-03-26. Redirects within the server are followed, others are not.
 * Throws `GANGWAY_E_URL` for what is no HTTP address. Specification: basic/transports, Streamable HTTP.
 */
export function http(url: string | URL, { retry = 1000, maxRetries = 5, ...options }: HttpClientOptions = {}): ClientTransport {
  const name = checkUrl(url, '/path')
  return { name, open: async (receiver) => new HttpLink(name, receiver, new Fetcher(options), { retry, maxRetries }) }
}
