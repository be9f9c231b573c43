/** What the applications that we make do with every request. In somebody else's application, these are its own to say. */
import type { ServerDefinition } from '../server/definition.ts'
import type { HostApp } from './host-app.ts'
import { refusalOf } from './http-error.ts'
import { headOf } from './request-head.ts'
import { chooseRoute, routesAt } from './routes.ts'

/** Writes one line for each, without its query, which may hold what is secret; and answers 405 where a route has other methods. */
export function followRequests(app: HostApp, server: ServerDefinition): void {
  app.addHook('onRequest', async (request, reply) => {
    const found = request.is404 ? routesAt(server.routes, pathOf(request)) : []
    if (found.length === 0) return undefined
    try {
      chooseRoute(found, request.method)
    } catch (error) {
      const { status, headers, body } = refusalOf(error)
      reply.headers(headers)
      return reply.code(status).send(body)
    }
  })
  app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    request.log.debug({ method: request.method, path: pathOf(request), status: statusCode, ms: Math.round(elapsedTime) }, 'Answered')
  })
}

const pathOf = (request: Parameters<typeof headOf>[0]): string => headOf(request).url.split('?', 1)[0] ?? '/'
