/** `httpApp()`: a standalone Fastify application that serves one MCP server. */
import type { ServerDefinition } from '@gangway/core'
import { checkOptions, checkServer, type OptionNames } from '@gangway/core/internal'
import { followRequests, mountProbes, ownAppOptions } from '@gangway/http-server'
import Fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { Endpoint } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import { mount, MOUNT_OPTIONS, type MountOptions } from './plugin.ts'

export interface HttpAppOptions extends EndpointOptions, MountOptions {
  /** Fastify options, such as `trustProxy`. They override those that the application sets itself. */
  fastify?: FastifyServerOptions
}

export const APP_OPTIONS: OptionNames<HttpAppOptions> = { ...ENDPOINT_OPTIONS, ...MOUNT_OPTIONS, fastify: true }

/**
 * Creates an application with the MCP endpoint, the server's custom routes, `/livez` and `/readyz`. It does not listen yet:
 * add plugins, hooks and routes, then call `listen()` or `inject()`.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`, some of them only in `ready()`.
 */
export function httpApp(server: ServerDefinition, options: HttpAppOptions = {}): FastifyInstance {
  checkServer(server, 'httpApp(server)')
  checkOptions('httpApp()', options, APP_OPTIONS)
  return createApp(server, options).app
}

export function createApp(server: ServerDefinition, { path, bodyLimit, onMount, fastify, ...options }: HttpAppOptions): { app: FastifyInstance; endpoint: Endpoint } {
  const endpoint = new Endpoint(server, options)
  const app = Fastify({
    logController: new LogController({ disableRequestLogging: true }), // Requests are logged in one line with their MCP fields instead.
    ...ownAppOptions(server, { drain: endpoint.limits.drainTimeout, logs: fastify?.logger === undefined }),
    ...fastify,
  })
  followRequests(app, server)
  app.register(async (scope) => mount(scope, server, endpoint, { path, bodyLimit, onMount }))
  app.register(async () => mountProbes(app, () => !endpoint.closing))
  return { app, endpoint }
}
