/** What a session leaves behind when it ends: nothing. */
import { expect, test } from 'vitest'
import { type Exchange, IncomingRequests } from '../src/jsonrpc/incoming-requests.ts'
import { nextTurn } from './next-turn.ts'
import type { Message } from '../src/jsonrpc/message.ts'
import { McpServer } from '../src/mcp-server.ts'
import { Session } from '../src/engine/session.ts'

const initialize: Message = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } } }

test('an ended session no longer listens for changes', async () => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' }).tool('t', {}, () => 'ok')
  const sent: Message[] = []
  const session = new Session(server, { send: (message) => void sent.push(message) })
  await session.receive(initialize)
  await session.receive({ jsonrpc: '2.0', method: 'notifications/initialized' })
  server.removeTool('t')
  await nextTurn()
  expect(sent).toMatchObject([{ method: 'notifications/tools/list_changed' }])
  session.close()
  server.tool('t', {}, () => 'ok')
  await nextTurn()
  expect(sent).toHaveLength(1)
})

test('its record is plain data, and exists from the handshake on', async () => {
  const session = new Session(new McpServer({ name: 'suite', version: '1.0.0' }), { send: () => {} })
  expect(session.record).toBeUndefined()
  await session.receive(initialize)
  await session.receive({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level: 'error' } })
  expect(JSON.parse(JSON.stringify(session.record))).toEqual({
    revision: '2025-06-18',
    client: { info: { name: 'x', version: '1' }, capabilities: {} },
    logLevel: 'error',
    subscriptions: [],
    initialized: false,
  })
})

test('end listeners are called once, and at once if they are late', () => {
  const session = new Session(new McpServer({ name: 'suite', version: '1.0.0' }), { send: () => {} })
  const heard: string[] = []
  session.onEnd(() => heard.push('in time'))
  session.close()
  session.close()
  session.onEnd(() => heard.push('late'))
  expect(heard).toEqual(['in time', 'late'])
})

test('it subscribes to at most 1000 URIs, until one is unsubscribed', async () => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' }).resource('shop://orders/{order}', {}, () => 'tea')
  const session = new Session(server, { send: () => {} })
  await session.receive(initialize)
  const ask = (method: string, order: number) => session.receive({ jsonrpc: '2.0', id: 1, method: `resources/${method}`, params: { uri: `shop://orders/${order}` } })
  for (let order = 1; order <= 1000; order++) await ask('subscribe', order)
  expect(await ask('subscribe', 1)).toMatchObject({ result: {} })
  expect(await ask('subscribe', 1001)).toMatchObject({ error: { code: -32600, message: expect.stringContaining('1000') } })
  await ask('unsubscribe', 1)
  expect(await ask('subscribe', 1001)).toMatchObject({ result: {} })
  expect(session.record?.subscriptions).toHaveLength(1000)
})

test('[case 44] a listener that throws does not prevent the end of a session', async () => {
  const errors: object[] = []
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (details: object) => void errors.push(details) }
  const server = new McpServer({ name: 'suite', version: '1.0.0', logger })
    .tool('wait', {}, () => new Promise<string>(() => {}))
    .resource('a://b', {}, () => 'x')
  const fault = new Error('A listener threw')
  const ended: string[] = []
  const exchanges: Exchange[] = []
  const inflight = new IncomingRequests()
  const run = inflight.run.bind(inflight)
  inflight.run = (id, send, serve, enter) => run(id, send, (exchange) => (exchanges.push(exchange), serve(exchange)), enter)
  const session = new Session(server, { send: () => {}, inflight })
  await session.receive(initialize)
  await session.receive({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri: 'a://b' } })
  const calls = [2, 3].map((id) => session.receive({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'wait' } }))
  await Promise.resolve()
  exchanges.at(-2)?.onEnd(() => {
    throw fault
  })
  exchanges.at(-2)?.onEnd(() => void ended.push('exchange'))
  server.changes.onWatched = () => {
    throw fault
  }
  session.onEnd(() => {
    throw fault
  })
  session.onEnd(() => void ended.push('session'))
  session.close()
  expect(await Promise.all(calls)).toEqual([undefined, undefined])
  expect([session.busy, ended]).toEqual([0, ['exchange', 'session']])
  expect(errors).toEqual([{ err: fault }])
})

test('a rejected second handshake changes nothing, and subscriptions continue', async () => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' }).resource('shop://tea', {}, () => 'tea')
  const sent: Message[] = []
  const session = new Session(server, { send: (message) => void sent.push(message) })
  await session.receive(initialize)
  await session.receive({ jsonrpc: '2.0', method: 'notifications/initialized' })
  await session.receive({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri: 'shop://tea' } })
  const tooLarge = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x'.repeat(20_000), version: '1' } }
  expect(await session.receive({ jsonrpc: '2.0', id: 2, method: 'initialize', params: tooLarge })).toMatchObject({ error: { code: -32602 } })
  server.changed('shop://tea')
  await nextTurn()
  expect(sent).toMatchObject([{ method: 'notifications/resources/updated' }])
})
