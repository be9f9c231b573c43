/** `mcpSse`: the two endpoints of the HTTP+SSE transport as a Fastify plugin. */
import { Readable } from 'node:stream'
import { GangwayError, type ServerDefinition } from '@gangway/core'
import { BODY_LIMIT, checkBatch, checkNumber, checkOptions, checkServer, memoryOfText, parseJson, parseMessage, requestsIn, type OptionNames } from '@gangway/core/internal'
import { callerOf, checkPath, checkRoutePaths, decodeBody, RequestGate, GATE_OPTIONS, isEndpointPath, isBrowserVisit, requestLogFields, preflightHeaders, requireJson, SSE_HEADERS, BROWSER_PAGE, type GateOptions } from '@gangway/core/internal/http'
import { bindLifecycle, protectScope, headOf, mountDocuments, mountRoutes, onReplyDone, sourceOf } from '@gangway/http-server'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RegisterOptions } from 'fastify'
import { LIMITS, SseSessions, type SseLimits, type SseStats } from './sse-sessions.ts'

export interface SseEndpointOptions extends GateOptions, Partial<SseLimits> {
  /** Path of the event stream. @default '/sse' */
  path?: string
  /** Path that clients post messages to. @default '/messages' */
  messagesPath?: string
  /** Maximum body size in bytes. @default 4 MiB */
  bodyLimit?: number | undefined
  /** Called once the server is mounted, with an object that returns statistics. */
  onMount?: (mounted: MountedSse) => void
}

export const SSE_ENDPOINT_OPTIONS: OptionNames<SseEndpointOptions> = { ...GATE_OPTIONS, ...LIMITS, path: true, messagesPath: true, bodyLimit: true, onMount: true }

export interface MountedSse {
  /** Returns the current numbers of sessions and requests. */
  stats(): SseStats
}

export interface McpSseOptions extends SseEndpointOptions {
  server: ServerDefinition
}

/** Includes Fastify's own registration options, because Fastify passes them to the plugin. */
const OPTIONS: OptionNames<McpSseOptions & RegisterOptions> = { ...SSE_ENDPOINT_OPTIONS, server: true, prefix: true, logLevel: true, logSerializers: true }

/**
 * Mounts a server and its custom routes in a Fastify application, for clients of revision 2024-11-05:
 * `app.register(mcpSse, { server })`. Paths are relative to the prefix of the registration.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`.
 */
export const mcpSse: FastifyPluginAsync<McpSseOptions> = async (app, given) => {
  checkServer(given.server, 'app.register(mcpSse, { server })')
  checkOptions('mcpSse', given, OPTIONS)
  const { server, ...options } = given
  mount(app, server, new SseSessions(server, options), options)
}

/** `app` must be a separate Fastify scope, so that the hooks apply to this server only. */
export function mount(app: FastifyInstance, server: ServerDefinition, sessions: SseSessions, { path = '/sse', messagesPath = '/messages', bodyLimit = 4 * 1024 * 1024, onMount, ...options }: SseEndpointOptions): void {
  checkNumber('bodyLimit', bodyLimit, BODY_LIMIT)
  checkPath('path', path)
  checkPath('messagesPath', messagesPath)
  if (isEndpointPath(path, messagesPath)) throw new GangwayError('GANGWAY_E_USAGE', `path and messagesPath are both ${path}. Change one of them`)
  for (const own of [path, messagesPath]) checkRoutePaths(server, own)
  const gate = new RequestGate(options, server)
  bindLifecycle(app, server, () => sessions.drain())
  app.register(async (scope) => mountEndpoints(scope, sessions, gate, { path, messagesPath, bodyLimit }))
  mountDocuments(app, gate.documents)
  mountRoutes(app, server, { gate, bodyLimit, load: sessions.load })
  onMount?.({ stats: () => sessions.stats() })
}

function mountEndpoints(scope: FastifyInstance, sessions: SseSessions, gate: RequestGate, { path, messagesPath, bodyLimit }: { path: string; messagesPath: string; bodyLimit: number }): void {
  const authOf = protectScope(scope, { gate, bodyLimit, load: sessions.load, isPublic: false, parseBody: decodeBody, isOpen: isBrowserVisit })
  for (const url of [path, messagesPath]) scope.options(url, preflight)

  // A HEAD request would open a stream that is never read.
  scope.get(path, { exposeHeadRoute: false }, async (request, reply) => {
    if (isBrowserVisit(headOf(request))) return reply.code(BROWSER_PAGE.status).headers(BROWSER_PAGE.headers).send(BROWSER_PAGE.body)
    const session = sessions.open(authOf(request), sourceOf(request))
    session.stream.send({ event: 'endpoint', data: `${scope.prefix}${messagesPath}?sessionId=${session.id}` })
    onReplyDone(request.raw, reply.raw, () => session.stream.cancel())
    request.socket.setTimeout?.(0) // The stream may be silent for longer than the application's socket timeout. Requests of `inject()` have no real socket.
    return reply.headers(SSE_HEADERS).send(Readable.from(session.stream, { objectMode: false }))
  })
  scope.post<{ Querystring: { sessionId?: string }; Body: string | undefined }>(messagesPath, async (request, reply) => {
    requireJson(request.headers['content-type'])
    const auth = authOf(request)
    const session = sessions.find(request.query.sessionId ?? '', auth)
    const text = request.body ?? ''
    const held = sessions.load.hold(callerOf(auth, sourceOf(request)), memoryOfText(text))
    try {
      const value = parseJson(text)
      const message = Array.isArray(value) ? undefined : parseMessage(value)
      request.log = reply.log = request.log.child({ mcp: requestLogFields(value, session.id) })
      if (Array.isArray(value)) checkBatch(value, session.session.record?.revision)
      gate.authorize([value].flat(), auth)
      const requests = requestsIn([value].flat())
      sessions.requireRoom(session, requests)
      if (requests > 0) held.requireRoom(requests)
      const options = { auth, enter: held.enter }
      void (message ? session.receive(message, options) : session.receiveBatch(value as unknown[], options)) // Not awaited: the response is written to the event stream.
    } finally {
      held.release()
    }
    return reply.code(202).send()
  })
}

const preflight = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => reply.code(204).headers(preflightHeaders(headOf(request))).send()
