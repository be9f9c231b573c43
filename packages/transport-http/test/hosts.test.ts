/** The same endpoint behind the doors that need no Fastify. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { McpServer } from '@gangway/core'
import Fastify from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { fetchHandler } from '../src/fetch.ts'
import { mcpHttp } from '../src/index.ts'
import { nodeHandler } from '../src/node.ts'

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

let aborted: Promise<unknown>
let hooks: string[]
let server: McpServer
let failing = false

function newServer(): McpServer {
  hooks = []
  let abort: (reason: unknown) => void
  aborted = new Promise((resolve) => (abort = resolve))
  server = new McpServer({ name: 'suite', version: '1.0.0' })
    .tool('quiet', {}, () => 'done')
    .tool('steps', {}, async (_args, { progress }) => {
      progress(1)
      await new Promise((resolve) => setImmediate(resolve))
      progress(2)
      return 'done'
    })
    .tool('endless', {}, (_args, { signal, progress }) => {
      progress(1)
      return new Promise<string>(() => signal.addEventListener('abort', () => abort(signal.reason)))
    })
  server.onStart(() => {
    if (failing) throw new Error('No database')
    hooks.push('start')
  })
  server.onClose(() => void hooks.push('close'))
  return server
}

type Call = (request: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal }) => Promise<Response>

const HOSTS: Record<string, (bodyLimit?: number) => Promise<Call>> = {
  fetch: async (bodyLimit) => {
    const handler = fetchHandler(newServer(), { allowedHosts: ['localhost'], ...(bodyLimit !== undefined && { bodyLimit }) })
    closing.push(handler.close)
    return ({ method = 'POST', ...init }) => handler(new Request('http://localhost/anywhere', { method, ...init }))
  },
  node: async (bodyLimit) => {
    const handler = nodeHandler(newServer(), bodyLimit === undefined ? {} : { bodyLimit })
    const http = createServer((request, response) => void handler(request, response))
    const url = await listen(http)
    closing.push(() => end(http), handler.close)
    return ({ method = 'POST', ...init }) => fetch(url, { method, ...init })
  },
}

async function listen(http: Server): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
}

/** `fetch` keeps its connections for later, so they have to be cut. */
function end(http: Server): Promise<void> {
  http.closeAllConnections()
  return new Promise((resolve) => http.close(() => resolve()))
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const modern = (name: string) => ({
  headers: { ...JSON_HEADERS, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, _meta: { ...META, progressToken: 't' } } }),
})
const legacy = (message: object, session?: string) => ({ headers: { ...JSON_HEADERS, ...(session && { 'mcp-session-id': session }) }, body: JSON.stringify({ jsonrpc: '2.0', ...message }) })

describe.each(Object.keys(HOSTS))('%s', (host) => {
  test('serves both eras, as JSON and as events', async () => {
    const call = await HOSTS[host]!()
    const quiet = await call(modern('quiet'))
    expect([quiet.status, quiet.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(await quiet.json()).toMatchObject({ id: 1, result: { resultType: 'complete', content: [{ text: 'done' }] } })

    const opened = await call(legacy({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } }))
    const session = opened.headers.get('mcp-session-id')!
    expect(await opened.json()).toMatchObject({ result: { protocolVersion: '2025-11-25' } })
    expect((await call(legacy({ method: 'notifications/initialized' }, session))).status).toBe(202)
    const steps = await call(legacy({ id: 2, method: 'tools/call', params: { name: 'steps', _meta: { progressToken: 't' } } }, session))
    expect(steps.headers.get('content-type')).toBe('text/event-stream')
    const events = [...(await steps.text()).matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!))
    expect(events).toMatchObject([{ params: { progress: 1 } }, { params: { progress: 2 } }, { id: 2, result: { content: [{ text: 'done' }] } }])
    expect((await call({ method: 'DELETE', headers: { 'mcp-session-id': session } })).status).toBe(204)
    expect((await call(legacy({ id: 3, method: 'ping' }, session))).status).toBe(404)
  })

  test('a client that disconnects cancels its call, in the modern era', async () => {
    const call = await HOSTS[host]!()
    const client = new AbortController()
    const { body } = await call({ ...modern('endless'), signal: client.signal })
    await body!.getReader().read()
    client.abort()
    await expect(aborted).resolves.toMatchObject({ name: 'AbortError' })
  })

  test('rejects invalid requests, and serves the next one', async () => {
    const call = await HOSTS[host]!(500)
    const { headers } = modern('quiet')
    expect((await call({ headers: { ...headers, origin: 'https://evil.example' }, body: '{}' })).status).toBe(403)
    const large = await call({ headers, body: JSON.stringify({ x: 'x'.repeat(1000) }) })
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: -32600 } }])
    const broken = await call({ headers, body: '{' })
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: -32700 } }])
    expect((await call({ method: 'PUT', headers, body: '{}' })).headers.get('allow')).toBe('GET, POST, DELETE')
    expect((await call(modern('quiet'))).status).toBe(200)
  })

  test('opens the server with the first request, and closes it', async () => {
    const call = await HOSTS[host]!()
    expect(hooks).toEqual([])
    await (await call(modern('quiet'))).text()
    await (await call(modern('quiet'))).text()
    expect(hooks).toEqual(['start'])
    await closing.pop()!()
    expect(hooks).toEqual(['start', 'close'])
    const late = await call(modern('quiet'))
    expect([late.status, await late.json()]).toMatchObject([503, { error: { data: { reason: 'shutting_down' } } }])
    expect(hooks).toEqual(['start', 'close'])
  })

  test('a second close() waits for no call, and closes a server once, although other hosts serve it', async () => {
    const call = await HOSTS[host]!()
    await server.open() // As another transport does.
    const { body } = await call(modern('endless'))
    const close = closing.pop()!
    await Promise.all([close(), close(), aborted])
    expect(await new Response(body).text()).toContain('"progress":1')
    expect(hooks).toEqual(['start'])
    await server.close()
    expect(hooks).toEqual(['start', 'close'])
  })

  test('a server that does not start is 500, and the next request tries again', async () => {
    const call = await HOSTS[host]!()
    failing = true
    const refused = await call(modern('quiet'))
    expect([refused.status, await refused.json()]).toMatchObject([500, { error: { code: -32603, message: 'Internal error' } }])
    failing = false
    expect((await call(modern('quiet'))).status).toBe(200)
  })

  test('does not load Fastify', () => {
    expect(importsOf(`../src/${host}.ts`)).not.toContain('fastify')
  })
})

test('node accepts a body that its host has parsed', async () => {
  const handler = nodeHandler(newServer())
  const http = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk)).on('end', () => void handler(Object.assign(request, { body: JSON.parse(text) }), response))
  })
  const url = await listen(http)
  closing.push(() => end(http), handler.close)
  const { headers, body } = modern('quiet')
  const reply = await fetch(url, { method: 'POST', headers, body })
  expect(await reply.json()).toMatchObject({ result: { content: [{ text: 'done' }] } })
})

test('node accepts a body that its host has read and not parsed', async () => {
  const handler = nodeHandler(newServer())
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => void handler(Object.assign(request, { body: Buffer.concat(chunks) }), response))
  })
  const url = await listen(http)
  closing.push(() => end(http), handler.close)
  const { headers, body } = modern('quiet')
  expect(await (await fetch(url, { method: 'POST', headers, body })).json()).toMatchObject({ result: { content: [{ text: 'done' }] } })
})

test('node reads the body itself if parsers left it alone and set an empty object', async () => {
  const handler = nodeHandler(newServer().route({ method: 'POST', path: '/echo' }, async (request) => new Response(await request.text())))
  const http = createServer((request, response) => void handler(Object.assign(request, { body: {} }), response))
  const url = await listen(http)
  closing.push(() => end(http), handler.close)
  const { headers, body } = modern('quiet')
  expect(await (await fetch(url, { method: 'POST', headers, body })).json()).toMatchObject({ result: { content: [{ text: 'done' }] } })
  expect(await (await fetch(new URL('/echo', url), { method: 'POST', body: 'as it came' })).text()).toBe('as it came')
})

/** What the log says of it: the client has done nothing wrong, and learns nothing. */
async function expectHostsFault(reply: Response, lines: readonly unknown[]): Promise<void> {
  expect([reply.status, await reply.json()]).toMatchObject([500, { error: { code: -32603, message: 'Internal error' } }])
  expect(lines).toMatchObject([{ err: { code: 'GANGWAY_E_BODY_READ' } }])
}

const skip = (): void => {}

describe('a body that the host has read and not passed on', () => {
  const lines: unknown[] = []
  const newLogged = () => new McpServer({ name: 'suite', version: '1.0.0', logger: { debug: skip, info: skip, warn: skip, error: (line) => lines.push(line) } }).tool('quiet', {}, () => 'done')
  afterEach(() => void lines.splice(0))

  test('is an error on node, if there was one', async () => {
    const handler = nodeHandler(newLogged())
    const http = createServer((request, response) => void request.resume().on('end', () => void handler(request, response)))
    const url = await listen(http)
    closing.push(() => end(http), handler.close)
    const { headers, body } = modern('quiet')
    expect((await fetch(url, { method: 'GET', headers })).status).toBe(400)
    await expectHostsFault(await fetch(url, { method: 'POST', headers, body }), lines)
    lines.splice(0)
    await expectHostsFault(await fetch(url, { method: 'POST', headers, body: new Blob([body]).stream(), duplex: 'half' } as RequestInit), lines)
  })

  test('is an error on fetch, which accepts it in a new request', async () => {
    const handler = fetchHandler(newLogged(), { allowedHosts: 'any' })
    closing.push(handler.close)
    const request = new Request('http://localhost/', { method: 'POST', ...modern('quiet') })
    const body = await request.text()
    await expectHostsFault(await handler(request), lines)
    const again = new Request(request, { method: 'POST', body })
    expect(await (await handler(again)).json()).toMatchObject({ result: { content: [{ text: 'done' }] } })
  })
})

test('node passes other paths, and other methods of its routes, to the next handler', async () => {
  const handler = nodeHandler(newServer().route({ method: 'GET', path: '/status' }, () => new Response('mine')), { path: '/mcp' })
  const http = createServer((request, response) => void handler(request, response, () => response.end('next')))
  const url = await listen(http)
  closing.push(() => end(http), handler.close)
  const said = async (path: string, method = 'GET', headers = {}): Promise<unknown> => (await fetch(new URL(path, url), { method, headers })).text()
  expect(await Promise.all([said('/status'), said('/status', 'POST'), said('/other'), said('/', 'POST')])).toEqual(['mine', 'next', 'next', 'next'])
  expect(await said('/status', 'GET', { origin: 'https://evil.example' })).toContain('allowedOrigins')
  expect(await said('/other', 'GET', { origin: 'https://evil.example' })).toBe('next')
})

test('the plugin serves HTTP/2, which sends the host in :authority', async () => {
  const app = Fastify({ http2: true })
  const server = newServer().route({ method: 'GET', path: '/url' }, ({ url, headers }) => Response.json([new URL(url).pathname, [...headers.keys()].some((name) => name.startsWith(':'))]))
  await app.register(mcpHttp, { server })
  const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }))
  closing.push(() => app.close(), async () => session.close())
  const ask = async (head: Record<string, string>, body?: string): Promise<string> => {
    const stream = session.request(head, { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    return text(stream)
  }
  expect(JSON.parse(await ask({ ':path': '/url' }))).toEqual(['/url', false])
  const { headers, body } = modern('quiet')
  expect(JSON.parse(await ask({ ':path': '/mcp', ':method': 'POST', ...headers }, body))).toMatchObject({ result: { content: [{ text: 'done' }] } })
  expect(await ask({ ':path': '/url', ':authority': 'evil.example' })).toContain('allowedHosts')
})

const ignore = (): void => {}
const fail = (controller: ReadableStreamDefaultController): void => controller.error(new Error('The database is gone'))

test('node logs why the body of a route broke off', async () => {
  const lines: unknown[] = []
  const broken = new McpServer({ name: 'suite', version: '1.0.0', logger: { debug: ignore, info: ignore, warn: ignore, error: (data) => void lines.push(data) } })
  broken.route({ method: 'GET', path: '/broken' }, () => new Response(new ReadableStream({ pull: fail })))
  const handler = nodeHandler(broken, { path: '/mcp' })
  const http = createServer((request, response) => void handler(request, response))
  closing.push(() => end(http), handler.close)
  const url = await listen(http)
  await fetch(`${url}broken`).then((reply) => reply.text()).catch(ignore)
  await expect.poll(() => lines).toMatchObject([{ path: '/broken', err: { message: 'The database is gone' } }])
})

test('a closed handler serves no route, and opens no server for one', async () => {
  const handler = fetchHandler(newServer().route({ method: 'GET', path: '/status' }, () => new Response('up')), { allowedHosts: ['localhost'], path: '/mcp' })
  await handler.close()
  const reply = await handler(new Request('http://localhost/status'))
  expect([reply.status, await reply.json(), hooks]).toMatchObject([503, { error: { data: { reason: 'shutting_down' } } }, []])
})

test('fetch handles a client that disconnected before its request was read', async () => {
  const client = new AbortController()
  const handler = fetchHandler(newServer(), { allowedHosts: ['localhost'], authenticate: () => (client.abort(), { subject: 'ada', scopes: [] }) })
  closing.push(handler.close)
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: { notifications: { toolsListChanged: true }, _meta: META } })
  const headers = { ...JSON_HEADERS, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' }
  await handler(new Request('http://localhost/mcp', { method: 'POST', headers, body, signal: client.signal }))
  await expect.poll(() => handler.stats()).toMatchObject({ subscriptions: 0, streams: 0, inflight: 0 })
})

test('fetch requires allowedHosts', () => {
  expect(() => fetchHandler(newServer(), {} as never)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_ALLOWED_HOSTS' }))
})

test.each([{ path: 'mcp' }, { sessionIdleTimeout: 0 }, { keepAliveInterval: 0 }])('%j is misleading, and is rejected', (options) => {
  const refused = expect.objectContaining({ code: 'GANGWAY_E_USAGE' })
  expect(() => fetchHandler(newServer(), { allowedHosts: 'any', ...options })).toThrow(refused)
  expect(() => nodeHandler(newServer(), options)).toThrow(refused)
})

/** Of a source and of all that it imports from its own folder. */
function importsOf(path: string): string[] {
  const own = [...readFileSync(new URL(path, import.meta.url), 'utf8').matchAll(/^import (?!type ).* from '(.+)'$/gm)].map(([, specifier]) => specifier!)
  return own.flatMap((specifier) => (specifier.startsWith('./') ? importsOf(`../src/${specifier}`) : [specifier]))
}
