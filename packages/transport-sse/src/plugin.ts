/** `mcpSse`: the two endpoints of the legacy transport as a Fastify plugin. */
import { Readable } from 'node:stream'
import { BODY_LIMIT, checkBatch, checkNumber, checkOptions, checkServer, GangwayError, type OptionNames, type ServerDefinition } from '@gangway/core'
import { parseJson, parseMessage, requestsIn } from '@gangway/core/jsonrpc'
import { checkPath, checkRoutePaths, decodeBody, followLife, Gate, GATE_OPTIONS, guardScope, headOf, isEndpointPath, isVisit, mountDocuments, mountRoutes, noteOf, onReplyOver, preflightHeaders, requireJson, reservationOf, SSE_HEADERS, VISIT, type GateOptions } from '@gangway/core/web'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RegisterOptions } from 'fastify'
import { LIMITS, SseSessions, type SseLimits, type SseStats } from './sessions.ts'

export interface SseEndpointOptions extends GateOptions, Partial<SseLimits> {
  /** Where the client opens its event stream. @default '/sse' */
  path?: string
  /** Where the client posts its messages. @default '/messages' */
  messagesPath?: string
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number | undefined
  /** Called once it is mounted, with what can be asked of it from then on. */
  onMount?: (mounted: MountedSse) => void
}

export const SSE_ENDPOINT_OPTIONS: OptionNames<SseEndpointOptions> = { ...GATE_OPTIONS, ...LIMITS, path: true, messagesPath: true, maxBody: true, onMount: true }

export interface MountedSse {
  /** What it holds at this moment. */
  stats(): SseStats
}

export interface McpSseOptions extends SseEndpointOptions {
  server: ServerDefinition
}

/** Fastify has some of its own, and gives them to the plugin as well. */
const OPTIONS: OptionNames<McpSseOptions & RegisterOptions> = { ...SSE_ENDPOINT_OPTIONS, server: true, prefix: true, logLevel: true, logSerializers: true }

/**
 * Mounts a server, and its custom routes, in a Fastify application, for clients of revision 2024-11-05. Paths are below the prefix of the registration.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`.
 */
export const mcpSse: FastifyPluginAsync<McpSseOptions> = async (app, given) => {
  checkServer(given.server, 'app.register(mcpSse, { server })')
  checkOptions('mcpSse', given, OPTIONS)
  const { server, ...options } = given
  mount(app, server, new SseSessions(server, options), options)
}

/** Must be given a scope of its own: its hooks are for the server alone. */
export function mount(app: FastifyInstance, server: ServerDefinition, sessions: SseSessions, { path = '/sse', messagesPath = '/messages', maxBody = 4 * 1024 * 1024, onMount, ...options }: SseEndpointOptions): void {
  checkNumber('maxBody', maxBody, BODY_LIMIT)
  checkPath('path', path)
  checkPath('messagesPath', messagesPath)
  if (isEndpointPath(path, messagesPath)) throw new GangwayError('GANGWAY_E_USAGE', `path and messagesPath are both ${path}: choose another for one of them`)
  for (const own of [path, messagesPath]) checkRoutePaths(server, own)
  const gate = new Gate(options, server)
  followLife(app, server, () => sessions.drain())
  app.register(async (scope) => mountEndpoints(scope, sessions, gate, { path, messagesPath, maxBody }))
  mountDocuments(app, gate.documents)
  mountRoutes(app, server, { gate, maxBody, bodies: sessions.bodies })
  onMount?.({ stats: () => sessions.stats() })
}

function mountEndpoints(scope: FastifyInstance, sessions: SseSessions, gate: Gate, { path, messagesPath, maxBody }: { path: string; messagesPath: string; maxBody: number }): void {
  const authOf = guardScope(scope, { gate, maxBody, bodies: sessions.bodies, isPublic: false, parseBody: decodeBody, isOpen: isVisit })
  for (const url of [path, messagesPath]) scope.options(url, preflight)

  // A HEAD would open a stream that nobody reads.
  scope.get(path, { exposeHeadRoute: false }, async (request, reply) => {
    if (isVisit(headOf(request))) return reply.code(VISIT.status).headers(VISIT.headers).send(VISIT.body)
    const session = sessions.open(authOf(request), request.ip)
    session.stream.send({ event: 'endpoint', data: `${scope.prefix}${messagesPath}?sessionId=${session.id}` })
    onReplyOver(request.raw, reply.raw, () => session.stream.cancel())
    request.socket.setTimeout?.(0) // It may be silent for longer than an application lets its connections be; what `inject()` has is no socket.
    return reply.headers(SSE_HEADERS).send(Readable.from(session.stream, { objectMode: false }))
  })
  scope.post<{ Querystring: { sessionId?: string }; Body: string | undefined }>(messagesPath, async (request, reply) => {
    requireJson(request.headers['content-type'])
    const auth = authOf(request)
    const session = sessions.find(request.query.sessionId ?? '', auth)
    const value = parseJson(request.body ?? '')
    const message = Array.isArray(value) ? undefined : parseMessage(value)
    request.log = reply.log = request.log.child({ mcp: noteOf(value, session.id) })
    if (Array.isArray(value)) checkBatch(value, session.session.record?.revision)
    gate.authorize([value].flat(), auth)
    sessions.requireRoom(session, requestsIn([value].flat()))
    const answered = message ? session.receive(message, auth) : session.receiveBatch(value as unknown[], auth) // Not awaited: the response leaves on the event stream.
    reservationOf(request)?.holdUntil(answered)
    return reply.code(202).send()
  })
}

const preflight = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => reply.code(204).headers(preflightHeaders(headOf(request))).send()
