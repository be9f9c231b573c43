/** Every way to serve over HTTP, with somebody at the door. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { McpServer } from '@gangway/core'
import type { Authenticate } from '@gangway/core/web'
import { http, mcpHttp } from '@gangway/transport-http'
import { fetchHandler, type FetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'
import { mcpSse, sse } from '@gangway/transport-sse'
import Fastify from 'fastify'
import { closing } from '../harness/index.ts'

/** Resolves with the address of the endpoint; what it serves is closed after the test. */
export type Host = (server: McpServer, authenticate: Authenticate) => Promise<string>

const address = { host: '127.0.0.1', port: 0 }

export const HTTP_HOSTS: Readonly<Record<string, Host>> = {
  'http()': async (server, authenticate) => closing(await http({ ...address, path: '/mcp', authenticate }).serve(server)).url ?? '',
  'the plugin under a prefix': (server, authenticate) => inApplication((app) => app.register(mcpHttp, { server, authenticate, prefix: '/inner', path: '/endpoint' }), '/inner/endpoint'),
  nodeHandler: async (server, authenticate) => {
    const handler = nodeHandler(server, { authenticate, path: '/mcp' })
    return `${await listen(createServer((request, response) => void handler(request, response)), handler.close)}/mcp`
  },
  fetchHandler: async (server, authenticate) => {
    const handler = fetchHandler(server, { authenticate, allowedHosts: ['127.0.0.1'] })
    return `${await listen(createServer((request, response) => void answer(handler, request, response)), handler.close)}/mcp`
  },
}

export const SSE_HOSTS: Readonly<Record<string, Host>> = {
  'sse()': async (server, authenticate) => closing(await sse({ ...address, path: '/sse', authenticate }).serve(server)).url ?? '',
  'the plugin under a prefix': (server, authenticate) => inApplication((app) => app.register(mcpSse, { server, authenticate, prefix: '/inner' }), '/inner/sse'),
}

type Application = ReturnType<typeof Fastify>

export async function inApplication(mount: (app: Application) => unknown, path: string): Promise<string> {
  const app = Fastify({ forceCloseConnections: true })
  closing({ close: async () => void (await app.close()) })
  await mount(app)
  return `${await app.listen({ port: 0, host: '127.0.0.1' })}${path}`
}

/** `close` ends what it serves. */
export async function listen(app: Server, close: () => Promise<void>): Promise<string> {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  closing({
    close: async () => {
      app.closeAllConnections()
      await close()
      await new Promise((resolve) => app.close(resolve))
    },
  })
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}`
}

/** What Bun, Deno and the workers do for their users: each line of a header counts. */
async function answer(handler: FetchHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const lines = Object.entries(request.headersDistinct).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value]))
  const body = await text(request)
  const reply = await handler(new Request(new URL(request.url ?? '/', `http://${request.headers.host}`), { method: request.method ?? 'GET', headers: lines, signal: gone.signal, ...(body !== '' && { body }) }))
  response.writeHead(reply.status, Object.fromEntries(reply.headers))
  if (reply.body) Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]).on('error', () => {}).pipe(response)
  else response.end()
}
