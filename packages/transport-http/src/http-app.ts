/** `httpApp()`: the stand-alone Fastify application around one server. */
import { checkOptions, checkServer, type OptionNames, type ServerDefinition } from '@gangway/core'
import { followRequests, mountProbes, ownAppOptions } from '@gangway/core/web'
import Fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { Endpoint } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import { mount, MOUNT_OPTIONS, type MountOptions } from './plugin.ts'

export interface HttpAppOptions extends EndpointOptions, MountOptions {
  /** Laid over the settings of the application itself, such as `trustProxy`. */
  fastify?: FastifyServerOptions
}

export const APP_OPTIONS: OptionNames<HttpAppOptions> = { ...ENDPOINT_OPTIONS, ...MOUNT_OPTIONS, fastify: true }

/**
 * The endpoint, the custom routes of the server, and `/livez` and `/readyz`, in an application that does not listen yet: add plugins, hooks
 * and routes, then `listen()`, or `inject()`.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`, some of them only when it becomes ready.
 */
export function httpApp(server: ServerDefinition, options: HttpAppOptions = {}): FastifyInstance {
  checkServer(server, 'httpApp(server)')
  checkOptions('httpApp()', options, APP_OPTIONS)
  return createApp(server, options).app
}

export function createApp(server: ServerDefinition, { path, maxBody, onMount, fastify, ...options }: HttpAppOptions): { app: FastifyInstance; endpoint: Endpoint } {
  const endpoint = new Endpoint(server, options)
  const app = Fastify({
    logController: new LogController({ disableRequestLogging: true }), // There is one line for each request, and it says what it was about.
    ...ownAppOptions(server, { drain: endpoint.limits.drain, logs: fastify?.logger === undefined }),
    ...fastify,
  })
  followRequests(app, server)
  app.register(async (scope) => mount(scope, server, endpoint, { path, maxBody, onMount }))
  app.register(async () => mountProbes(app, () => !endpoint.closing))
  return { app, endpoint }
}
