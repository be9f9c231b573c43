/** The application's own login, for its pages and for MCP: a cookie that a browser got on `/login`, or a key. */
import type { Authenticate } from '@gangway/core/web'
import type { FastifyInstance } from 'fastify'
import type { People } from './people.ts'

export const COOKIE = 'login'

/** Who logged in with the cookie of this header. */
export function personOf(app: FastifyInstance, people: People, header: string | undefined): string | undefined {
  const login = header === undefined ? undefined : app.parseCookie(header)[COOKIE]
  return login === undefined ? undefined : people.byLogin(login)
}

/**
 * A key goes before a cookie.
 *
 * That a cookie counts is safe from pages of elsewhere (CSRF): a browser says in `Origin` which page is calling, MCP refuses all but
 * `allowedOrigins` before it asks here, and its answers can be read by no others. Those are named (app.ts), since cookies do not tell ports apart, so that any
 * page on localhost would else be one of ours. The cookie is SameSite=Lax besides: other sites' POSTs come without it. What comes with no Origin at all is no page, or only looks.
 */
export const authenticateWith = (app: FastifyInstance, people: People): Authenticate => ({ header }) => {
  const key = /^Bearer (.+)$/i.exec(header('authorization') ?? '')?.[1]
  const person = key === undefined ? personOf(app, people, header('cookie')) : people.byKey(key)
  return person === undefined ? undefined : { subject: person, scopes: [] }
}
