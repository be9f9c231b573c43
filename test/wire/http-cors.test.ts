/** CORS: a page of an origin that may call can read every reply, and a page of another none. */
import { createServer } from 'node:http'
import { mcpHttp } from '@gangway/transport-http'
import { nodeHandler } from '@gangway/transport-http/node'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { exchange, send, type WholeReply } from '../harness/http-client.ts'
import { HOST_NAMES, HOSTS, listen, listenOn, SSE_HOSTS } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { join } from '../harness/sse-peer.ts'
import { requestText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const origin = 'https://app.example'
const EXPOSED = ['Mcp-Session-Id', 'Mcp-Protocol-Version', 'WWW-Authenticate', 'Retry-After']
const server = newServer()
  .tool('work', {}, (_, { progress }) => {
    progress(1)
    return 'done'
  })
  .route({ method: 'GET', path: '/route', auth: 'public' }, () => new Response('routed'))

const listed = (value: unknown): string[] => String(value).split(', ')
function expectReadable({ headers }: Pick<WholeReply, 'headers'>): void {
  expect([headers['access-control-allow-origin'], listed(headers.vary), listed(headers['access-control-expose-headers'])]).toEqual([origin, expect.arrayContaining(['Origin']), expect.arrayContaining(EXPOSED)])
}

/** The headers that clients of all revisions send. */
const SENT = 'authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-param-region, mcp-protocol-version, mcp-session-id'
const PREFLIGHT = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': SENT }

describe.each(HOST_NAMES)('%s', (name) => {
  const open = async (options = {}) => (await HOSTS[name](server, { allowedOrigins: [origin], ...options })).url

  test('pages can read every kind of response: 200, 202, 204, 4xx, and streams', async () => {
    const url = await open()
    const modern = await Peer.open(url, 'modern')
    const legacy = await Peer.open(url, 'legacy', '2025-11-25', { headers: { origin } })
    const stream = await send(url, { method: 'GET', headers: { origin, accept: 'text/event-stream', 'mcp-session-id': legacy.session } })
    stream.destroy()
    const replies = [
      await modern.request(1, 'tools/list', {}, { origin }),
      await modern.post(modern.text(2, 'tools/call', { name: 'work' }, { progressToken: 't' }), { origin }),
      await modern.request(3, 'no/such', {}, { origin }),
      await exchange(url, { headers: { origin }, body: '{' }),
      await exchange(url, { method: 'PUT', headers: { origin } }),
      await legacy.post('{"jsonrpc":"2.0","method":"notifications/initialized"}'),
      await legacy.request(4, 'ping', {}, { 'mcp-session-id': 'x' }),
      await legacy.send('DELETE'),
    ]
    expect([stream.statusCode, ...replies.map(({ status }) => status)]).toEqual([200, 200, 200, 404, 415, 405, 202, 404, 204])
    for (const reply of [stream, ...replies]) expectReadable(reply)
  })

  test('pages can read a 401 and its challenge', async () => {
    const reply = await exchange(await open({ authenticate: () => undefined }), { headers: { origin }, body: '{}' })
    expect(reply).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expectReadable(reply)
  })

  test('a preflight allows the headers of every revision', async () => {
    const reply = await exchange(await open(), { method: 'OPTIONS', headers: PREFLIGHT })
    expect([reply.status, reply.text, reply.headers]).toMatchObject([204, '', { 'access-control-allow-headers': SENT, 'access-control-allow-methods': 'GET, POST, DELETE', 'access-control-max-age': '7200' }])
    expect(reply.headers).not.toHaveProperty('access-control-allow-private-network')
    expectReadable(reply)
    const near = await exchange(await open(), { method: 'OPTIONS', headers: { ...PREFLIGHT, 'access-control-request-private-network': 'true' } })
    expect(near.headers['access-control-allow-private-network']).toBe('true')
  })

  test('OPTIONS without preflight headers is 405', async () => {
    expect(await exchange(await open(), { method: 'OPTIONS', headers: { origin } })).toMatchObject({ status: 405, headers: { allow: 'GET, POST, DELETE' } })
  })

  test.each(['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example'])('a page of %s can read nothing, and the error names the option that would allow it', async (evil) => {
    const url = await open()
    for (const method of ['POST', 'GET', 'DELETE', 'OPTIONS']) {
      const { status, headers, messages } = await exchange(url, { method, headers: { ...PREFLIGHT, origin: evil } })
      expect([status, messages]).toMatchObject([403, [{ error: { code: -32600, message: `Origin "${evil}" is not allowed here: add it to allowedOrigins (--allowed-origin)` } }]])
      expect(Object.keys(headers).filter((header) => header.startsWith('access-control'))).toEqual([])
    }
  })

  test('a request without Origin gets no CORS headers', async () => {
    const { headers } = await (await Peer.open(await open(), 'modern')).request(1, 'tools/list')
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).not.toHaveProperty('vary')
  })
})

const mine = { vary: 'Accept-Encoding, origin', 'access-control-expose-headers': 'X-Mine', 'access-control-allow-credentials': 'true' }

function expectBoth({ headers }: WholeReply): void {
  expect(listed(headers.vary).map((name) => name.toLowerCase())).toEqual(['accept-encoding', 'origin'])
  expect(listed(headers['access-control-expose-headers'])).toEqual(['X-Mine', ...EXPOSED])
  expect(headers).toMatchObject({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' })
}

describe('headers that the application has set', () => {
  test('stay, in Fastify', async () => {
    const app = Fastify({ forceCloseConnections: true })
    app.addHook('onRequest', async (_request, reply) => void reply.headers(mine))
    app.register(mcpHttp, { server, allowedOrigins: [origin] })
    const url = `${await listenOn(app)}/mcp`
    const peer = await Peer.open(url, 'modern')
    expectBoth(await peer.request(1, 'tools/list', {}, { origin }))
    expectBoth(await peer.post(peer.text(2, 'tools/call', { name: 'work' }, { progressToken: 't' }), { origin }))
    expectBoth(await exchange(new URL('/route', url).href, { method: 'GET', headers: { origin } }))
  })

  test('stay, on Node.js', async () => {
    const handler = nodeHandler(server, { allowedOrigins: [origin] })
    const app = createServer((request, response) => {
      for (const [header, value] of Object.entries(mine)) response.setHeader(header, value)
      void handler(request, response)
    })
    const peer = await Peer.open(await listen(app, handler.close), 'modern')
    expectBoth(await peer.request(1, 'tools/list', {}, { origin }))
    expectBoth(await exchange(new URL('/route', peer.url).href, { method: 'GET', headers: { origin } }))
  })
})

test('sse: pages can read both endpoints, and preflights work', async () => {
  const { url } = await SSE_HOSTS.sse(server, { allowedOrigins: [origin] })
  const client = await join(url, { origin })
  expectReadable(client.reply)
  expectReadable(await client.post(requestText(1, 'ping'), { origin }))
  for (const address of [url, client.endpoint]) {
    const reply = await exchange(address, { method: 'OPTIONS', headers: PREFLIGHT })
    expect(reply).toMatchObject({ status: 204, headers: { 'access-control-allow-headers': SENT } })
    expectReadable(reply)
  }
})
