/** An application with MCP in it, under a prefix, on both HTTP transports; and one reply of each kind that it gives. */
import type { IncomingMessage } from 'node:http'
import type { McpServer } from '@gangway/core'
import { mcpHttp, type McpHttpOptions } from '@gangway/transport-http'
import { mcpSse } from '@gangway/transport-sse'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { eachEvent } from '../harness/events.ts'
import { exchange, send } from '../harness/http-client.ts'
import { BASE_HEADERS } from '../harness/http-headers.ts'
import { Peer } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { initializeParams, requestText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

export interface ApplicationOptions {
  fastify?: FastifyServerOptions
  mcp?: Partial<McpHttpOptions>
  server?: McpServer
  /** What the application has before MCP is mounted in it. */
  has?(app: FastifyInstance): unknown
}

export interface Application {
  readonly app: FastifyInstance
  readonly origin: string
  /** Where MCP is. */
  readonly url: string
}

const newTalker = () =>
  newServer()
    .tool('quiet', {}, () => 'ok')
    .tool('work', {}, (_, { progress }) => {
      progress(1)
      return 'done'
    })
    .route({ method: 'POST', path: '/echo' }, async (request) => new Response(await request.text()))

export async function openApplication({ fastify = {}, mcp = {}, server = newTalker(), has }: ApplicationOptions = {}): Promise<Application> {
  const app = Fastify(fastify)
  await has?.(app)
  app.get('/page', async () => ({ page: true }))
  app.post('/page', (request, reply) => reply.send(request.body))
  await app.register(mcpHttp, { server, prefix: '/api', ...mcp })
  const { path: _, onMount: __, ...shared } = mcp
  await app.register(mcpSse, { server, prefix: '/api', ...shared })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  closing({ close: async () => void (await app.close()) })
  return { app, origin, url: `${origin}/api/mcp` }
}

export interface Head {
  readonly kind: string
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
}

const CALL = { name: 'work' }
const PROGRESS = { progressToken: 't' }

/** Of every kind of reply: answers, event streams, and refusals. `sent` goes with each request. */
export async function headsOf({ origin, url }: Application, sent: Record<string, string> = {}): Promise<Head[]> {
  const heads: Head[] = []
  const add = (kind: string, { status, statusCode, headers }: { status?: number; statusCode?: number | undefined; headers: object }): unknown => heads.push({ kind, status: status ?? statusCode ?? 0, headers: { ...headers } })
  const modern = await Peer.open(url, 'modern')
  const legacy = await Peer.open(url, 'legacy')

  for (const peer of [modern, legacy]) {
    add(`${peer.era} answer`, await peer.post(peer.text(1, 'tools/list'), sent))
    add(`${peer.era} event stream`, await peer.post(peer.text(2, 'tools/call', CALL, PROGRESS), sent))
    add(`${peer.era} malformed JSON`, await peer.post('{', sent))
    add(`${peer.era} wrong media type`, await peer.post('{}', { ...sent, 'content-type': 'text/plain' }))
  }
  add('notification', await legacy.post('{"jsonrpc":"2.0","method":"notifications/initialized"}', sent))
  add('standing event stream', await abandon(url, { ...sent, 'mcp-session-id': legacy.session }))
  add('unknown session', await legacy.send('DELETE', { ...sent, 'mcp-session-id': 'forged' }))

  const { head, endpoint, leave } = await openSse(`${origin}/api/sse`, sent)
  add('sse event stream', head)
  add('sse message', await exchange(endpoint, { headers: { ...BASE_HEADERS, ...sent }, body: requestText(1, 'initialize', initializeParams('2024-11-05')) }))
  add('sse malformed JSON', await exchange(endpoint, { headers: { ...BASE_HEADERS, ...sent }, body: '{' }))
  leave()
  add('route', await exchange(`${origin}/api/echo`, { headers: { 'content-type': 'text/plain', ...sent }, body: 'ping' }))
  return heads
}

/** Its head: the client leaves once it has that. */
async function abandon(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const leaving = new AbortController()
  const reply = await send(url, { method: 'GET', headers: { accept: 'text/event-stream', ...headers }, signal: leaving.signal })
  reply.on('error', () => {})
  leaving.abort()
  return reply
}

/** Resolves when the client has been told where to post. */
export async function openSse(url: string, headers: Record<string, string> = {}) {
  const leaving = new AbortController()
  const head = await send(url, { method: 'GET', headers: { accept: 'text/event-stream', ...headers }, signal: leaving.signal })
  head.on('error', () => {})
  const path = await new Promise<string>((resolve) => void eachEvent(head, ({ event, data }) => event === 'endpoint' && resolve(data)))
  return { head, path, endpoint: new URL(path, url).href, leave: () => leaving.abort() }
}
