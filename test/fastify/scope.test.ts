/** What is the application's stays the application's, and what is MCP's is its own: hooks, limits, parsers, serializers, errors. */
import { once } from 'node:events'
import { connect, constants, type ClientHttp2Stream } from 'node:http2'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import { mcpHttp, type McpHttpOptions } from '@gangway/transport-http'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { modernHeaders } from '../harness/http-headers.ts'
import { ERAS, Peer } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { modernText, type Message } from '../harness/message.ts'
import { aborted, gate, newServer } from '../harness/server.ts'
import { openApplication, openSse } from './application.ts'

const refused = (code: number) => [{ jsonrpc: '2.0', id: null, error: { code, message: expect.any(String) } }]
const big = (bytes: number) => modernText(1, 'tools/list', { padding: 'x'.repeat(bytes) })

describe('the body limit', () => {
  test('of the application does not apply to MCP', async () => {
    const { origin, url } = await openApplication({ fastify: { bodyLimit: 100 } })
    const peer = await Peer.open(url, 'modern')
    expect(await peer.post(big(200_000))).toMatchObject({ status: 200 })
    expect(await exchange(`${origin}/api/echo`, { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(1000) })).toMatchObject({ status: 200 })
    expect(await exchange(`${origin}/page`, { headers: { 'content-type': 'application/json' }, body: JSON.stringify('x'.repeat(1000)) })).toMatchObject({ status: 413 })
  })

  test('of MCP does not apply to the application', async () => {
    const { origin, url } = await openApplication({ mcp: { bodyLimit: 1000 } })
    const peer = await Peer.open(url, 'modern')
    expect(await peer.post(big(2000))).toMatchObject({ status: 413, messages: refused(-32600) })
    const { endpoint } = await openSse(`${origin}/api/sse`)
    expect(await exchange(endpoint, { headers: { 'content-type': 'application/json' }, body: big(2000) })).toMatchObject({ status: 413, messages: refused(-32600) })
    expect(await exchange(`${origin}/page`, { headers: { 'content-type': 'application/json' }, body: JSON.stringify('x'.repeat(2000)) })).toMatchObject({ status: 200 })
  })
  test('counts the decompressed body', async () => {
    const { url } = await openApplication({ has: (app) => app.register(compress), mcp: { bodyLimit: 10_000 } })
    const peer = await Peer.open(url, 'modern')
    const post = (body: string, encoding = 'gzip') => exchange(url, { headers: { ...modernHeaders(body), 'content-encoding': encoding }, body: gzipSync(body) })
    expect(await post(modernText(1, 'tools/list'))).toMatchObject({ status: 200, messages: [{ id: 1, result: {} }] })
    expect(await post(big(1_000_000))).toMatchObject({ status: 413, messages: refused(-32600) })
    expect(await post('{}', 'snappy')).toMatchObject({ status: 415, messages: refused(-32600) })
    expect(peer.era).toBe('modern')
  })
})

test('parsers of the application for other media types get no MCP requests', async () => {
  const { url, origin } = await openApplication({
    has: async (app) => {
      await app.register(formbody)
      await app.register(multipart, { attachFieldsToBody: true })
    },
  })
  const peer = await Peer.open(url, 'modern')
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'multipart/form-data', 'nonsense', '']) {
    expect(await peer.post('a=b', { 'content-type': type })).toMatchObject({ status: 415, messages: refused(-32600) })
  }
  expect(await exchange(`${origin}/page`, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' })).toMatchObject({ text: '{"a":"b"}' })
})

test('serializers of the application do not change MCP responses', async () => {
  const { url, origin } = await openApplication({
    has: (app) => app.setReplySerializer((payload) => JSON.stringify({ data: payload })).addHook('preSerialization', async (_request, _reply, payload) => ({ wrapped: payload })),
  })
  const peer = await Peer.open(url, 'modern')
  expect((await peer.request(1, 'tools/list')).messages).toMatchObject([{ id: 1, result: {} }])
  expect(await peer.request(1, 'tools/list', {}, { host: 'evil.example' })).toMatchObject({ status: 403, headers: { 'content-type': 'application/json; charset=utf-8' }, messages: refused(-32600) })
  expect(await exchange(`${origin}/page`, { method: 'GET' })).toMatchObject({ text: '{"data":{"wrapped":{"page":true}}}' })
})

describe('an error of a plugin is a JSON-RPC error with the status of the plugin', () => {
  test('@fastify/rate-limit', async () => {
    const { url } = await openApplication({ has: (app) => app.register(rateLimit, { max: 1 }) })
    const peer = await Peer.open(url, 'modern')
    expect(await peer.request(1, 'tools/list')).toMatchObject({ status: 200 })
    expect(await peer.request(2, 'tools/list')).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) }, messages: refused(-32600) })
  })
  test('@fastify/rate-limit with its own response', async () => {
    const { url } = await openApplication({ has: (app) => app.register(rateLimit, { max: 0, errorResponseBuilder: () => ({ statusCode: 429, error: 'Slow', message: 'Slow down' }) }) })
    const peer = await Peer.open(url, 'modern')
    expect(await peer.request(2, 'tools/list')).toMatchObject({ status: 429, messages: [{ error: { code: -32600, message: expect.stringContaining('Slow down') } }] })
  })
  test('@fastify/rate-limit also counts anonymous callers', async () => {
    const { url } = await openApplication({ has: (app) => app.register(rateLimit, { max: 2 }), mcp: { authenticate: () => undefined }, server: newServer() })
    const peer = await Peer.open(url, 'modern')
    expect([await peer.request(1, 'tools/list'), await peer.request(1, 'tools/list'), await peer.request(1, 'tools/list')].map(({ status }) => status)).toEqual([401, 401, 429])
  })
  test('@fastify/under-pressure', async () => {
    const { app, url } = await openApplication({ has: (app) => app.register(underPressure, { maxRssBytes: 1, retryAfter: 7, sampleInterval: 10 }) })
    while (!app.isUnderPressure()) await setTimeout(5) // It looks now and then.
    const peer = await Peer.open(url, 'modern')
    expect(await peer.request(1, 'tools/list')).toMatchObject({ status: 503, headers: { 'retry-after': '7' }, messages: refused(-32603) })
  })
  test('a hook that throws', async () => {
    const { url } = await openApplication({ has: (app) => app.addHook('preHandler', async () => Promise.reject(new Error('a secret'))) })
    const peer = await Peer.open(url, 'modern')
    const { status, messages, text } = await peer.request(1, 'tools/list')
    expect([status, messages, text.includes('secret')]).toMatchObject([500, refused(-32603), false])
  })
})

test.each([
  ['/api', '/mcp', ['/api/mcp', '/api/mcp/']],
  ['/mcp', '/', ['/mcp', '/mcp/']],
  ['', '/', ['/']],
  ['/a/b', '/c/', ['/a/b/c', '/a/b/c/']],
])('prefix %j and path %j are served at %j', async (prefix, path, served) => {
  for (const ignoreTrailingSlash of [false, true]) {
    const app = closing(Fastify({ routerOptions: { ignoreTrailingSlash } }) as unknown as { close(): Promise<void> }) as unknown as FastifyInstance
    await app.register(mcpHttp, { server: newServer().tool('t', {}, () => 'ok'), prefix, path })
    const body = modernText(1, 'tools/list')
    for (const url of served) expect(await app.inject({ method: 'POST', url, headers: modernHeaders(body) as Record<string, string>, body })).toMatchObject({ statusCode: 200 })
    expect(await app.inject({ method: 'POST', url: '/elsewhere', headers: modernHeaders(body) as Record<string, string>, body })).toMatchObject({ statusCode: 404 })
  }
})

/** Gives the way to post there. */
async function overHttp2(options: McpHttpOptions): Promise<(body: string) => ClientHttp2Stream> {
  const app = closing(Fastify({ http2: true }) as unknown as { close(): Promise<void> }) as unknown as FastifyInstance
  await app.register(mcpHttp, options)
  const client = connect(await app.listen({ host: '127.0.0.1', port: 0 }))
  closing({ close: async () => void client.destroy() })
  return (body) => client.request({ ':method': 'POST', ':path': '/mcp', ...modernHeaders(body) }).on('error', () => {}).end(body)
}

describe('over HTTP/2', () => {
  test('notifications before the response make an event stream', async () => {
    const post = await overHttp2({ server: newServer().tool('work', {}, (_, { progress }) => (progress(1), 'done')) })
    const stream = post(modernText(1, 'tools/call', { name: 'work' }, { progressToken: 't' }))
    expect((await once(stream, 'response'))[0]).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
    expect(await text(stream)).toContain('"done"')
  })

  test('a client that sends many requests and reads nothing gets at most the queue limit', async () => {
    const LENGTH = 100_000
    const post = await overHttp2({ server: newServer().tool('large', {}, () => 'x'.repeat(LENGTH)), queueBytes: LENGTH })
    const streams = Array.from({ length: 40 }, (_, id) => post(modernText(id, 'tools/call', { name: 'large' })))
    await new Promise<void>((resolve) => streams.at(-1)!.once('close', resolve))
    expect(streams.at(-1)!.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    const answered = (await Promise.allSettled(streams.map((stream) => text(stream)))).filter((read) => read.status === 'fulfilled' && read.value.length > LENGTH)
    expect(answered).toHaveLength(7) // With an eighth it would be more than eight times `queueBytes`.
    expect(await text(post(modernText(40, 'tools/call', { name: 'large' })))).toContain('x'.repeat(LENGTH))
  })

  test('a client that disconnects before the response cancels its call', async () => {
    const [started, stopped] = [gate(), gate<unknown>()]
    const server = newServer().tool('wait', {}, async (_, { signal }) => {
      started.open()
      stopped.open(await aborted(signal))
    })
    const post = await overHttp2({ server })
    const stream = post(modernText(1, 'tools/call', { name: 'wait' }))
    await started
    stream.close(constants.NGHTTP2_CANCEL)
    expect(await stopped).toMatchObject({ name: 'AbortError' })
  })
})

/** After which the application drops connections that are silent. */
const CONNECTION_TIMEOUT = 200

test.each(ERAS)('a stream can be silent for longer than connections of the application, %s', async (era) => {
  const goOn = gate()
  const server = newServer().tool('slow', {}, async (_, { progress }) => {
    progress(1)
    await goOn
    return 'done'
  })
  const { url } = await openApplication({ fastify: { connectionTimeout: CONNECTION_TIMEOUT }, server })
  const peer = await Peer.open(url, era)
  const messages: Message[] = []
  await peer.stream(peer.text(1, 'tools/call', { name: 'slow' }, { progressToken: 't' }), (message) => {
    messages.push(message)
    if (message.method === 'notifications/progress') void setTimeout(5 * CONNECTION_TIMEOUT).then(() => goOn.open())
  })
  expect(messages.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'done' }] } })
})
