/** The service that verifies tokens is unavailable. The token and its sender are not at fault. */

export interface IssuerUnavailableOptions extends ErrorOptions {
  /** Seconds before a client should try again. @default 5 */
  retryAfter?: number
}

/**
 * Throw it in a `verify` function that cannot reach the authorization server or the database of tokens. The client gets 503 with `Retry-After`
 * and keeps its token. After a 401, it would discard the token. The message and the cause only appear in the log.
 *
 * @example
 * throw new IssuerUnavailableError('The key database is down', { cause: error, retryAfter: 10 })
 */
export class IssuerUnavailableError extends Error {
  readonly retryAfter: number

  constructor(message: string, { retryAfter = 5, ...options }: IssuerUnavailableOptions = {}) {
    super(message, options)
    this.name = 'IssuerUnavailableError'
    this.retryAfter = retryAfter
  }
}
