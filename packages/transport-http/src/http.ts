/** `http()`: the transport that listens on a port of its own. */
import { variable, type Running, type ServerDefinition, type Transport } from '@gangway/core'
import { listen, type ListenOptions } from '@gangway/core/web'
import Fastify from 'fastify'
import { Endpoint, type EndpointOptions } from './endpoint.ts'
import { mount } from './plugin.ts'

export interface HttpOptions extends ListenOptions, EndpointOptions {
  /** Served with and without a trailing slash. @default `GANGWAY_PATH`, else '/mcp' */
  path?: string
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number
}

/** Streamable HTTP, for every revision on one path. Specification: basic/transports, Streamable HTTP. */
export function http(options: HttpOptions = {}): Transport {
  return {
    name: 'http',
    configure: (changes: HttpOptions): Transport => http({ ...options, ...changes }),
    serve: (server: ServerDefinition): Promise<Running> => serveHttp(server, options),
  }
}

async function serveHttp(server: ServerDefinition, { path = variable('GANGWAY_PATH') ?? '/mcp', maxBody, ...options }: HttpOptions): Promise<Running> {
  const endpoint = new Endpoint(server, options)
  // A socket that a client opened and never used would hold up the end; by then, calls in flight have been waited for.
  const app = Fastify({ forceCloseConnections: true })
  await app.register(async (scope) => mount(scope, server, endpoint, { path, maxBody }))
  return listen(app, options, path, () => endpoint.abort())
}
