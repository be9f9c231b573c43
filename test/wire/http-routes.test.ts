/** Custom routes: plain HTTP beside the protocol, the same on every host. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { McpServer, RouteHandler, RouteOptions } from '@gangway/core'
import type { Authenticate } from '@gangway/core/web'
import { describe, expect, test } from 'vitest'
import { exchange, send } from '../harness/http-client.ts'
import { HOST_NAMES, HOSTS, SSE_HOSTS } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { aborted, gate, logged, newServer } from '../harness/server.ts'

const OPEN = { ...HOSTS, ...SSE_HOSTS }
type Name = keyof typeof OPEN
const NAMES = [...HOST_NAMES, 'sse', 'sse plugin'] as const satisfies Name[]
const OWN: readonly Name[] = ['http', 'node', 'fetch', 'sse'] // Those whose 404 is ours.

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') => exchange(url, { method, headers })

const authenticate: Authenticate = ({ header }) => (header('authorization') === 'Bearer ada' ? { subject: 'ada', scopes: [] } : undefined)
const who: RouteHandler = (_, { auth }) => Response.json(auth?.subject ?? null)
const routed = (auth?: RouteOptions['auth']) => newServer().route({ method: 'GET', path: '/who', ...(auth && { auth }) }, who)

const streaming = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const part of ['one', 'two', 'three']) controller.enqueue(new TextEncoder().encode(part))
      controller.close()
    },
  })

const newRouted = (): McpServer =>
  newServer()
    .route({ method: 'GET', path: '/status' }, ({ method }) => Response.json({ ok: true }, { headers: { 'x-method': method } }))
    .route({ method: 'GET', path: '/orders/:order/lines/:line' }, (_, { params: { order, line } }) => Response.json([order, line]))
    .route({ method: 'GET', path: '/orders/:order/lines/last' }, () => new Response('the last'))
    .route({ method: 'GET', path: '/orders/first/lines/:line' }, () => new Response('of the first'))
    .route({ method: 'POST', path: '/echo' }, async (request) => new Response(await request.text(), { status: 201, headers: { 'x-type': request.headers.get('content-type') ?? '' } }))
    .route({ method: 'PUT', path: '/echo' }, async (request) => Response.json(await request.json()))
    .route({ method: 'PATCH', path: '/bytes' }, async (request) => new Response(await request.arrayBuffer()))
    .route({ method: 'DELETE', path: '/echo' }, () => new Response(null, { status: 204 }))
    .route({ method: 'GET', path: '/stream' }, () => new Response(streaming(), { headers: { 'content-type': 'text/plain' } }))
    .route({ method: 'GET', path: '/cookies' }, () => new Response('', { headers: [['set-cookie', 'a=1; Path=/'], ['set-cookie', 'b=2']] }))
    .route({ method: 'GET', path: '/away' }, () => new Response(null, { status: 302, headers: { location: '/status' } }))
    .route({ method: 'GET', path: '/url' }, ({ url }) => new Response(url))
    .route({ method: 'GET', path: '/vary' }, () => new Response('', { headers: { vary: 'Accept', 'access-control-allow-origin': '*' } }))

describe.each(NAMES)('%s', (name) => {
  const open = async (server = newRouted(), options = {}) => (await OPEN[name](server, options)).base

  test('GET gets a response, and HEAD the same without a body', async () => {
    const base = await open()
    expect(await get(`${base}/status?x=1`)).toMatchObject({ status: 200, text: '{"ok":true}', headers: { 'content-type': expect.stringContaining('application/json'), 'x-method': 'GET' } })
    expect(await get(`${base}/status`, {}, 'HEAD')).toMatchObject({ status: 200, text: '', headers: { 'x-method': 'HEAD' } })
  })

  test.each([
    ['/orders/7/lines/2', '["7","2"]'],
    ['/orders/a%20b/lines/%C3%A9', '["a b","é"]'],
    ['/orders/a%2Fb/lines/..', undefined],
    ['/orders/a%2Fb/lines/2', '["a/b","2"]'],
    ['/orders/7/lines/last', 'the last'],
    ['/orders/first/lines/last', 'of the first'],
    ['/orders/first/lines/3', 'of the first'],
  ])('%s returns %s', async (path, expected) => {
    const { status, text: said } = await get(`${await open()}${path}`)
    if (expected === undefined) expect(status).toBe(404)
    else expect([status, said]).toEqual([200, expected])
  })

  test('an unknown path is 404', async () => {
    const base = await open()
    for (const path of ['/', '/nothing', '/status/', '/Status', '/orders//lines/2', '/orders/7/lines/', '/orders/7']) expect([path, (await get(`${base}${path}`)).status]).toEqual([path, 404])
  })

  test('another method is 405 with the allowed methods, if Gangway owns the application', async () => {
    const base = await open()
    const reply = await exchange(`${base}/echo`, { method: 'GET' })
    expect(reply.status).toBe(OWN.includes(name) ? 405 : 404)
    if (OWN.includes(name)) expect(reply).toMatchObject({ headers: { allow: 'POST, PUT, DELETE' }, messages: [{ error: { code: -32600 } }] })
    if (OWN.includes(name)) expect((await exchange(`${base}/status`, { method: 'POST' })).headers.allow).toBe('GET, HEAD')
  })

  test('bodies of every kind arrive complete', async () => {
    const base = await open()
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(await exchange(`${base}/echo`, { body: 'häl', headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 201, text: 'häl', headers: { 'x-type': 'text/plain' } })
    expect(await exchange(`${base}/echo`, { body: '{"a":1', headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 201, text: '{"a":1' })
    expect(await exchange(`${base}/echo`, { body: 'untyped' })).toMatchObject({ status: 201, text: 'untyped', headers: { 'x-type': '' } })
    expect(await exchange(`${base}/echo`, {})).toMatchObject({ status: 201, text: '' })
    expect(await exchange(`${base}/echo`, { method: 'PUT', body: '[1]', headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 200, text: '[1]' })
    expect(await exchange(`${base}/echo`, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' })
    const reply = await send(`${base}/bytes`, { method: 'PATCH', body: bytes })
    expect(Buffer.concat(await reply.toArray())).toEqual(Buffer.from(bytes))
  })

  test('a body over the limit is 413, and does not reach the handler', async () => {
    const base = await open(newRouted(), { bodyLimit: 100 })
    expect(await exchange(`${base}/echo`, { body: 'x'.repeat(101) })).toMatchObject({ status: 413, messages: [{ error: { code: -32600 } }] })
    expect(await exchange(`${base}/echo`, { body: 'x'.repeat(100) })).toMatchObject({ status: 201 })
  })

  test('streams, cookies and redirects work', async () => {
    const base = await open()
    expect(await get(`${base}/stream`)).toMatchObject({ status: 200, text: 'onetwothree', headers: { 'content-type': 'text/plain' } })
    expect((await get(`${base}/cookies`)).headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2'])
    expect(await get(`${base}/away`)).toMatchObject({ status: 302, headers: { location: '/status' } })
  })

  test('the URL has the checked Host, whatever the request line contains', async () => {
    const base = await open()
    const { host, hostname, port, pathname } = new URL(base)
    const path = `${pathname.replace(/\/$/, '')}/url?a=b`
    expect((await get(`${base}/url?a=b`)).text).toBe(`http://${host}${path}`)
    if (name === 'fetch') return // Its host makes the URL.
    const socket = connect(Number(port), hostname)
    socket.end(`GET http://evil.example${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 200 OK.*http://${host}`, 's'))
  })

  test('an error in the handler is 500 and a log line, and the response has no details', async () => {
    const { logger, lines } = logged('error')
    const server = newServer({ logger })
      .route({ method: 'GET', path: '/throws' }, () => {
        throw new Error('secret of the database')
      })
      .route({ method: 'GET', path: '/rejects' }, () => Promise.reject(new Error('secret of the database')))
      .route({ method: 'GET', path: '/nothing' }, (() => undefined) as never)
    const base = await open(server)
    for (const path of ['/throws', '/rejects', '/nothing']) {
      const reply = await get(`${base}${path}`)
      expect(reply).toMatchObject({ status: 500, messages: [{ error: { code: -32603, message: 'Internal error' } }] })
      expect(reply.text).not.toContain('secret')
    }
    expect(lines).toMatchObject([
      [{ path: '/throws', err: { message: 'secret of the database' } }, 'A route failed'],
      [{ path: '/rejects' }, 'A route failed'],
      [{ path: '/nothing', err: { message: 'A route must return a Response' } }, 'A route failed'],
    ])
  })

  test('a Response that is returned twice is 500, and the log has the reason', async () => {
    const { logger, lines } = logged('error')
    const once = new Response('once')
    const base = await open(newServer({ logger }).route({ method: 'GET', path: '/once' }, () => once))
    expect(await get(`${base}/once`)).toMatchObject({ status: 200, text: 'once' })
    expect(await get(`${base}/once`)).toMatchObject({ status: 500, messages: [{ error: { code: -32603 } }] })
    expect(lines).toMatchObject([[{ path: '/once', err: { message: expect.stringContaining('a new Response each time') } }, 'A route failed']])
  })

  test('Host and Origin are checked as for the endpoint', async () => {
    const base = await open()
    expect(await get(`${base}/status`, { host: 'evil.example' })).toMatchObject({ status: 403, messages: [{ error: { message: expect.stringContaining('"evil.example" is not allowed here: add it to allowedHosts') } }] })
    const refused = await get(`${base}/status`, { origin: 'https://evil.example' })
    expect(refused).toMatchObject({ status: 403, messages: [{ error: { message: expect.stringContaining('allowedOrigins') } }] })
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test('a page of an allowed origin can read the response, and send a preflight', async () => {
    const origin = 'https://app.example'
    const base = await open(newRouted(), { allowedOrigins: [origin] })
    expect((await get(`${base}/status`, { origin })).headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' })
    expect((await get(`${base}/vary`, { origin })).headers).toMatchObject({ 'access-control-allow-origin': origin, vary: expect.stringMatching(/^(Origin, Accept|Accept, Origin)$/) })
    const preflight = await exchange(`${base}/echo`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization, x-mine' } })
    expect([preflight.status, preflight.text, preflight.headers]).toMatchObject([204, '', { 'access-control-allow-origin': origin, 'access-control-allow-methods': 'POST, PUT, DELETE', 'access-control-allow-headers': 'authorization, x-mine' }])
    expect(await exchange(`${base}/echo`, { method: 'OPTIONS' })).toMatchObject({ status: 405, headers: { allow: 'POST, PUT, DELETE' } })
  })

  test('the signal aborts when the client disconnects, and the stream is cancelled', async () => {
    const [started, stopped, cancelled] = [gate(), gate<unknown>(), gate()]
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('first')), cancel: () => cancelled.open() })
    const server = newServer()
      .route({ method: 'GET', path: '/wait' }, async ({ signal }) => {
        started.open()
        stopped.open(await aborted(signal))
        return new Response('late')
      })
      .route({ method: 'GET', path: '/endless' }, () => new Response(endless))
    const base = await open(server)
    const leaving = new AbortController()
    const reply = send(`${base}/wait`, { method: 'GET', signal: leaving.signal })
    await started
    leaving.abort()
    await expect(reply).rejects.toThrow('aborted')
    expect(await stopped).toMatchObject({ name: 'AbortError' })
    const begun = await send(`${base}/endless`, { method: 'GET' })
    begun.on('error', () => {})
    await new Promise((resolve) => begun.once('data', resolve))
    begun.destroy()
    await cancelled
  })

  test('a route without `auth` prevents the start of a server with authenticate', async () => {
    await expect(open(routed(), { authenticate })).rejects.toMatchObject({ code: 'GANGWAY_E_ROUTE_AUTH', message: expect.stringContaining('GET /who') })
  })

  test('a public route accepts everybody, and a required route authenticated callers', async () => {
    const credentials = { authorization: 'Bearer ada' }
    const free = await open(routed('public'), { authenticate })
    expect([await get(`${free}/who`), await get(`${free}/who`, credentials)]).toMatchObject([{ status: 200, text: 'null' }, { status: 200, text: 'null' }])
    const closed = await open(routed('required'), { authenticate, allowedOrigins: ['https://app.example'] })
    expect(await get(`${closed}/who`)).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' }, messages: [{ error: { code: -32600 } }] })
    expect(await get(`${closed}/who`, {}, 'HEAD')).toMatchObject({ status: 401 })
    expect(await get(`${closed}/who`, credentials)).toMatchObject({ status: 200, text: '"ada"' })
    const preflight = await exchange(`${closed}/who`, { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } })
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-headers': 'authorization' } })
  })

  test("without authenticate, `auth: 'required'` is not enforced", async () => {
    expect(await get(`${await open(routed('required'))}/who`)).toMatchObject({ status: 200, text: 'null' })
  })

  test('a route that is added after the start is not served', async () => {
    const server = newRouted()
    const base = await open(server)
    server.route({ method: 'GET', path: '/late' }, () => new Response('late'))
    expect(await get(`${base}/late`)).toMatchObject({ status: 404 })
  })
})

describe.each(HOST_NAMES)('%s', (name) => {
  test('the endpoint takes precedence over a route whose variable matches its path', async () => {
    const server = newServer().route({ method: 'GET', path: '/:page' }, (_, { params: { page } }) => new Response(page))
    const { url, base } = await HOSTS[name](server)
    for (const at of [url, `${url}/`]) expect((await (await Peer.open(at, 'modern')).request(1, 'server/discover')).status).toBe(200)
    expect(await get(url)).toMatchObject({ status: 400, messages: [{ error: { message: expect.stringContaining('initialize') } }] })
    expect(await get(`${base}/other`)).toMatchObject({ status: 200, text: 'other' })
  })

  test('a route at the path of the endpoint prevents the start', async () => {
    const server = newServer().route({ method: 'GET', path: '/mcp' }, () => new Response())
    await expect((async () => HOSTS[name](server))()).rejects.toMatchObject({ code: 'GANGWAY_E_ROUTE', message: expect.stringContaining('GET /mcp') })
  })
})

describe('a route', () => {
  test.each(['', 'status', '/status/', '//', '/a b', '/a?b', '/:', '/:1', '/a:b', '/*', '/a{b}'])('with the path "%s" is GANGWAY_E_ROUTE', (path) => {
    expect(() => newServer().route({ method: 'GET', path }, () => new Response())).toThrow(expect.objectContaining({ code: 'GANGWAY_E_ROUTE' }))
  })

  test.each(['get', 'HEAD', 'OPTIONS', 'TRACE', undefined])('with the method %s is GANGWAY_E_ROUTE', (method) => {
    expect(() => newServer().route({ method: method as 'GET', path: '/a' }, () => new Response())).toThrow(expect.objectContaining({ code: 'GANGWAY_E_ROUTE', message: expect.stringContaining('DELETE') }))
  })

  test('that exists already is GANGWAY_E_DUPLICATE, whatever its variables are called', () => {
    const server = newServer().route({ method: 'GET', path: '/a/:b' }, () => new Response())
    expect(() => server.route({ method: 'GET', path: '/a/:c' }, () => new Response())).toThrow(expect.objectContaining({ code: 'GANGWAY_E_DUPLICATE' }))
    server.route({ method: 'POST', path: '/a/:b' }, () => new Response()).route({ method: 'GET', path: '/a/b' }, () => new Response())
    expect(server.routes).toHaveLength(3)
  })
})
