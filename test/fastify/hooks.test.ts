/** Hooks of an application run on MCP in it as on its own routes, and only where they are registered. */
import { once } from 'node:events'
import { mcpHttp } from '@gangway/transport-http'
import { mcpSse } from '@gangway/transport-sse'
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { exchange, send } from '../harness/http-client.ts'
import { modernHeaders } from '../harness/http-headers.ts'
import { Peer } from '../harness/http-peer.ts'
import { initializeParams, modernText, requestText } from '../harness/message.ts'
import { gate, newServer } from '../harness/server.ts'
import { headsOf, openApplication, openSse } from './application.ts'

const POLL = { timeout: 10_000 } // Soon; when exactly is no matter.

/** The names of the hooks that ran, for each request that is over. */
function record(app: FastifyInstance): { ran: Record<string, string[]>; over(path: string): Promise<string[]> } {
  const ran: Record<string, string[]> = {}
  const waiting: Record<string, (names: string[]) => void> = {}
  const add = (url: string, name: string): void => void (ran[url] ??= []).push(name)
  for (const name of ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'onSend', 'onResponse', 'onError'] as const) {
    app.addHook(name as 'onRequest', async (request) => {
      const path = request.url.split('?sessionId')[0]!
      add(path, name)
      if (name as string === 'onResponse') waiting[path]?.(ran[path]!)
    })
  }
  return { ran, over: (path) => new Promise((resolve) => (waiting[path] = resolve)) }
}

const WHOLE = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'onSend', 'onResponse']

test.each([
  ['an answer', modernText(1, 'tools/list')],
  ['an event stream', modernText(1, 'tools/call', { name: 'work' }, { progressToken: 't' })],
  ['malformed JSON', '{'],
])('all hooks run for %s', async (_, body) => {
  let hooks!: ReturnType<typeof record>
  const { url } = await openApplication({ has: (app) => (hooks = record(app)) })
  const over = hooks.over('/api/mcp?q')
  await exchange(`${url}?q`, { headers: modernHeaders(body), body })
  expect(await over).toEqual(WHOLE)
})

test('hooks also run for open streams, with onResponse when they end', async () => {
  let hooks!: ReturnType<typeof record>
  const { app, origin, url } = await openApplication({ has: (app) => (hooks = record(app)) })
  const legacy = await Peer.open(url, 'legacy')
  await send(`${url}?standing`, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': legacy.session } })
  expect(hooks.ran['/api/mcp?standing']).toEqual(WHOLE.slice(0, -1))
  const over = hooks.over('/api/mcp?standing')
  await legacy.send('DELETE')
  expect(await over).toEqual(WHOLE)

  const { endpoint } = await openSse(`${origin}/api/sse`)
  expect(hooks.ran['/api/sse']).toEqual(WHOLE.slice(0, -1))
  const [posted, ended] = [hooks.over('/api/messages'), hooks.over('/api/sse')]
  await exchange(endpoint, { headers: { 'content-type': 'application/json' }, body: requestText(1, 'initialize', initializeParams('2024-11-05')) })
  expect(await posted).toEqual(WHOLE)
  await app.close()
  expect(await ended).toEqual(WHOLE)
})

test.each([
  ['a disallowed host', { host: 'evil.example' }, '{}', 403, ['onRequest', 'onError', 'onSend', 'onResponse']],
  ['nobody', {}, '{}', 401, ['onRequest', 'preParsing', 'onError', 'onSend', 'onResponse']],
  ['too much', { authorization: 'Bearer key' }, 'x'.repeat(2000), 413, ['onRequest', 'preParsing', 'onError', 'onSend', 'onResponse']],
])('onError is called for %s', async (_, headers: Record<string, string>, body, status, expected) => {
  let hooks!: ReturnType<typeof record>
  const { url } = await openApplication({
    has: (app) => (hooks = record(app)),
    server: newServer(),
    mcp: { bodyLimit: 1000, authenticate: ({ header }) => (header('authorization') === 'Bearer key' ? { subject: 'someone', scopes: [] } : undefined) },
  })
  const over = hooks.over('/api/mcp')
  const reply = await exchange(url, { headers: { ...modernHeaders(body), ...headers }, body })
  expect(reply).toMatchObject({ status, messages: [{ jsonrpc: '2.0', error: { code: -32600 } }] })
  expect(await over).toEqual(expected)
})

test('a hook can respond itself, and can change the response', async () => {
  const { url } = await openApplication({
    has: (app) => {
      app.addHook('preHandler', async ({ headers }, reply) => (headers['x-closed'] ? reply.code(402).send({ pay: 'first' }) : undefined))
      app.addHook('onSend', async (_request, reply, payload) => {
        void reply.header('x-signed', 'yes')
        return typeof payload === 'string' ? payload.replace('suite', 'replaced') : payload
      })
    },
  })
  const peer = await Peer.open(url, 'modern')
  expect(await peer.request(1, 'tools/list', {}, { 'x-closed': '1' })).toMatchObject({ status: 402, text: '{"pay":"first"}' })
  const { headers, messages } = await peer.request(1, 'server/discover')
  expect([headers, messages]).toMatchObject([{ 'x-signed': 'yes' }, [{ result: { _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'replaced' } } } }]])
})

test('other plugins do not affect MCP, and MCP does not affect them', async () => {
  const { app, origin } = await openApplication({
    has: async (app) => {
      await app.register(async (scope) => {
        scope.addHook('onRequest', async (_request, reply) => void reply.header('x-beside', 'yes'))
        scope.get('/beside', async () => 'beside')
      })
      app.setErrorHandler(async (_error, _request, reply) => reply.code(418).send('teapot'))
      app.setNotFoundHandler(async (_request, reply) => reply.code(404).send('nowhere'))
      app.get('/fails', async () => Promise.reject(new Error('x')))
    },
  })
  for (const { headers } of await headsOf({ app, origin, url: `${origin}/api/mcp` })) expect(headers).not.toHaveProperty('x-beside')
  const get = async (path: string) => exchange(`${origin}${path}`, { method: 'GET', headers: { host: 'any.example', origin: 'https://any.example' } })
  expect(await get('/beside')).toMatchObject({ status: 200, headers: { 'x-beside': 'yes' } })
  expect(await get('/page')).toMatchObject({ status: 200, headers: expect.not.objectContaining({ 'access-control-allow-origin': expect.anything() }) })
  expect(await get('/fails')).toMatchObject({ status: 418, text: 'teapot' })
  expect(await get('/api/nothing')).toMatchObject({ status: 404, text: 'nowhere' })
})

test('two servers in one application are independent', async () => {
  const { app, origin } = await openApplication({ mcp: { authenticate: () => undefined }, server: newServer().tool('first', {}, () => 'ok'), has: (app) => app.register(mcpHttp, { server: newServer().tool('second', {}, () => 'ok'), path: '/second' }) })
  const second = await Peer.open(`${origin}/second`, 'modern')
  expect((await second.request(1, 'tools/list')).messages).toMatchObject([{ result: { tools: [{ name: 'second' }] } }])
  const first = await Peer.open(`${origin}/api/mcp`, 'modern')
  expect(await first.request(1, 'tools/list')).toMatchObject({ status: 401 })
  expect(app.hasRoute({ method: 'POST', url: '/second' })).toBe(true)
})

test('inject() gets responses and event streams, without a port', async () => {
  const { app } = await openApplication({ has: (app) => app.addHook('onSend', async (_request, reply) => void reply.header('x-signed', 'yes')) })
  const inject = (body: string) => app.inject({ method: 'POST', url: '/api/mcp', headers: { ...(modernHeaders(body) as Record<string, string>) }, body })
  const answer = await inject(modernText(1, 'tools/list'))
  expect([answer.statusCode, answer.headers, answer.json()]).toMatchObject([200, { 'x-signed': 'yes' }, { id: 1 }])
  const stream = await inject(modernText(2, 'tools/call', { name: 'work' }, { progressToken: 't' }))
  expect([stream.statusCode, stream.headers]).toMatchObject([200, { 'x-signed': 'yes', 'content-type': 'text/event-stream' }])
  expect(stream.body.match(/^data: .*(progress|done)/gm)).toHaveLength(2)
  expect((await inject('{')).json()).toMatchObject({ error: { code: -32700 } })

  const open = await app.inject({ method: 'GET', url: '/api/sse', payloadAsStream: true })
  const [chunk] = await once(open.stream(), 'data')
  expect([open.statusCode, open.headers, String(chunk)]).toMatchObject([200, { 'x-signed': 'yes' }, expect.stringContaining('data: /api/messages?sessionId=')])
  open.stream().destroy()
})

test('the request log of the application has the method, tool and session of a request', async () => {
  const lines: Record<string, unknown>[] = []
  const logger = { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } }
  const { url } = await openApplication({ fastify: { logger } })
  const legacy = await Peer.open(url, 'legacy')
  await legacy.request(1, 'tools/call', { name: 'work' })
  await expect.poll(() => lines.findLast(({ msg }) => msg === 'request completed'), POLL).toMatchObject({ mcp: { method: 'tools/call', tool: 'work', session: legacy.session.slice(0, 8) }, res: { statusCode: 200 } })
})

/** A server with something in flight from `begun` to `finish`. */
function newWaiting() {
  const [begun, finish] = [gate(), gate()]
  const server = newServer().tool('wait', {}, async () => {
    begun.open()
    await finish
    return 'answered'
  })
  return { server, begun, finish }
}

test('when an application closes, all its endpoints close, whichever of them has calls in flight', async () => {
  const { server, begun, finish } = newWaiting()
  const { app, origin, url } = await openApplication({ server, fastify: { return503OnClosing: false }, has: (app) => app.register(mcpSse, { server, path: '/before', messagesPath: '/before/messages' }) })
  const peer = await Peer.open(url, 'legacy')
  const call = peer.request(1, 'tools/call', { name: 'wait' })
  await begun
  const closed = app.close()
  const closing = { status: 503, messages: [{ error: { data: { reason: 'shutting_down' } } }] }
  await expect.poll(() => exchange(url, { headers: { 'content-type': 'application/json' }, body: requestText(1, 'initialize', initializeParams('2025-11-25')) }), POLL).toMatchObject(closing)
  for (const path of ['/before', '/api/sse']) expect(await exchange(`${origin}${path}`, { method: 'GET' })).toMatchObject(closing)
  finish.open()
  expect((await call).messages).toMatchObject([{ result: { content: [{ text: 'answered' }] } }])
  await closed
})

test('an application that closes responds to calls in flight, and to requests in the meantime', async () => {
  const { server, begun, finish } = newWaiting()
  const { app, url } = await openApplication({ server, fastify: { return503OnClosing: false } })
  const peer = await Peer.open(url, 'legacy')
  const call = peer.request(1, 'tools/call', { name: 'wait' })
  await begun
  const closed = app.close()
  expect(await peer.request(2, 'ping')).toMatchObject({ status: 200 })
  expect(await exchange(url, { headers: { 'content-type': 'application/json' }, body: requestText(1, 'initialize', initializeParams('2025-11-25')) })).toMatchObject({ status: 503, messages: [{ error: { data: { reason: 'shutting_down' } } }] })
  finish.open()
  expect((await call).messages).toMatchObject([{ result: { content: [{ text: 'answered' }] } }])
  await closed
})

test('a hook of the application that fails for every request is logged in full ten times', async () => {
  const lines: Record<string, unknown>[] = []
  const logger = { level: 'info', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } }
  const { url } = await openApplication({
    fastify: { logger },
    has: (app) =>
      app.addHook('preHandler', async () => {
        throw new Error('the database is down')
      }),
  })
  for (let id = 1; id <= 30; id++) expect((await exchange(url, { headers: { 'content-type': 'application/json' }, body: requestText(id, 'ping') })).status).toBe(500)
  const failures = lines.filter(({ level }) => level === 50)
  expect(failures).toHaveLength(10)
  expect(failures[0]).toMatchObject({ reqId: expect.anything(), err: { message: 'the database is down', stack: expect.stringContaining('hooks.test.ts') } })
})
