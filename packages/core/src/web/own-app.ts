/** What the applications that we make do with every request. In somebody else's application, these are its own to say. */
import type { ServerDefinition } from '../server/definition.ts'
import type { HostApp, HostReply, HostRequest } from './host-app.ts'
import { refusalOf } from './http-error.ts'
import { targetOf } from './request-head.ts'
import { chooseRoute, routesAt } from './routes.ts'
import { onReplyOver } from './waiting-replies.ts'

/** Writes one line for each, without its query, which may hold what is secret; and answers 405 where a route has other methods. */
export function followRequests(app: HostApp, server: ServerDefinition): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.log.isLevelEnabled?.('debug') !== false) noteAnswer(request, reply)
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
}

/** By the listener that each reply has already: a hook of Fastify's costs two more, and the time of day. */
function noteAnswer(request: HostRequest, reply: HostReply): void {
  const begun = performance.now()
  onReplyOver(request.raw, reply.raw, () => {
    if (!reply.raw.writableEnded) return // The client left first.
    request.log.debug({ method: request.method, path: pathOf(request), status: reply.statusCode, ms: Math.round(performance.now() - begun) }, 'Answered')
  })
}

const pathOf = ({ url }: HostRequest): string => targetOf(url).split('?', 1)[0] ?? '/'
