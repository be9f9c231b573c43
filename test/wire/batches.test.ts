/** Batches: revision 2025-03-26 has them, and no other. */
import { describe, expect, test } from 'vitest'
import { Peer } from '../harness/http-peer.ts'
import { connect, everywhere, serve, wholeMatrix } from '../harness/index.ts'
import type { Message } from '../harness/message.ts'
import { envelope, initializeParams, MODERN } from '../harness/message.ts'
import { aborted, gate, newServer } from '../harness/server.ts'

const request = (id: unknown, method: string, params: object = {}) => ({ jsonrpc: '2.0', id, method, params })
const notice = (method: string, params: object = {}) => ({ jsonrpc: '2.0', method, params })
const call = (id: unknown, name: string, meta: object = {}) => request(id, 'tools/call', { name, _meta: meta })
const cancelled = (requestId: unknown) => notice('notifications/cancelled', { requestId })
const answer = (id: unknown) => ({ jsonrpc: '2.0', id, result: {} })
const batch = (...values: unknown[]) => JSON.stringify(values)
const byId = (messages: readonly Message[]) => messages.toSorted((a, b) => String(a.id).localeCompare(String(b.id)))

/** Tools, two of which end only once both have begun, and one that waits for its cancellation. */
function newBusy() {
  const both = [gate(), gate()]
  const stopped = gate<unknown>()
  const meet = (mine: number) => async () => {
    both[mine]?.open()
    await both[1 - mine]
    return `met ${mine}`
  }
  const server = newServer()
    .tool('left', {}, meet(0))
    .tool('right', {}, meet(1))
    .tool('quick', {}, () => 'quick')
    .tool('work', {}, (_, { progress }) => {
      progress(1)
      return 'done'
    })
    .tool('wait', {}, async (_, { signal }) => {
      stopped.open(await aborted(signal))
      return 'too late'
    })
  return { server, stopped }
}

const INITIALIZE = request('again', 'initialize', initializeParams('2025-03-26'))
const BAD: readonly [string, unknown[]][] = [
  ['an empty batch', []],
  ['51 messages', Array.from({ length: 51 }, (_, index) => request(index, 'ping'))],
  ['one with initialize in it', [request(1, 'ping'), INITIALIZE]],
  ['one of initialize alone', [INITIALIZE]],
  ['one with a modern message in it', [request(1, 'ping'), request(2, 'tools/list', { _meta: envelope() })]],
]

describe.each(wholeMatrix.filter(({ revision }) => revision === '2025-03-26'))('$name', ({ open, door, revision }) => {
  test('all requests of a batch get one batch of responses [C6] [H17]', async () => {
    const client = await open(newBusy().server)
    await client.raw(batch(request(1, 'ping'), request('1', 'ping'), call('t', 'quick'), request('x', 'no/such'), notice('notifications/nobody'), answer('unknown')))
    expect(client.batches).toHaveLength(1)
    expect(byId(client.batches[0] ?? [])).toMatchObject([{ id: 1, result: {} }, { id: '1', result: {} }, { id: 't', result: { content: [{ text: 'quick' }] } }, { id: 'x', error: { code: -32601 } }])
  })

  test('a batch of one gets a batch [C6]', async () => {
    const client = await open(newBusy().server)
    await client.raw(batch(request(7, 'ping')))
    expect(client.batches).toEqual([[{ jsonrpc: '2.0', id: 7, result: {} }]])
  })

  test('a batch of notifications and responses gets no response [C5] [C6]', async () => {
    const client = await open(newBusy().server)
    for (const values of [[notice('notifications/nobody')], [answer(1), answer('x')], [cancelled('nobody'), answer(1)], [{ jsonrpc: '2.0', method: 7 }]]) expect(await client.raw(batch(...values))).toEqual([])
    expect(client.batches).toEqual([])
    expect(await client.result('ping')).toEqual({})
  })

  test('an invalid element has its own error, and the others are served', async () => {
    const client = await open(newBusy().server)
    await client.raw(batch(1, 'x', null, [], [request(1, 'ping')], {}, { jsonrpc: '1.0', id: 'old', method: 'ping' }, request(null, 'ping'), request(1.5, 'ping'), { jsonrpc: '2.0', id: 'odd', method: 7 }, request('good', 'ping')))
    const [answers = []] = client.batches
    expect(answers).toHaveLength(11)
    expect(answers.filter(({ id }) => id === null).map(({ error }) => error?.code)).toEqual(Array.from({ length: 8 }, () => -32600))
    expect(byId(answers.filter(({ id }) => id !== null))).toMatchObject([{ id: 'good', result: {} }, { id: 'odd', error: { code: -32600 } }, { id: 'old', error: { code: -32600 } }])
  })

  test('a batch of invalid elements gets a batch of errors', async () => {
    const client = await open(newBusy().server)
    await client.raw(batch(1, 2))
    expect(client.batches).toMatchObject([[{ id: null, error: { code: -32600 } }, { id: null, error: { code: -32600 } }]])
  })

  test.each(BAD)('%s is rejected as a whole, with one −32600 [C7]', async (_, values) => {
    const client = await open(newBusy().server)
    expect(await client.raw(batch(...values))).toMatchObject([{ id: null, error: { code: -32600 } }])
    expect(client.batches).toEqual([])
    expect(await client.result('ping')).toEqual({})
  })

  test('50 messages are the maximum', async () => {
    const client = await open(newBusy().server)
    await client.raw(batch(...Array.from({ length: 50 }, (_, index) => request(index, 'ping'))))
    expect(client.batches[0]).toHaveLength(50)
  })

  test('its requests run concurrently, also with other requests', async () => {
    const client = await open(newBusy().server)
    client.raw(batch(call('a', 'left'), call('b', 'quick'))).catch(() => {})
    expect(await client.call('right')).toMatchObject({ content: [{ text: 'met 1' }] })
    await client.until(({ id }) => id === 'a')
    expect(client.batches).toHaveLength(1)

    const other = await open(newBusy().server)
    other.raw(batch(call('a', 'left'), call('b', 'right'))).catch(() => {})
    await other.until(({ id }) => id === 'b')
    expect(byId(other.batches[0] ?? [])).toMatchObject([{ id: 'a', result: { content: [{ text: 'met 0' }] } }, { id: 'b', result: { content: [{ text: 'met 1' }] } }])
  })

  test('the second request with a repeated id is rejected, and the first is served', async () => {
    const client = await open(newBusy().server)
    client.raw(batch(call('a', 'left'), call('a', 'quick'), call('b', 'right'))).catch(() => {})
    await client.until(({ id }) => id === 'b')
    expect(client.batches[0]?.filter(({ id }) => id === 'a').map(({ error, result }) => error?.code ?? result?.content)).toEqual(expect.arrayContaining([-32600, [{ type: 'text', text: 'met 0' }]]))
    expect(client.batches[0]).toHaveLength(3)
  })

  test('a cancelled request is omitted from the batch [C31]', async () => {
    const { server, stopped } = newBusy()
    const client = await open(server)
    await client.raw(batch(call('w', 'wait'), request('p', 'ping'), cancelled('w')))
    await client.until(({ id }) => id === 'p')
    expect(await stopped).toMatchObject({ name: 'AbortError' })
    expect(client.batches).toMatchObject([[{ id: 'p', result: {} }]])
  })

  test('a request of a batch can be cancelled from outside; if all are cancelled, there is no response [C31]', async () => {
    const { server, stopped } = newBusy()
    const client = await open(server)
    const over = client.raw(batch(call('w', 'wait')))
    await client.result('ping')
    await client.cancel('w')
    expect(await stopped).toMatchObject({ name: 'AbortError' })
    await over
    expect(client.batches).toEqual([])
    expect(client.answersTo('w')).toEqual([])
  })

  test('a batch before the handshake is rejected', async () => {
    const client = await connect(await serve(door, newBusy().server), revision)
    expect(await client.raw(batch(request(1, 'ping')))).toMatchObject([{ id: null, error: { code: -32600 } }])
    expect(await client.raw(batch(INITIALIZE))).toMatchObject([{ id: null, error: { code: -32600 } }])
    await client.handshake()
    await client.raw(batch(request(1, 'ping')))
    expect(client.batches).toHaveLength(1)
  })
})

describe.each(everywhere.filter(({ revision }) => revision !== '2025-03-26'))('$name', ({ open, door, revision }) => {
  test('has no batches, not even of one [C8]', async () => {
    const client = await open(newBusy().server)
    for (const values of [[request(1, 'ping')], [call(1, 'quick'), call(2, 'quick')], [notice('notifications/nobody')], [answer(1)], [request(1, 'tools/list', { _meta: envelope() })], ...BAD.map(([, bad]) => bad)]) {
      expect(await client.raw(batch(...values))).toMatchObject([{ id: null, error: { code: -32600 } }])
    }
    expect(client.batches).toEqual([])
    expect(await client.call('quick')).toMatchObject({ content: [{ text: 'quick' }] })
  })

  test('a connection without a negotiated revision has no batches either [C8]', async () => {
    const client = await connect(await serve(door, newBusy().server), revision)
    expect(await client.raw(batch(request(1, 'ping')))).toMatchObject([{ id: null, error: { code: -32600 } }])
    await client.handshake()
    expect(await client.call('quick')).toMatchObject({ content: [{ text: 'quick' }] })
  })
})

const openPeer = async (revision: '2025-03-26' | '2025-06-18' = '2025-03-26') => Peer.open((await serve('http', newBusy().server)).url ?? '', 'legacy', revision)

describe('http', () => {
  test('a batch gets a JSON array, in a single response [H17]', async () => {
    const peer = await openPeer()
    for (const accept of ['application/json', 'application/json, text/event-stream']) {
      const reply = await peer.post(batch(request(1, 'ping'), call(2, 'quick')), { accept })
      expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
      expect(JSON.parse(reply.text)).toMatchObject([{ id: 1, result: {} }, { id: 2, result: {} }])
    }
  })

  test('with notifications, or for a client that accepts events only, each response is one event [H17]', async () => {
    const peer = await openPeer()
    const early = await peer.post(batch(request(1, 'ping'), call(2, 'work', { progressToken: 't' })))
    expect([early.status, early.headers['content-type']]).toEqual([200, 'text/event-stream'])
    expect(early.messages).toMatchObject([{ method: 'notifications/progress' }, { id: 1, result: {} }, { id: 2, result: { content: [{ text: 'done' }] } }])
    const events = await peer.post(batch(request(1, 'ping'), call(2, 'quick')), { accept: 'text/event-stream' })
    expect(events.messages).toMatchObject([{ id: 1, result: {} }, { id: 2, result: {} }])
  })

  test('for a client that accepts JSON only, notifications are dropped, and the batch is complete', async () => {
    const reply = await (await openPeer()).post(batch(call(2, 'work', { progressToken: 't' })), { accept: 'application/json' })
    expect(JSON.parse(reply.text)).toMatchObject([{ id: 2, result: { content: [{ text: 'done' }] } }])
  })

  test('a batch without requests gets 202 and no body [H4]', async () => {
    const peer = await openPeer()
    for (const values of [[notice('notifications/nobody')], [answer(1)], [notice('notifications/nobody'), answer(1)]]) expect(await peer.post(batch(...values))).toMatchObject({ status: 202, text: '' })
  })

  test('a batch whose requests are all cancelled ends its exchange', async () => {
    expect(await (await openPeer()).post(batch(call('w', 'wait'), cancelled('w')))).toMatchObject({ status: 202, text: '' })
  })

  test.each(BAD)('%s is 400', async (_, values) => {
    expect(await (await openPeer()).post(batch(...values))).toMatchObject({ status: 400, messages: [{ id: null, error: { code: -32600 } }] })
  })

  test('a batch is rejected in other revisions, without a session, and in an unknown session [C8]', async () => {
    const peer = await openPeer('2025-06-18')
    const text = batch(request(1, 'ping'))
    expect(await peer.post(text)).toMatchObject({ status: 400, messages: [{ id: null, error: { code: -32600 } }] })
    expect(await peer.post(text, { 'mcp-session-id': undefined })).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] })
    expect(await peer.post(text, { 'mcp-session-id': 'nobody' })).toMatchObject({ status: 404 })
    const modern = await Peer.open(peer.url, 'modern')
    expect(await modern.post(text, { 'mcp-protocol-version': MODERN })).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] })
  })
})
