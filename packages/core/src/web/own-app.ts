/** What the applications that we make do with every request. In somebody else's application, these are its own to say. */
import type { ServerDefinition } from '../server/definition.ts'
import type { HostApp, HostRequest } from './host-app.ts'
import { refusalOf } from './http-error.ts'
import { targetOf } from './request-head.ts'
import { chooseRoute, routesAt } from './routes.ts'

/** Writes one line for each, without its query, which may hold what is secret; and answers 405 where a route has other methods. */
export function followRequests(app: HostApp, server: ServerDefinition): void {
  app.addHook('onRequest', (request, reply, done) => {
    const found = request.is404 ? routesAt(server.routes, pathOf(request)) : []
    if (found.length === 0) return done()
    try {
      chooseRoute(found, request.method)
      done()
    } catch (error) {
      const { status, headers, body } = refusalOf(error)
      reply.headers(headers)
      reply.code(status).send(body)
    }
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (server.logger.isLevelEnabled?.('debug') !== false) request.log.debug({ method: request.method, path: pathOf(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'Answered')
    done()
  })
}

const pathOf = ({ url }: HostRequest): string => targetOf(url).split('?', 1)[0] ?? '/'
