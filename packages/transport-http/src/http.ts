/** `http()`: the Streamable HTTP transport as a standalone server that listens on a port. */
import { GangwayError, type Running, type ServerDefinition, type Transport } from '@gangway/core'
import { checkOptions, variable, type OptionNames } from '@gangway/core/internal'
import { hostVariables, listen, LISTEN_OPTIONS, pointTo, type ListenOptions } from '@gangway/http-server'
import { APP_OPTIONS, createApp, type HttpAppOptions } from './http-app.ts'

/** `path` defaults to `GANGWAY_PATH`, else '/mcp'; `sessions` to `GANGWAY_SESSIONS`, else 'legacy'. */
export interface HttpOptions extends ListenOptions, HttpAppOptions {}

const OPTIONS: OptionNames<HttpOptions> = { ...LISTEN_OPTIONS, ...APP_OPTIONS }

/** Serves every protocol revision on one path. Throws `GANGWAY_E_USAGE`. Specification: basic/transports, Streamable HTTP. */
export function http(options: HttpOptions = {}): Transport {
  checkOptions('http()', options, OPTIONS)
  return {
    name: 'http',
    configure: (changes: HttpOptions): Transport => http({ ...options, ...changes }),
    serve: (server: ServerDefinition): Promise<Running> => serveHttp(server, options),
  }
}

async function serveHttp(server: ServerDefinition, { path = variable('GANGWAY_PATH') ?? '/mcp', sessions = sessionsVariable(), ...given }: HttpOptions): Promise<Running> {
  const options = { ...hostVariables(), ...given }
  const { app, endpoint } = createApp(server, { ...options, path, sessions })
  pointTo(app, path)
  return listen(app, options, { path, logger: server.logger, abort: () => endpoint.abort() })
}

function sessionsVariable(): 'legacy' | 'none' {
  const value = variable('GANGWAY_SESSIONS') ?? 'legacy'
  if (value !== 'legacy' && value !== 'none') throw new GangwayError('GANGWAY_E_USAGE', `GANGWAY_SESSIONS must be legacy or none, not "${value}"`)
  return value
}
