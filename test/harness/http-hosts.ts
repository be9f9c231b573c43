/** One server behind each way to serve it over HTTP, on real ports, with the same options. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { McpServer } from '@gangway/core'
import { http, mcpHttp, type McpHttpOptions } from '@gangway/transport-http'
import { fetchHandler, type FetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'
import { mcpSse, sse, type McpSseOptions } from '@gangway/transport-sse'
import Fastify, { type FastifyInstance } from 'fastify'
import { closing } from './index.ts'

/** Those that every way has. */
export type HostOptions = Omit<McpHttpOptions, 'server' | 'path' | 'bodyLimit' | 'onMount'> & { bodyLimit?: number }

export interface Host {
  /** Of the endpoint. */
  readonly url: string
  /** Where the custom routes begin, without a slash at the end. */
  readonly base: string
  stats(): ReturnType<FetchHandler['stats']>
}

type Open = (server: McpServer, options?: HostOptions) => Promise<Host>

/** Closed when the test is over. */
export const HOSTS: Readonly<Record<'http' | 'plugin' | 'node' | 'fetch', Open>> = {
  http: async (server, options) => {
    let stats: Host['stats'] | undefined
    const running = closing(await http({ port: 0, host: '127.0.0.1', path: '/mcp', ...options, onMount: (mounted) => (stats = mounted.stats) }).serve(server))
    return hostAt((running.url ?? '').replace('/mcp', ''), stats)
  },

  plugin: async (server, options) => {
    const app = Fastify({ forceCloseConnections: true })
    let stats: Host['stats'] | undefined
    app.register(mcpHttp, { server, prefix: '/api', ...options, onMount: (mounted) => (stats = mounted.stats) })
    return hostAt(`${await listenOn(app)}/api`, stats)
  },

  node: async (server, options) => {
    const handler = nodeHandler(server, { path: '/mcp', ...options })
    return hostAt(await listen(createServer((request, response) => void handler(request, response)), handler.close), handler.stats)
  },

  fetch: async (server, options) => {
    const handler = fetchHandler(server, { path: '/mcp', allowedHosts: ['127.0.0.1'], ...options })
    return hostAt(await listen(createServer((request, response) => void answer(handler, request, response)), handler.close), handler.stats)
  },
}

export type HostName = keyof typeof HOSTS
export const HOST_NAMES = Object.keys(HOSTS) as HostName[]

/** The legacy transport, on a port of its own and in an application of somebody else. */
export const SSE_HOSTS: Readonly<Record<'sse' | 'sse plugin', (server: McpServer, options?: Omit<McpSseOptions, 'server'>) => Promise<{ url: string; base: string }>>> = {
  sse: async (server, options) => {
    const { url = '' } = closing(await sse({ port: 0, host: '127.0.0.1', path: '/sse', ...options }).serve(server))
    return { url, base: url.replace('/sse', '') }
  },
  'sse plugin': async (server, options) => {
    const app = Fastify({ forceCloseConnections: true })
    app.register(mcpSse, { server, prefix: '/api', ...options })
    const base = `${await listenOn(app)}/api`
    return { url: `${base}/sse`, base }
  },
}

export function listenOn(app: FastifyInstance): Promise<string> {
  closing({ close: async () => void (await app.close()) })
  return app.listen({ port: 0, host: '127.0.0.1', listenTextResolver: () => '' })
}

const hostAt = (base: string, stats: Host['stats'] = () => { throw new Error('It is not mounted') }): Host => ({ base, url: `${base}/mcp`, stats })

/** Resolves with where it is. `end` lets go of what the handler holds. */
export async function listen(app: Server, end: () => Promise<void> = async () => {}): Promise<string> {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    const ended = end()
    app.closeAllConnections()
    await ended
    await new Promise((resolve) => app.close(resolve))
  }
  closing({ close })
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}`
}

/** What Bun, Deno and the workers do for their users. */
async function answer(handler: FetchHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const lines = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((line): [string, string] => [name, line]))
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(request) as never, duplex: 'half' }
  const reply = await handler(new Request(new URL(url, `http://${headers.host}`), { method, headers: lines, signal: gone.signal, ...body }))
  for (const [name, value] of reply.headers) response.appendHeader(name, value)
  response.writeHead(reply.status)
  if (!reply.body) return void response.end()
  await pipeline(Readable.fromWeb(reply.body as never), response).catch(() => {}) // Either side has left.
}
