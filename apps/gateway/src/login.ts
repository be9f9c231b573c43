/** Authentication for the pages and for MCP: with a cookie from `/login`, or with a key. */
import type { Authenticate } from '@gangway/core/web'
import type { FastifyInstance } from 'fastify'
import type { People } from './people.ts'

export const COOKIE = 'login'

/** The person who logged in with the cookie in this header. */
export function personOf(app: FastifyInstance, people: People, header: string | undefined): string | undefined {
  const login = header === undefined ? undefined : app.parseCookie(header)[COOKIE]
  return login === undefined ? undefined : people.byLogin(login)
}

/**
 * Accepts a key, or else a cookie.
 *
 * Pages of other sites cannot misuse the cookie (CSRF). Browsers send the page's origin in `Origin`. The endpoint rejects origins outside of `allowedOrigins` before it
 * calls this function, and only allowed pages can read responses. app.ts sets `allowedOrigins`, because cookies ignore ports: by default, every page on localhost would be allowed.
 * The cookie is also SameSite=Lax, so POST requests from other sites do not have it. A request without `Origin` is not from a page, or is a read-only navigation.
 */
export const authenticateWith = (app: FastifyInstance, people: People): Authenticate => ({ header }) => {
  const key = /^Bearer (.+)$/i.exec(header('authorization') ?? '')?.[1]
  const person = key === undefined ? personOf(app, people, header('cookie')) : people.byKey(key)
  return person === undefined ? undefined : { subject: person, scopes: [] }
}
