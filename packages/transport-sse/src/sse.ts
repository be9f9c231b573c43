/** `sse()`: the legacy HTTP+SSE transport as a standalone server that listens on a port. */
import { GangwayError, type Running, type ServerDefinition, type Transport } from '@gangway/core'
import { checkOptions, variable, type OptionNames } from '@gangway/core/internal'
import { followRequests, hostVariables, listen, LISTEN_OPTIONS, mountProbes, ownAppOptions, pointTo, type ListenOptions } from '@gangway/http-server'
import Fastify, { LogController, type FastifyServerOptions } from 'fastify'
import { mount, SSE_ENDPOINT_OPTIONS, type SseEndpointOptions } from './plugin.ts'
import { SseSessions } from './sse-sessions.ts'

/** `path` defaults to `GANGWAY_PATH`, else '/sse'. */
export interface SseOptions extends ListenOptions, SseEndpointOptions {
  /** Fastify options, such as `trustProxy`. They override those that the application sets itself. */
  fastify?: FastifyServerOptions
}

const OPTIONS: OptionNames<SseOptions> = { ...LISTEN_OPTIONS, ...SSE_ENDPOINT_OPTIONS, fastify: true }

/** Serves clients of revision 2024-11-05. Deprecated since 2025-03-26: newer clients use Streamable HTTP. Throws `GANGWAY_E_USAGE`. */
export function sse(given: SseOptions = {}): Transport {
  const options = withSessions(given)
  checkOptions('sse()', options, OPTIONS)
  return {
    name: 'sse',
    configure: (changes: SseOptions & { sessions?: string }): Transport => sse({ ...options, ...withSessions(changes) }),
    serve: (server: ServerDefinition): Promise<Running> => serveSse(server, options),
  }
}

/** Removes the `sessions` option, which the command line passes to every transport. Throws `GANGWAY_E_USAGE` if it disables sessions. */
function withSessions({ sessions, ...options }: SseOptions & { readonly sessions?: string | undefined }): SseOptions {
  if (sessions === 'none') throw new GangwayError('GANGWAY_E_USAGE', "The sse transport requires sessions and does not support sessions: 'none'. Use the http transport, or remove it")
  return options
}

async function serveSse(server: ServerDefinition, { path = variable('GANGWAY_PATH') ?? '/sse', fastify, ...given }: SseOptions): Promise<Running> {
  withSessions({ sessions: variable('GANGWAY_SESSIONS') })
  const options = { ...hostVariables(), ...given }
  const sessions = new SseSessions(server, options)
  const app = Fastify({
    logController: new LogController({ disableRequestLogging: true }),
    ...ownAppOptions(server, { drain: sessions.limits.drainTimeout, logs: fastify?.logger === undefined }),
    ...fastify,
  })
  followRequests(app, server)
  pointTo(app, path)
  app.register(async (scope) => mount(scope, server, sessions, { ...options, path }))
  app.register(async () => mountProbes(app, () => !sessions.draining))
  return listen(app, options, { path, logger: server.logger, abort: () => sessions.abort() })
}
