/** `mcpHttp`: the endpoint as a Fastify plugin. */
import { Readable } from 'node:stream'
import { BODY_LIMIT, checkNumber, checkOptions, checkServer, type OptionNames, type ServerDefinition } from '@gangway/core'
import { isLater } from '@gangway/core/jsonrpc'
import { checkPath, checkRoutePaths, decodeBody, EventStream, followLife, guardScope, hasLeft, isVisit, mountDocuments, mountRoutes, onClientGone, spellings, waitInLine } from '@gangway/core/web'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RegisterOptions } from 'fastify'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'

export interface MountOptions {
  /** Below the prefix of the registration, and served with and without a trailing slash. @default '/mcp' */
  path?: string | undefined
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number | undefined
  /** Called once it is mounted, with what can be asked of it from then on. */
  onMount?: ((mounted: Mounted) => void) | undefined
}

export const MOUNT_OPTIONS: OptionNames<MountOptions> = { path: true, maxBody: true, onMount: true }

export interface Mounted {
  /** What it holds at this moment. */
  stats(): EndpointStats
}

export interface McpHttpOptions extends EndpointOptions, MountOptions {
  server: ServerDefinition
}

/** Fastify has some of its own, and gives them to the plugin as well. */
const OPTIONS: OptionNames<McpHttpOptions & RegisterOptions> = { ...ENDPOINT_OPTIONS, ...MOUNT_OPTIONS, server: true, prefix: true, logLevel: true, logSerializers: true }

/**
 * Mounts a server, and its custom routes, in a Fastify application. Host and Origin are checked against loopback names unless `allowedHosts` says otherwise.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`.
 */
export const mcpHttp: FastifyPluginAsync<McpHttpOptions> = async (app, given) => {
  checkServer(given.server, 'app.register(mcpHttp, { server })')
  checkOptions('mcpHttp', given, OPTIONS)
  const { server, path, maxBody, onMount, ...options } = given
  mount(app, server, new Endpoint(server, options), { path, maxBody, onMount })
}

/** Must be given a scope of its own: its hooks are for the server alone. */
export function mount(app: FastifyInstance, server: ServerDefinition, endpoint: Endpoint, { path = '/mcp', maxBody = 4 * 1024 * 1024, onMount }: MountOptions): void {
  checkNumber('maxBody', maxBody, BODY_LIMIT)
  checkPath('path', path)
  checkRoutePaths(server, path)
  followLife(app, server, () => endpoint.close())
  app.register(async (scope) => mountEndpoint(scope, endpoint, path, maxBody))
  mountDocuments(app, endpoint.gate.documents)
  mountRoutes(app, server, { gate: endpoint.gate, maxBody, bodies: endpoint.bodies })
  onMount?.({ stats: () => endpoint.stats() })
}

function mountEndpoint(scope: FastifyInstance, endpoint: Endpoint, path: string, maxBody: number): void {
  const authOf = guardScope(scope, { gate: endpoint.gate, maxBody, bodies: endpoint.bodies, isPublic: false, parseBody: decodeBody, isOpen: isVisit, admit: (head, source) => endpoint.admit(head, source) })
  /** No async function: most replies are there at once, and Fastify takes those without a promise. */
  const handler = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined => {
    const onGone = (listener: () => void): void => onClientGone(request.raw, reply.raw, listener)
    const send = ({ status, headers, body }: HttpReply): FastifyReply => {
      reply.code(status).headers(headers)
      if (!(body instanceof EventStream)) {
        waitInLine(request.raw, reply.raw, Buffer.byteLength(body ?? ''), endpoint.limits.maxQueued)
        return reply.send(body)
      }
      onGone(() => body.cancel())
      request.socket.setTimeout?.(0) // It may be silent for longer than an application lets its connections be; what `inject()` has is no socket.
      return reply.send(Readable.from(body, { objectMode: false }))
    }
    const answer = endpoint.handle({
      method: request.method,
      body: typeof request.body === 'string' ? request.body : '',
      auth: authOf(request),
      header: (name) => request.headers[name]?.toString(),
      source: request,
      gone: hasLeft(request.raw),
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
