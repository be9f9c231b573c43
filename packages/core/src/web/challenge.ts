/** Builds the WWW-Authenticate header that tells a client which credentials it needs. Specification: RFC 6750, section 3; RFC 9728, section 5.1. */

export interface Challenge {
  /** Omitted if the request had no credentials. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  readonly error_description?: string
  /** The scopes that the request needs. */
  readonly scopes?: readonly string[] | undefined
  /** The URL of the document that lists the authorization servers. */
  readonly resource_metadata?: string | undefined
}

export function bearerChallenge({ scopes = [], ...others }: Challenge): string {
  const parameters = Object.entries({ ...others, ...(scopes.length > 0 && { scope: scopes.join(' ') }) }).filter(([, value]) => value !== undefined)
  const written = parameters.map(([name, value]) => `${name}="${String(value).replaceAll(/["\\]/g, '\\$&')}"`)
  return ['Bearer', written.join(', ')].join(' ').trim()
}
