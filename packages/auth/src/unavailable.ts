/** The authority on tokens cannot be reached. That is the fault neither of a token nor of its sender. */

export interface IssuerUnavailableOptions extends ErrorOptions {
  /** Seconds after which a client should try again. @default 5 */
  retryAfter?: number
}

/**
 * For a `verify` function that cannot reach the authorization server, the database or whatever else knows about tokens. The client gets 503 with `Retry-After`
 * and keeps its token; after a 401 it would discard it. The message and the cause are for the log alone.
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
