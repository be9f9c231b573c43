/** Configures the Fastify applications that the transports create. In a mounted server, the host application controls these settings. */
import type { Logger, ServerDefinition } from '@gangway/core'
import { toDelay } from '@gangway/core/internal'
import { chooseRoute, refusalOf, routesAt } from '@gangway/core/internal/http'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import { fastifyLogger } from './fastify-logger.ts'
import { targetOf } from './node-head.ts'
import { onReplyDone } from './pipelined-replies.ts'

/** Milliseconds for a client to send a complete request, including its body. The response may take longer. */
const REQUEST_TIMEOUT = 60_000
/** Milliseconds for a plugin to load (Fastify's default). It is added to the drain time, because Fastify applies its plugin timeout to closing, too. */
const PLUGIN_TIMEOUT = 10_000

type OwnAppOptions = Pick<FastifyServerOptions, 'loggerInstance' | 'forceCloseConnections' | 'pluginTimeout' | 'return503OnClosing' | 'requestTimeout'>

/** Returns the options for Fastify. `drain` is in milliseconds. */
export const ownAppOptions = ({ logger }: ServerDefinition, { drain, logs }: { readonly drain: number; readonly logs: boolean }): OwnAppOptions => ({
  ...(logs && { loggerInstance: fastifyLogger(logger) }),
  forceCloseConnections: true, // Idle connections and event streams would otherwise delay the shutdown. Requests in flight have been awaited by then.
  pluginTimeout: Number.isFinite(drain) ? Math.ceil(toDelay(drain + PLUGIN_TIMEOUT)) : 0, // The timeout also limits closing. Fastify accepts whole numbers only.
  return503OnClosing: false, // Requests that arrive during the shutdown are still handled if possible.
  requestTimeout: REQUEST_TIMEOUT,
})

/** Logs each request, without its query, which may contain secrets. Responds with 405 if only other methods of the path have a route. */
export function followRequests(app: FastifyInstance, server: ServerDefinition): void {
  app.addHook('onRequest', (request, reply, done) => {
    if ((request.log as Partial<Logger>).isLevelEnabled?.('debug') !== false) noteAnswer(request, reply)
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

/** Makes 404 replies name the path of the endpoint. Only for applications to which no other code adds routes. */
export function pointTo(app: FastifyInstance, endpoint: string): void {
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ statusCode: 404, error: 'Not Found', message: `No route for ${request.method} ${pathOf(request)}. The MCP endpoint is ${endpoint}` }))
}

/** Logs the reply. It uses the `close` listener that each reply has anyway: a Fastify hook would cost two more listeners and a clock reading. */
function noteAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const begun = performance.now()
  onReplyDone(request.raw, reply.raw, () => {
    if (!reply.raw.writableEnded) return // The client disconnected first.
    request.log.debug({ method: request.method, path: pathOf(request), status: reply.statusCode, ms: Math.round(performance.now() - begun) }, 'Answered')
  })
}

const pathOf = ({ url }: FastifyRequest): string => targetOf(url).split('?', 1)[0] ?? '/'
