/** The endpoint pair of the legacy SSE transport: a stream that names an address, and the POSTs to it. */
import type { IncomingMessage } from 'node:http'
import { sse } from '@gangway/transport-sse'
import { expect, test } from 'vitest'
import { eachEvent, type ServerEvent } from '../harness/events.ts'
import { exchange, send } from '../harness/http-client.ts'
import { closing } from '../harness/index.ts'
import { initializeParams, requestText } from '../harness/message.ts'
import { aborted, gate, logged, newServer } from '../harness/server.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

async function open(server = newServer(), options: Parameters<typeof sse>[0] = {}) {
  const running = closing(await sse({ host: '127.0.0.1', port: 0, path: '/sse', ...options }).serve(server))
  const url = running.url ?? ''
  return { url, join: () => join(url) }
}

async function join(url: string) {
  const reply: IncomingMessage = await send(url, { method: 'GET', headers: { accept: 'text/event-stream' } })
  const events: ServerEvent[] = []
  let arrived = gate<ServerEvent>()
  const ended = eachEvent(reply, (event) => {
    events.push(event)
    arrived.open(event)
    arrived = gate()
  })
  const first = await arrived
  const endpoint = new URL(first.data, url).href
  const post = (body: string | Uint8Array, headers: Record<string, string> = JSON_HEADERS) => exchange(endpoint, { headers, body })
  const next = () => arrived
  return { reply, events, ended, endpoint, post, next }
}

test('the stream starts with the URL for POSTs, which cannot be guessed [E2] [E5]', async () => {
  const { url, join } = await open()
  const [one, two] = [await join(), await join()]
  expect(one.reply.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' })
  expect(one.events).toMatchObject([{ event: 'endpoint', data: expect.stringMatching(/^\/messages\?sessionId=[0-9a-f-]{36}$/) }])
  expect(new URL(one.endpoint).origin).toBe(new URL(url).origin)
  expect(two.endpoint).not.toBe(one.endpoint)
})

test('a message is 202 without a body, and its response is an event [E3] [E4]', async () => {
  const { join } = await open()
  const client = await join()
  const arrived = client.next()
  const reply = await client.post(requestText(1, 'initialize', initializeParams('2024-11-05')))
  expect([reply.status, reply.text]).toEqual([202, ''])
  const { event, data } = await arrived
  expect([event, JSON.parse(data)]).toMatchObject(['message', { id: 1, result: { protocolVersion: '2024-11-05' } }])
})

test.each([
  ['{', -32700, null],
  ['', -32700, null],
  ['{}', -32600, null],
  ['[]', -32600, null],
  ['{"jsonrpc":"2.0","id":7}', -32600, 7],
  ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, null],
])('the body %j is 400 %i, and nothing is sent on the stream [E4]', async (body, code, id) => {
  const { join } = await open()
  const client = await join()
  expect(await client.post(body)).toMatchObject({ status: 400, messages: [{ id, error: { code } }] })
  const arrived = client.next()
  await client.post(requestText(2, 'ping'))
  expect(JSON.parse((await arrived).data)).toEqual({ jsonrpc: '2.0', id: 2, result: {} })
})

test('a body that is not UTF-8 is 400 −32700', async () => {
  const { join } = await open()
  const client = await join()
  expect(await client.post(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"é"}', 'latin1'))).toMatchObject({ status: 400, messages: [{ error: { code: -32700 } }] })
})

test.each(['text/plain', 'application/x-www-form-urlencoded', ''])('Content-Type "%s" is 415', async (type) => {
  const { join } = await open()
  const client = await join()
  expect(await client.post(requestText(1, 'ping'), type === '' ? {} : { 'content-type': type })).toMatchObject({ status: 415, messages: [{ error: { code: -32600 } }] })
})

test('a body over the limit is 413, and the next request is served', async () => {
  const { join } = await open(newServer(), { bodyLimit: 1000 })
  const client = await join()
  expect(await client.post(requestText(1, 'ping', { x: 'x'.repeat(2000) }))).toMatchObject({ status: 413, messages: [{ id: null, error: { code: -32600 } }] })
  expect(await client.post(requestText(2, 'ping'))).toMatchObject({ status: 202 })
})

test.each(['', '?sessionId=', '?sessionId=unknown', '?sessionId=a&sessionId=b', '?other=1'])('a URL like "%s" is 404 [E4]', async (query) => {
  const { url } = await open()
  const reply = await exchange(new URL(`/messages${query}`, url).href, { headers: JSON_HEADERS, body: requestText(1, 'ping') })
  expect(reply).toMatchObject({ status: 404, messages: [{ error: { code: -32600 } }] })
})

test('closing the stream ends the session and its work [E4]', async () => {
  const started = gate()
  const stopped = gate<unknown>()
  const server = newServer().tool('wait', {}, async (_, { signal }) => {
    started.open()
    stopped.open(await aborted(signal))
  })
  const { join } = await open(server)
  const client = await join()
  await client.post(requestText(1, 'initialize', initializeParams('2024-11-05')))
  await client.post(requestText(2, 'tools/call', { name: 'wait' }))
  await started
  client.reply.destroy()
  expect(await stopped).toMatchObject({ name: 'AbortError' })
  expect(await client.post(requestText(3, 'ping'))).toMatchObject({ status: 404 })
})

test('both paths can be set', async () => {
  const { url, join } = await open(newServer(), { path: '/a/stream', messagesPath: '/a/post' })
  expect(new URL(url).pathname).toBe('/a/stream')
  const client = await join()
  expect(client.endpoint).toContain('/a/post?sessionId=')
  expect(await client.post(requestText(1, 'ping'))).toMatchObject({ status: 202 })
})

test('has probes, and a log line for each request without the session id', async () => {
  const { logger, lines } = logged('debug')
  const { url, join } = await open(newServer({ logger }).tool('t', {}, () => 'ok'))
  for (const probe of ['/livez', '/readyz']) expect(await exchange(new URL(probe, url).href, { method: 'GET', headers: { host: 'probe.example' } })).toMatchObject({ status: 200 })
  const client = await join()
  const session = new URL(client.endpoint).searchParams.get('sessionId') ?? ''
  await client.post(requestText(1, 'tools/call', { name: 't' }))
  expect(await exchange(new URL('/livez', url).href, { method: 'GET' })).toMatchObject({ status: 200 })
  const answered = lines.filter(([, message]) => message === 'Answered')
  expect(answered).toContainEqual([expect.objectContaining({ method: 'POST', path: '/messages', status: 202, mcp: { method: 'tools/call', tool: 't', session: session.slice(0, 8) } }), 'Answered'])
  expect(JSON.stringify(lines)).not.toContain(session)
})
