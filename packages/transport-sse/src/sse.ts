/** `sse()`: the legacy transport on a port of its own. */
import { checkOptions, GangwayError, variable, type OptionNames, type Running, type ServerDefinition, type Transport } from '@gangway/core'
import { followRequests, guardVariables, listen, LISTEN_OPTIONS, mountProbes, ownAppOptions, pointTo, type ListenOptions } from '@gangway/core/web'
import Fastify, { LogController, type FastifyServerOptions } from 'fastify'
import { mount, SSE_ENDPOINT_OPTIONS, type SseEndpointOptions } from './plugin.ts'
import { SseSessions } from './sessions.ts'

/** `path` defaults to `GANGWAY_PATH`, else '/sse'. */
export interface SseOptions extends ListenOptions, SseEndpointOptions {
  /** Laid over the settings of the Fastify application itself, such as `trustProxy`. */
  fastify?: FastifyServerOptions
}

const OPTIONS: OptionNames<SseOptions> = { ...LISTEN_OPTIONS, ...SSE_ENDPOINT_OPTIONS, fastify: true }

/** HTTP+SSE, for clients of revision 2024-11-05. Deprecated since 2025-03-26: newer clients use Streamable HTTP. Throws `GANGWAY_E_USAGE`. */
export function sse(given: SseOptions = {}): Transport {
  const options = withSessions(given)
  checkOptions('sse()', options, OPTIONS)
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

async function serveSse(server: ServerDefinition, { path = variable('GANGWAY_PATH') ?? '/sse', fastify, ...given }: SseOptions): Promise<Running> {
  withSessions({ sessions: variable('GANGWAY_SESSIONS') })
  const options = { ...guardVariables(), ...given }
  const sessions = new SseSessions(server, options)
  const app = Fastify({
    logController: new LogController({ disableRequestLogging: true }),
    ...ownAppOptions(server, { drain: sessions.limits.drain, logs: fastify?.logger === undefined }),
    ...fastify,
  })
  followRequests(app, server)
  pointTo(app, path)
  app.register(async (scope) => mount(scope, server, sessions, { ...options, path }))
  app.register(async () => mountProbes(app, () => !sessions.draining))
  return listen(app, options, path, () => sessions.abort())
}
