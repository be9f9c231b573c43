/** The stand-alone application: it need not listen, takes whatever Fastify takes, and can be asked how it is. */
import { McpServer } from '@gangway/core'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { http, httpApp, mcpHttp, type EndpointStats } from '../src/index.ts'

const opened: FastifyInstance[] = []
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close()
})
const keep = (app: FastifyInstance): FastifyInstance => {
  opened.push(app)
  return app
}

const lines: [string, object, string][] = []
const write = (level: string) => (details: object, message: string) => void lines.push([level, details, message])
const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
const newServer = () => new McpServer({ name: 'suite', version: '1.0.0', logger }).tool('t', {}, () => 'ok')

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }
const call = (app: FastifyInstance, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/mcp',
    headers: { host: 'localhost', 'content-type': 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 't', ...headers },
    payload: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', _meta: META } }),
  })

test('serves inject() without listening, including streams', async () => {
  const app = keep(httpApp(new McpServer({ name: 'suite', version: '1.0.0' }).tool('t', {}, (_, { progress }) => (progress(1), 'ok'))))
  const reply = await call(app)
  expect([reply.statusCode, reply.json().result.content[0].text]).toEqual([200, 'ok'])
  const events = await app.inject({
    method: 'POST',
    url: '/mcp/',
    headers: { host: 'localhost', 'content-type': 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 't' },
    payload: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', _meta: { ...META, progressToken: 1 } } }),
  })
  expect(events.headers['content-type']).toBe('text/event-stream')
  expect(events.body.match(/^data: /gm)).toHaveLength(2)
})

test('accepts more routes, plugins and hooks', async () => {
  const app = keep(httpApp(newServer()))
  app.get('/mine', () => ({ mine: true }))
  app.register(async (scope) => void scope.get('/ours', () => 'ours'), { prefix: '/sub' })
  app.addHook('onSend', async (_request, reply) => void reply.header('x-mine', 'yes'))
  expect((await app.inject('/mine')).json()).toEqual({ mine: true })
  expect((await app.inject('/sub/ours')).body).toBe('ours')
  expect((await call(app)).headers['x-mine']).toBe('yes')
})

describe('probes', () => {
  test('exist, for any host', async () => {
    const app = keep(httpApp(newServer()))
    for (const url of ['/livez', '/readyz']) {
      const reply = await app.inject({ url, headers: { host: '10.0.0.7:8000' } })
      expect([reply.statusCode, reply.json()]).toEqual([200, { status: 'ok' }])
      expect((await app.inject({ url, method: 'HEAD' })).statusCode).toBe(200)
    }
  })

  test('of the application or the server take precedence', async () => {
    const app = keep(httpApp(newServer().route({ method: 'GET', path: '/livez' }, () => new Response('mine'))))
    app.get('/readyz', () => 'mine, too')
    expect((await app.inject({ url: '/livez', headers: { host: 'localhost' } })).body).toBe('mine')
    expect((await app.inject('/readyz')).body).toBe('mine, too')
  })

  test('are not added to a foreign application', async () => {
    const app = keep(Fastify())
    app.register(mcpHttp, { server: newServer() })
    expect((await app.inject('/livez')).statusCode).toBe(404)
  })
})

describe('the log line of a request', () => {
  test('has the method and tool at debug level, without the query', async () => {
    lines.length = 0
    const app = keep(httpApp(newServer()))
    await call(app, { 'mcp-session-id': '3f1c5a52-0000-4000-8000-000000000000' })
    await app.inject('/nothing?token=secret')
    const answered = lines.filter(([, , message]) => message === 'Answered')
    expect(answered).toMatchObject([
      ['debug', { method: 'POST', path: '/mcp', status: 200, ms: expect.any(Number), mcp: { method: 'tools/call', tool: 't', session: '3f1c5a52' } }, 'Answered'],
      ['debug', { method: 'GET', path: '/nothing', status: 404 }, 'Answered'],
    ])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  test('has them in the log of the host application, too', async () => {
    const said: Record<string, unknown>[] = []
    const app = keep(Fastify({ logger: { stream: { write: (line: string) => void said.push(JSON.parse(line)) } } }))
    app.register(mcpHttp, { server: newServer() })
    await call(app)
    expect(said.find(({ msg }) => msg === 'request completed')).toMatchObject({ mcp: { method: 'tools/call', tool: 't' }, res: { statusCode: 200 } })
  })

  test('goes to its own logger, if there is one', async () => {
    lines.length = 0
    const said: Record<string, unknown>[] = []
    const app = keep(httpApp(newServer(), { fastify: { logger: { level: 'debug', stream: { write: (line: string) => void said.push(JSON.parse(line)) } } } }))
    await call(app)
    expect(said.find(({ msg }) => msg === 'Answered')).toMatchObject({ status: 200, mcp: { tool: 't' } })
    expect(lines.filter(([, , message]) => message === 'Answered')).toEqual([])
  })

  test("is formatted if that logger logs its level, whatever the server's logger does", async () => {
    const said: Record<string, unknown>[] = []
    const quiet = new McpServer({ name: 'quiet', version: '1.0.0', logger: { debug() {}, info() {}, warn() {}, error() {}, isLevelEnabled: () => false } })
    const log = (level: string): object => ({ level, stream: { write: (line: string) => void said.push(JSON.parse(line)) } })
    for (const level of ['debug', 'info']) await keep(httpApp(quiet, { fastify: { logger: log(level) } })).inject('/nothing')
    expect(said.filter(({ msg }) => msg === 'Answered')).toHaveLength(1)
  })
})

test('`fastify` overrides the options of the application', async () => {
  const app = keep(httpApp(newServer().route({ method: 'GET', path: '/url' }, ({ url }) => new Response(url)), { allowedHosts: ['localhost', 'api.example'], fastify: { trustProxy: true } }))
  const reply = await app.inject({ url: '/url', headers: { host: 'localhost', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example' } })
  expect(reply.body).toBe('https://api.example/url')
})

test('onMount passes stats()', async () => {
  let stats: (() => EndpointStats) | undefined
  const app = keep(httpApp(newServer(), { onMount: (mounted) => (stats = mounted.stats) }))
  await app.ready()
  expect(stats?.()).toEqual({ sessions: 0, streams: 0, subscriptions: 0, inflight: 0, eventLogBytes: 0 })
})

test('a route without `auth` prevents the application from becoming ready', async () => {
  const app = keep(httpApp(newServer().route({ method: 'GET', path: '/a' }, () => new Response()), { authenticate: () => undefined }))
  await expect(app.ready()).rejects.toMatchObject({ code: 'GANGWAY_E_ROUTE_AUTH' })
})

test('http() is the same application, on a port', async () => {
  const running = await http({ port: 0, path: '/mcp' }).serve(newServer())
  expect((await fetch(new URL('/readyz', running.url))).status).toBe(200)
  await running.close()
})
