/** What WWW-Authenticate says to a client that has to come back with other credentials. Specification: RFC 6750, 3; RFC 9728, 5.1. */

export interface Challenge {
  /** Left out where no credentials were sent. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  readonly error_description?: string
  /** What the request needs. */
  readonly scopes?: readonly string[] | undefined
  /** The address of the document that names the authorization servers. */
  readonly resource_metadata?: string | undefined
}

export function bearerChallenge({ scopes = [], ...others }: Challenge): string {
  const parameters = Object.entries({ ...others, ...(scopes.length > 0 && { scope: scopes.join(' ') }) }).filter(([, value]) => value !== undefined)
  const written = parameters.map(([name, value]) => `${name}="${String(value).replaceAll(/["\\]/g, '\\$&')}"`)
  return ['Bearer', written.join(', ')].join(' ').trim()
}
