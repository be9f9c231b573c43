/** `sse()`: the legacy transport on a port of its own. */
import { variable, type Running, type ServerDefinition, type Transport } from '@gangway/core'
import { listen, type ListenOptions } from '@gangway/core/web'
import Fastify from 'fastify'
import { mount, type SseEndpointOptions } from './plugin.ts'
import { SseSessions } from './sessions.ts'

/** `path` defaults to `GANGWAY_PATH`, else '/sse'. */
export interface SseOptions extends ListenOptions, SseEndpointOptions {}

/** HTTP+SSE, for clients of revision 2024-11-05. Deprecated since 2025-03-26: newer clients use Streamable HTTP. */
export function sse(options: SseOptions = {}): Transport {
  return {
    name: 'sse',
    configure: (changes: SseOptions): Transport => sse({ ...options, ...changes }),
    serve: (server: ServerDefinition): Promise<Running> => serveSse(server, options),
  }
}

async function serveSse(server: ServerDefinition, { path = variable('GANGWAY_PATH') ?? '/sse', ...options }: SseOptions): Promise<Running> {
  const sessions = new SseSessions(server)
  // The event streams are open for as long as their clients like; by then, calls in flight have been waited for.
  const app = Fastify({ forceCloseConnections: true })
  await app.register(async (scope) => mount(scope, server, sessions, { ...options, path }))
  return listen(app, options, path, () => sessions.abort())
}
