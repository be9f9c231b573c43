/** `mcpHttp`: the endpoint as a Fastify plugin. */
import { Readable } from 'node:stream'
import type { ServerDefinition } from '@gangway/core'
import { BODY_LIMIT, checkNumber, checkOptions, checkServer, isLater, type OptionNames } from '@gangway/core/internal'
import { checkPath, checkRoutePaths, decodeBody, EventStream, isBrowserVisit, spellings } from '@gangway/core/internal/http'
import { bindLifecycle, protectScope, isDisconnected, mountDocuments, mountRoutes, onDisconnect, trackPipelinedReply, sourceOf } from '@gangway/http-server'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RegisterOptions } from 'fastify'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'

export interface MountOptions {
  /** Path of the endpoint relative to the prefix of the registration, with or without a trailing slash. @default '/mcp' */
  path?: string | undefined
  /** Maximum body size in bytes. @default 4 MiB */
  bodyLimit?: number | undefined
  /** Called once the server is mounted, with an object that returns statistics. */
  onMount?: ((mounted: Mounted) => void) | undefined
}

export const MOUNT_OPTIONS: OptionNames<MountOptions> = { path: true, bodyLimit: true, onMount: true }

export interface Mounted {
  /** Returns the current numbers of sessions, streams and requests. */
  stats(): EndpointStats
}

export interface McpHttpOptions extends EndpointOptions, MountOptions {
  server: ServerDefinition
}

/** Includes Fastify's own registration options, because Fastify passes them to the plugin. */
const OPTIONS: OptionNames<McpHttpOptions & RegisterOptions> = { ...ENDPOINT_OPTIONS, ...MOUNT_OPTIONS, server: true, prefix: true, logLevel: true, logSerializers: true }

/**
 * Mounts a server and its custom routes in a Fastify application: `app.register(mcpHttp, { server })`.
 * Only loopback names are accepted in Host and Origin unless `allowedHosts` is set.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`.
 */
export const mcpHttp: FastifyPluginAsync<McpHttpOptions> = async (app, given) => {
  checkServer(given.server, 'app.register(mcpHttp, { server })')
  checkOptions('mcpHttp', given, OPTIONS)
  const { server, path, bodyLimit, onMount, ...options } = given
  mount(app, server, new Endpoint(server, options), { path, bodyLimit, onMount })
}

/** `app` must be a separate Fastify scope, so that the hooks apply to this server only. */
export function mount(app: FastifyInstance, server: ServerDefinition, endpoint: Endpoint, { path = '/mcp', bodyLimit = 4 * 1024 * 1024, onMount }: MountOptions): void {
  checkNumber('bodyLimit', bodyLimit, BODY_LIMIT)
  checkPath('path', path)
  checkRoutePaths(server, path)
  bindLifecycle(app, server, () => endpoint.close())
  app.register(async (scope) => mountEndpoint(scope, endpoint, path, bodyLimit))
  mountDocuments(app, endpoint.gate.documents)
  mountRoutes(app, server, { gate: endpoint.gate, bodyLimit, load: endpoint.load })
  onMount?.({ stats: () => endpoint.stats() })
}

function mountEndpoint(scope: FastifyInstance, endpoint: Endpoint, path: string, bodyLimit: number): void {
  const authOf = protectScope(scope, { gate: endpoint.gate, bodyLimit, load: endpoint.load, isPublic: false, parseBody: decodeBody, isOpen: isBrowserVisit, admit: (head, source) => endpoint.admit(head, source) })
  /** Not an async function: most replies are available synchronously, and Fastify sends them without the cost of a promise. */
  const handler = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined => {
    const onGone = (listener: () => void): void => onDisconnect(request.raw, reply.raw, listener)
    const send = ({ status, headers, body }: HttpReply): FastifyReply => {
      reply.code(status).headers(headers)
      if (!(body instanceof EventStream)) {
        trackPipelinedReply(request.raw, reply.raw, Buffer.byteLength(body ?? ''), endpoint.limits.queueBytes)
        return reply.send(body)
      }
      onGone(() => body.cancel())
      request.socket.setTimeout?.(0) // The stream may be silent for longer than the application's socket timeout. Requests of `inject()` have no real socket.
      return reply.send(Readable.from(body, { objectMode: false }))
    }
    const answer = endpoint.handle({
      method: request.method,
      body: typeof request.body === 'string' ? request.body : '',
      auth: authOf(request),
      header: (name) => request.headers[name]?.toString(),
      source: sourceOf(request),
      gone: isDisconnected(request.raw),
      onGone,
      note: (about) => (request.log = reply.log = request.log.child({ mcp: about })),
    })
    if (isLater(answer)) return answer.then(send)
    send(answer)
    return undefined
  }
  const { ignoreTrailingSlash, routerOptions } = scope.initialConfig
  const [first = path, second] = spellings(path)
  scope.all(first, handler)
  if (second !== undefined && !(routerOptions?.ignoreTrailingSlash ?? ignoreTrailingSlash)) scope.all(second, handler)
}
