/** Adds the custom routes of a server to a Fastify application. */
import type { Route, ServerDefinition } from '@gangway/core'
import { routeKey } from '@gangway/core/internal'
import { allowed, callerOf, checkRoutes, corsHeaders, HttpError, preflightHeaders, runRoute, withResponse } from '@gangway/core/internal/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sourceOf } from './client-source.ts'
import { protectScope, type ScopeOptions } from './fastify-scope.ts'
import { headOf } from './node-head.ts'
import { onReplyDone } from './pipelined-replies.ts'
import { toWebRequest } from './web-request.ts'

type MountOptions = Pick<ScopeOptions, 'gate' | 'bodyLimit' | 'load'>

const parseBody = (bytes: Uint8Array): unknown => bytes

/** Routes that the application already has, for example from another transport of the same server, are skipped. Throws `GANGWAY_E_ROUTE_AUTH`. */
export function mountRoutes(app: FastifyInstance, server: ServerDefinition, options: MountOptions): void {
  checkRoutes(server, options.gate.authenticates)
  const free = server.routes.filter(({ method, path }) => isFree(app, method, path))
  for (const isPublic of [true, false]) {
    const routes = free.filter(({ auth }) => (auth !== 'required') === isPublic)
    if (routes.length === 0) continue
    app.register(async (scope) => {
      const authOf = protectScope(scope, { ...options, isPublic, parseBody })
      for (const route of routes) {
        const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
          const params = request.params as Record<string, string>
          if (Object.values(params).includes('')) throw new HttpError(404, 'Not found')
          const { protocol, host } = request
          const body = request.body instanceof Uint8Array ? request.body : undefined
          const auth = authOf(request)
          if (body) {
            const held = options.load.hold(callerOf(auth, sourceOf(request)), body.length)
            onReplyDone(request.raw, reply.raw, () => held.release())
          }
          const web = toWebRequest(request, { protocol, host: host || undefined, body, request: request.raw, raw: reply.raw })
          const response = await runRoute(server, { route, params }, web, auth)
          return sendResponse(reply, withResponse(response, (name) => reply.getHeader(name), corsHeaders(headOf(request).header('origin'))))
        }
        scope.route({ method: route.method, url: route.path, handler })
      }
    })
  }
  mountPreflights(app, free, options)
}

/** Passes status, headers and body to Fastify one by one: Fastify's HEAD handling and the hooks of the application do not support `Response` objects. */
function sendResponse(reply: FastifyReply, { status, headers, body }: Response): FastifyReply {
  const cookies = headers.getSetCookie()
  reply.code(status).headers({ ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) })
  return reply.send(body ?? undefined)
}

/** Preflights carry no credentials, so only the Host and the Origin are checked. */
function mountPreflights(app: FastifyInstance, routes: readonly Route[], options: MountOptions): void {
  const byPath = new Map(routes.map((route) => [pathKey(route), route.path])) // Routes that differ only in the names of their variables share one preflight route.
  const free = [...byPath].filter(([, path]) => isFree(app, 'OPTIONS', path))
  if (free.length === 0) return
  app.register(async (scope) => {
    protectScope(scope, { ...options, isPublic: true, parseBody })
    for (const [key, url] of free) {
      const methods = allowed(routes.filter((route) => pathKey(route) === key))
      const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
        reply.headers(preflightHeaders(headOf(request), methods))
        return reply.code(204).send()
      }
      scope.route({ method: 'OPTIONS', url, handler })
    }
  })
}

const isFree = (app: FastifyInstance, method: string, path: string): boolean => !app.hasRoute({ method, url: `${app.prefix}${path}` })

const pathKey = ({ path }: Route): string => routeKey({ method: 'GET', path })
