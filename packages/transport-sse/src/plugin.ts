/** `mcpSse`: the two endpoints of the legacy transport as a Fastify plugin. */
import { Readable } from 'node:stream'
import type { ServerDefinition } from '@gangway/core'
import { atMost, parseJson, parseMessage, UnderWay } from '@gangway/core/jsonrpc'
import { createGuard, decodeBody, HttpError, refusalOf, SSE_HEADERS, type GuardOptions } from '@gangway/core/web'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { SseSessions } from './sessions.ts'

export interface SseEndpointOptions extends GuardOptions {
  /** Where the client opens its event stream. @default '/sse' */
  path?: string
  /** Where the client posts its messages. @default '/messages' */
  messagesPath?: string
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number
  /** Milliseconds that calls in flight get to finish when the application closes. @default 10,000 */
  drain?: number
}

export interface McpSseOptions extends SseEndpointOptions {
  server: ServerDefinition
}

/** Mounts a server in a Fastify application, for clients of revision 2024-11-05. Paths are below the prefix of the registration. */
export const mcpSse: FastifyPluginAsync<McpSseOptions> = async (app, { server, ...options }) => {
  mount(app, server, new SseSessions(server), options)
}

/** Milliseconds that replies which are complete get to leave, once nothing is in flight any more. */
const FLUSH_TIME = 1000

/** Must be given a scope of its own: its body parser, hooks and error handler are for these endpoints alone. */
export function mount(app: FastifyInstance, server: ServerDefinition, sessions: SseSessions, options: SseEndpointOptions): void {
  const { path = '/sse', messagesPath = '/messages', maxBody = 4 * 1024 * 1024, drain = 10_000, ...guarded } = options
  const guard = createGuard(guarded)
  let opened = false
  app.addHook('onReady', async () => {
    await server.open()
    opened = true
  })
  const replies = new UnderWay()
  app.addHook('preClose', async () => {
    await sessions.close(drain)
    await atMost(FLUSH_TIME, replies.none())
  })
  app.addHook('onClose', async () => {
    if (opened) await server.close()
  })
  app.addHook('onRequest', async (request, reply) => {
    replies.begin()
    reply.raw.once('close', () => replies.end())
    const refusal = guard(request.headers.host, request.headers.origin)
    if (refusal) throw new HttpError(403, refusal)
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: maxBody }, async (_request: FastifyRequest, body: Buffer) => decodeBody(body))
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = refusalOf(error)
    if (status >= 500) request.log.error(error)
    return reply.code(status).send(body)
  })

  app.get(path, async (_request, reply) => {
    const session = sessions.open()
    session.stream.send({ event: 'endpoint', data: `${app.prefix}${messagesPath}?sessionId=${session.id}` })
    return reply.headers(SSE_HEADERS).send(Readable.from(session.stream, { objectMode: false }))
  })
  app.post<{ Querystring: { sessionId?: string }; Body: string }>(messagesPath, async ({ query, body }, reply) => {
    const session = sessions.get(query.sessionId ?? '')
    if (!session) throw new HttpError(404, 'The session is unknown or has ended: open a new event stream')
    const value = parseJson(body)
    void (Array.isArray(value) ? session.receiveBatch(value) : session.receive(parseMessage(value))) // Not awaited: the answer has a way of its own.
    return reply.code(202).send()
  })
}
