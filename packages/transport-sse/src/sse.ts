/** `sse()`: the legacy transport on a port of its own. */
import { GangwayError, variable, type Running, type ServerDefinition, type Transport } from '@gangway/core'
import { followRequests, guardVariables, hostLogger, listen, mountProbes, type ListenOptions } from '@gangway/core/web'
import Fastify, { LogController, type FastifyServerOptions } from 'fastify'
import { mount, type SseEndpointOptions } from './plugin.ts'
import { SseSessions } from './sessions.ts'

/** `path` defaults to `GANGWAY_PATH`, else '/sse'. */
export interface SseOptions extends ListenOptions, SseEndpointOptions {
  /** Laid over the settings of the Fastify application itself, such as `trustProxy`. */
  fastify?: FastifyServerOptions
}

/** HTTP+SSE, for clients of revision 2024-11-05. Deprecated since 2025-03-26: newer clients use Streamable HTTP. */
export function sse(options: SseOptions = {}): Transport {
  withSessions(options)
  return {
    name: 'sse',
    configure: (changes: SseOptions & { sessions?: string }): Transport => sse({ ...options, ...withSessions(changes) }),
    serve: (server: ServerDefinition): Promise<Running> => serveSse(server, options),
  }
}

/** A command line may ask any transport to keep no sessions. */
function withSessions({ sessions, ...options }: SseOptions & { readonly sessions?: string | undefined }): SseOptions {
  if (sessions === 'stateless') throw new GangwayError('GANGWAY_E_USAGE', 'HTTP+SSE is all sessions and cannot be stateless: choose the http transport, or leave it out')
  return options
}

/** Milliseconds that a client gets to send a request, its body included. */
const REQUEST_TIMEOUT = 60_000

async function serveSse(server: ServerDefinition, { path = variable('GANGWAY_PATH') ?? '/sse', fastify, ...given }: SseOptions): Promise<Running> {
  withSessions({ sessions: variable('GANGWAY_SESSIONS') })
  const options = { ...guardVariables(), ...given }
  const sessions = new SseSessions(server, options)
  const app = Fastify({
    ...(fastify?.logger === undefined && { loggerInstance: hostLogger(server.logger) }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true, // The event streams are open for as long as their clients like; by then, calls in flight have been waited for.
    pluginTimeout: 0,
    return503OnClosing: false, // What can still be answered is.
    requestTimeout: REQUEST_TIMEOUT,
    ...fastify,
  })
  followRequests(app, server)
  app.register(async (scope) => mount(scope, server, sessions, { ...options, path }))
  app.register(async () => mountProbes(app, () => !sessions.draining))
  return listen(app, options, path, () => sessions.abort())
}
