/** What the applications that we make are like, and do with every request. In somebody else's application, these are its own to say. */
import { toDelay } from '../jsonrpc/delay.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { HostApp, HostReply, HostRequest } from './host-app.ts'
import { hostLogger, type HostLogger } from './host-logger.ts'
import { refusalOf } from './http-error.ts'
import { targetOf } from './request-head.ts'
import { chooseRoute, routesAt } from './routes.ts'
import { onReplyOver } from './waiting-replies.ts'

/** Milliseconds that a client gets to send a request, its body included. The answer may take any time. */
const REQUEST_TIMEOUT = 60_000
/** Milliseconds for a plugin to load, as Fastify has it, and for what there is to do at the end beside the drain time. */
const PLUGIN_TIMEOUT = 10_000

interface OwnAppOptions {
  readonly loggerInstance?: HostLogger
  readonly forceCloseConnections: boolean
  readonly pluginTimeout: number
  readonly return503OnClosing: boolean
  readonly requestTimeout: number
}

/** Settings of Fastify. `drain` in milliseconds. */
export const ownAppOptions = ({ logger }: ServerDefinition, { drain, logs }: { readonly drain: number; readonly logs: boolean }): OwnAppOptions => ({
  ...(logs && { loggerInstance: hostLogger(logger) }),
  forceCloseConnections: true, // Sockets that clients opened and never used would hold up the end, and so would event streams; by then, calls in flight have been waited for.
  pluginTimeout: Number.isFinite(drain) ? Math.ceil(toDelay(drain + PLUGIN_TIMEOUT)) : 0, // It bounds closing, too. Fastify accepts whole numbers only.
  return503OnClosing: false, // What can still be answered is.
  requestTimeout: REQUEST_TIMEOUT,
})

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

/** Says to whoever came to another path where the endpoint is. For applications that nobody adds to. */
export function pointTo(app: HostApp, endpoint: string): void {
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ statusCode: 404, error: 'Not Found', message: `Nothing answers ${request.method} ${pathOf(request)} here; MCP is at ${endpoint}` }))
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
