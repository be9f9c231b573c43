/** What a POST may be, what may come back, and the other verbs: media types, broken bodies, sizes, paths. */
import { describe, expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { ERAS, Peer, type Era } from '../harness/http-peer.ts'
import { openHttp } from '../harness/http.ts'
import { closing, serve } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'
import { z } from 'zod'

const server = newServer().tool('echo', { input: { text: z.string() } }, ({ text }) => text)
const JSON_TYPE = 'application/json; charset=utf-8'
const EVENTS = 'text/event-stream'

const open = async (era: Era) => Peer.open((await serve('http', server)).url ?? '', era)

describe.each(ERAS)('%s', (era) => {
  test.each([
    ['application/json, text/event-stream', JSON_TYPE],
    ['application/json', JSON_TYPE],
    ['text/event-stream', EVENTS],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['text/*', EVENTS],
    ['TEXT/Event-Stream ; q=0.5 , text/html', EVENTS],
    ['application/json;q=0, text/event-stream', EVENTS],
    ['text/html, */*;q=0.1', JSON_TYPE],
    [undefined, JSON_TYPE],
  ])('Accept: %s gets %s [H5] [H32]', async (accept, type) => {
    const peer = await open(era)
    const { status, headers, messages } = await peer.request(7, 'tools/list', {}, { accept })
    expect([status, headers['content-type']]).toEqual([200, type])
    expect(messages).toMatchObject([{ id: 7, result: { tools: [{ name: 'echo' }] } }])
  })

  test.each(['text/html', 'image/*', 'application/xml', 'application/json;q=0', '*/*;q=0.0'])('Accept: %s is 406', async (accept) => {
    const peer = await open(era)
    expect(await peer.request(7, 'tools/list', {}, { accept })).toMatchObject({ status: 406, messages: [{ error: { code: -32600 } }] })
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset=UTF-8'])('Content-Type: %s is accepted', async (type) => {
    const peer = await open(era)
    expect(await peer.request(7, 'tools/list', {}, { 'content-type': type })).toMatchObject({ status: 200 })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', 'json', '', undefined])('Content-Type: %s is 415', async (type) => {
    const peer = await open(era)
    expect(await peer.request(7, 'tools/list', {}, { 'content-type': type })).toMatchObject({ status: 415, messages: [{ error: { code: -32600 } }] })
    expect(await peer.request(8, 'tools/list')).toMatchObject({ status: 200 })
  })

  test.each(['{', 'hello', '', ' ', '{"jsonrpc":"2.0"'])('the body %j is 400 −32700', async (body) => {
    const peer = await open(era)
    expect(await peer.post(body)).toMatchObject({ status: 400, messages: [{ error: { code: -32700 } }] })
    expect(await peer.request(8, 'tools/list')).toMatchObject({ status: 200 })
  })

  test('a body that is not UTF-8 is 400 −32700', async () => {
    const peer = await open(era)
    const text = peer.text(7, 'tools/call', { name: 'echo', arguments: { text: 'é' } })
    const latin1 = Buffer.from(text, 'latin1')
    expect(await exchange(peer.url, { headers: peer.headers(text) as Record<string, string>, body: latin1 })).toMatchObject({ status: 400, messages: [{ error: { code: -32700 } }] })
  })

  test.each([
    ['{}', null],
    ['1', null],
    ['null', null],
    ['{"jsonrpc":"2.0","id":7}', 7],
    ['{"id":"7","method":"tools/list"}', '7'],
    ['{"jsonrpc":"2.0","id":7,"method":7}', 7],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[]}', 7],
    ['{"jsonrpc":"2.0","id":null,"method":"tools/list"}', null],
    ['{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}', null],
    ['{"jsonrpc":"2.0","method":5}', null],
    ['{"jsonrpc":"2.0","id":7,"result":5}', 7],
  ])('%s is 400 −32600 with its id', async (body, id) => {
    const peer = await open(era)
    expect(await peer.post(body)).toMatchObject({ status: 400, messages: [{ id, error: { code: -32600 } }] })
    expect(await peer.request(8, 'tools/list')).toMatchObject({ status: 200 })
  })

  test.each(['[]', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', '[{"jsonrpc":"2.0","method":"notifications/initialized"}]'])('the batch %s is 400 −32600 [C8]', async (body) => {
    const peer = await open(era)
    expect(await peer.post(body)).toMatchObject({ status: 400, messages: [{ id: null, error: { code: -32600 } }] })
  })

  test.each([false, true])('a body over the limit is 413, and the next request is served (in chunks: %s)', async (chunked) => {
    const { url } = closing(await openHttp(server, { bodyLimit: 2000 }))
    const peer = await Peer.open(url, era)
    const big = peer.text(7, 'tools/call', { name: 'echo', arguments: { text: 'x'.repeat(3000) } })
    const reply = await peer.post(big, chunked ? { 'transfer-encoding': 'chunked' } : {})
    expect(reply).toMatchObject({ status: 413, headers: { 'content-type': expect.stringContaining('application/json') }, messages: [{ jsonrpc: '2.0', id: null, error: { code: -32600 } }] })
    expect(await peer.request(8, 'tools/call', { name: 'echo', arguments: { text: 'x'.repeat(1000) } })).toMatchObject({ status: 200 })
  })

  test('the default limit is 4 MiB', async () => {
    const peer = await open(era)
    expect(await peer.request(7, 'tools/call', { name: 'echo', arguments: { text: 'x'.repeat(4_000_000) } })).toMatchObject({ status: 200 })
    expect(await peer.request(8, 'tools/call', { name: 'echo', arguments: { text: 'x'.repeat(4_200_000) } })).toMatchObject({ status: 413 })
  })

  test.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])('%s is 405, with the allowed methods', async (method) => {
    const peer = await open(era)
    const reply = await peer.send(method)
    expect([reply.status, reply.headers.allow]).toEqual([405, 'GET, POST, DELETE'])
  })

  test('a notification is 202 without a body [H4] [H31]', async () => {
    const peer = await open(era)
    for (const method of ['notifications/cancelled', 'notifications/initialized', 'notifications/unknown', 'tools/list']) {
      const reply = await peer.post(JSON.stringify({ jsonrpc: '2.0', method, params: { requestId: 1 } }))
      expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([202, '', undefined])
    }
  })

  test('a trailing slash is accepted, without a redirect', async () => {
    const peer = await open(era)
    const path = new URL(`${peer.url}/`).pathname
    const text = peer.text(7, 'tools/list')
    expect(await peer.post(text, {}, { path })).toMatchObject({ status: 200, messages: [{ id: 7, result: {} }] })
    const { status } = await exchange(`${peer.url}/`, { method: 'PUT' })
    expect(status).toBe(405)
  })

  test('a query in the URL is accepted', async () => {
    const peer = await open(era)
    expect(await peer.post(peer.text(7, 'tools/list'), {}, { path: '/mcp?x=1' })).toMatchObject({ status: 200 })
  })

  test.each(['/', '/mcp/x', '/MCP', '/mc'])('%s is 404', async (path) => {
    const peer = await open(era)
    expect(await peer.post(peer.text(7, 'tools/list'), {}, { path })).toMatchObject({ status: 404 })
  })

  test('text in every script passes in both directions', async () => {
    const peer = await open(era)
    const text = 'é 日本 🙂 \u2028 "\\'
    const { messages } = await peer.request(7, 'tools/call', { name: 'echo', arguments: { text } })
    expect(messages).toMatchObject([{ result: { content: [{ text }] } }])
  })
})

describe('legacy', () => {
  test('a response to no request is 202 without a body [H4]', async () => {
    const peer = await open('legacy')
    expect(await peer.post('{"jsonrpc":"2.0","id":7,"result":{}}')).toMatchObject({ status: 202, text: '' })
  })

  test.each(['application/json', 'text/html', ''])('GET with Accept: %s is 406', async (accept) => {
    const peer = await open('legacy')
    expect(await peer.send('GET', { accept })).toMatchObject({ status: 406, messages: [{ error: { code: -32600 } }] })
  })
})

describe('modern', () => {
  test('a response is 400 −32600', async () => {
    const peer = await open('modern')
    expect(await peer.post('{"jsonrpc":"2.0","id":7,"result":{}}', { 'mcp-protocol-version': '2026-07-28' })).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] })
  })
})

test.each(['/', '/a/b', '/a/b/'])('the path can be %s', async (path) => {
  const { url } = closing(await openHttp(server, { path }))
  expect(new URL(url).pathname).toBe(path)
  const peer = await Peer.open(url, 'modern')
  for (const variant of new Set([path, path.replace(/\/$/, ''), path.replace(/\/?$/, '/')])) {
    expect(await peer.post(peer.text(7, 'tools/list'), {}, { path: variant || '/' })).toMatchObject({ status: 200 })
  }
})
