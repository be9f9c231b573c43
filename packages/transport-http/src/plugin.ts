/** `mcpHttp`: the endpoint as a Fastify plugin. */
import { Readable } from 'node:stream'
import type { ServerDefinition } from '@gangway/core'
import { atMost, UnderWay } from '@gangway/core/jsonrpc'
import { decodeBody, EventStream, refusalOf } from '@gangway/core/web'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Endpoint, type EndpointOptions } from './endpoint.ts'

export interface MountOptions {
  /** Below the prefix of the registration, and served with and without a trailing slash. @default '/mcp' */
  path?: string | undefined
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number | undefined
}

export interface McpHttpOptions extends EndpointOptions, MountOptions {
  server: ServerDefinition
}

/** Mounts a server in a Fastify application. Host and Origin are checked against loopback names unless `allowedHosts` says otherwise. */
export const mcpHttp: FastifyPluginAsync<McpHttpOptions> = async (app, { server, path, maxBody, ...options }) => {
  mount(app, server, new Endpoint(server, options), { path, maxBody })
}

/** Milliseconds that replies which are complete get to leave, once nothing is in flight any more. */
const FLUSH_TIME = 1000

/** Must be given a scope of its own: its body parser and error handler are for the endpoint alone. */
export function mount(app: FastifyInstance, server: ServerDefinition, endpoint: Endpoint, { path = '/mcp', maxBody = 4 * 1024 * 1024 }: MountOptions): void {
  let opened = false
  app.addHook('onReady', async () => {
    await server.open()
    opened = true
  })
  const replies = new UnderWay()
  app.addHook('preClose', async () => {
    await endpoint.close()
    await atMost(FLUSH_TIME, replies.none())
  })
  app.addHook('onClose', async () => {
    if (opened) await server.close()
  })

  app.addHook('onRequest', async ({ headers }) => endpoint.admit(headers.host, headers.origin)) // A page of elsewhere does not get to send its body.
  // The endpoint parses bodies itself, so that what is wrong with them is answered as JSON-RPC wants it.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBody }, async (_request: FastifyRequest, body: Buffer) => decodeBody(body))
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = refusalOf(error)
    if (status >= 500) request.log.error(error)
    return reply.code(status).send(body)
  })

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    let gone: (() => void) | undefined
    replies.begin()
    reply.raw.once('close', () => {
      replies.end()
      if (!reply.raw.writableFinished) gone?.()
    })
    const { status, headers, body } = await endpoint.handle({
      method: request.method,
      body: typeof request.body === 'string' ? request.body : '',
      header: (name) => request.headers[name]?.toString(),
      onGone: (listener) => (gone = listener),
    })
    return reply.code(status).headers(headers).send(body instanceof EventStream ? Readable.from(body, { objectMode: false }) : body)
  }
  const trimmed = path.replace(/\/+$/, '')
  for (const url of new Set([trimmed || '/', `${trimmed}/`])) {
    app.all(url, handler)
  }
}
