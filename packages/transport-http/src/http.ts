/** `http()`: the transport that listens on a port of its own. */
import { variable, type Running, type ServerDefinition, type Transport } from '@gangway/core'
import { listen, type ListenOptions } from '@gangway/core/web'
import { createApp, type HttpAppOptions } from './http-app.ts'

/** `path` defaults to `GANGWAY_PATH`, else '/mcp'. */
export interface HttpOptions extends ListenOptions, HttpAppOptions {}

/** Streamable HTTP, for every revision on one path. Specification: basic/transports, Streamable HTTP. */
export function http(options: HttpOptions = {}): Transport {
  return {
    name: 'http',
    configure: (changes: HttpOptions): Transport => http({ ...options, ...changes }),
    serve: (server: ServerDefinition): Promise<Running> => serveHttp(server, options),
  }
}

async function serveHttp(server: ServerDefinition, { path = variable('GANGWAY_PATH') ?? '/mcp', ...options }: HttpOptions): Promise<Running> {
  const { app, endpoint } = createApp(server, { ...options, path })
  return listen(app, options, path, () => endpoint.abort())
}
