/** Event streams over HTTP: a reply becomes one when something is said early, and a session has one for what is said unasked. */
import type { McpServer } from '@gangway/core'
import { HeaderMismatchError } from '@gangway/core/internal'
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { eachEvent, type ServerEvent } from '../harness/events.ts'
import { send } from '../harness/http-client.ts'
import { ERAS, Peer, type Era } from '../harness/http-peer.ts'
import { serve } from '../harness/index.ts'
import { LOG_LEVEL, type Message } from '../harness/message.ts'
import { aborted, gate, newServer } from '../harness/server.ts'

const newTalker = () =>
  newServer()
    .tool('quiet', {}, () => 'ok')
    .tool('work', {}, (_, { progress }) => {
      progress(1)
      progress(2)
      return 'done'
    })
    .tool('fail late', {}, (_, { progress }) => {
      progress(1)
      throw new HeaderMismatchError('too late')
    })

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }

/** The events of a stream as they come. */
class Events {
  readonly all: ServerEvent[] = []
  readonly ended: Promise<void>
  #wake: () => void = () => {}

  constructor(reply: IncomingMessage) {
    this.ended = eachEvent(reply, (event) => {
      this.all.push(event)
      this.#wake()
    })
  }

  get messages(): Message[] {
    return this.all.filter(({ event, data }) => event === 'message' && data !== '').map(({ data }) => JSON.parse(data))
  }

  /** Resolves when so many messages have come. */
  async count(expected: number): Promise<Message[]> {
    while (this.messages.length < expected) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.messages
  }
}

const listen = async (peer: Peer): Promise<Events> => {
  const reply = await send(peer.url, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session } })
  expect([reply.statusCode, reply.headers]).toMatchObject([200, HEADERS])
  return new Events(reply)
}

const open = async (era: Era, server: McpServer = newTalker()) => Peer.open((await serve('http', server)).url ?? '', era)
const call = (peer: Peer, name: string, accept?: string) => peer.post(peer.text(7, 'tools/call', { name }, { progressToken: 't' }), accept === undefined ? {} : { accept })

describe.each(ERAS)('%s', (era) => {
  test('notifications before the response make it an event stream, which ends with the response [H6] [H33] [H34]', async () => {
    const reply = await call(await open(era), 'work')
    expect([reply.status, reply.headers]).toMatchObject([200, HEADERS])
    expect(reply.messages).toMatchObject([{ params: { progress: 1 } }, { params: { progress: 2 } }, { id: 7, result: { content: [{ text: 'done' }] } }])
    // Only the legacy era resumes streams; there, the first event has nothing but the id to resume from [H11].
    expect(reply.text.match(/^id: .*$/gm)).toEqual(era === 'modern' ? null : ['id: 1_0', 'id: 1_1', 'id: 1_2', 'id: 1_3'])
    if (era === 'legacy') expect(reply.text).toMatch(/^event: message\nid: 1_0\ndata: \n\n/)
  })

  test('a response without earlier notifications is JSON', async () => {
    const reply = await call(await open(era), 'quiet')
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(reply.headers).not.toHaveProperty('x-accel-buffering')
  })

  test('a client that accepts JSON only gets the response only', async () => {
    const reply = await call(await open(era), 'work', 'application/json')
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(reply.messages).toMatchObject([{ id: 7, result: { content: [{ text: 'done' }] } }])
  })

  test('a client that accepts events only gets every response as an event', async () => {
    const peer = await open(era)
    expect((await call(peer, 'quiet', 'text/event-stream')).messages).toMatchObject([{ id: 7, result: {} }])
    const unknown = await peer.request(8, 'no/such', {}, { accept: 'text/event-stream' })
    expect(unknown.messages).toMatchObject([{ id: 8, error: { code: -32601 } }])
  })

  test('an error on an open stream is an event', async () => {
    const reply = await call(await open(era), 'fail late')
    expect(reply).toMatchObject({ status: 200, messages: [{ params: { progress: 1 } }, { id: 7, error: { code: -32020 } }] })
  })

  test('an event is sent at once, not with the response', async () => {
    const release = gate()
    const server = newServer().tool('wait', {}, async (_, { progress }) => {
      progress(1)
      await release
      return 'done'
    })
    const peer = await open(era, server)
    const text = peer.text(7, 'tools/call', { name: 'wait' }, { progressToken: 't' })
    const events = new Events(await send(peer.url, { headers: peer.headers(text) as Record<string, string>, body: text }))
    expect(await events.count(1)).toMatchObject([{ params: { progress: 1 } }])
    release.open()
    await events.ended
    expect(events.messages.at(-1)).toMatchObject({ id: 7, result: {} })
  })

  test('log messages are streamed like progress', async () => {
    const server = newServer().tool('log', {}, (_, { log }) => {
      log.error('oh')
      return 'done'
    })
    const peer = await open(era, server)
    const reply = await peer.post(peer.text(7, 'tools/call', { name: 'log' }, era === 'modern' ? { [LOG_LEVEL]: 'error' } : {}))
    expect(reply.messages).toMatchObject([{ method: 'notifications/message', params: { data: 'oh' } }, { id: 7 }])
  })
})

describe('a session', () => {
  test('gets messages that belong to no request on its GET stream [H9]', async () => {
    const server = newTalker()
    const peer = await open('legacy', server)
    const events = await listen(peer)
    server.tool('more', {}, () => 'ok')
    expect(await events.count(1)).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: {} }])
  })

  test('gets messages of a request only on the stream of that request [H7] [H9]', async () => {
    const server = newTalker()
    const peer = await open('legacy', server)
    const events = await listen(peer)
    const reply = await peer.post(peer.text(7, 'tools/call', { name: 'work' }, { progressToken: 't' }))
    server.tool('more', {}, () => 'ok')
    expect(await events.count(1)).toMatchObject([{ method: 'notifications/tools/list_changed' }])
    expect(reply.messages).toHaveLength(3)
  })

  test('replaces its GET stream by a newer one [H7]', async () => {
    const server = newTalker()
    const peer = await open('legacy', server)
    const older = await listen(peer)
    const newer = await listen(peer)
    await older.ended
    server.tool('more', {}, () => 'ok')
    expect(await newer.count(1)).toHaveLength(1)
    expect(older.messages).toEqual([])
  })

  test('without a GET stream loses messages that belong to no request; none is sent on a POST', async () => {
    const started = gate()
    const release = gate()
    const server = newTalker().tool('wait', {}, async (_, { progress }) => {
      progress(1)
      started.open()
      await release
      return 'done'
    })
    const peer = await open('legacy', server)
    const reply = peer.post(peer.text(7, 'tools/call', { name: 'wait' }, { progressToken: 't' }))
    await started
    server.tool('more', {}, () => 'ok')
    await peer.request(8, 'ping')
    release.open()
    expect((await reply).messages).toMatchObject([{ params: { progress: 1 } }, { id: 7 }])
  })

  test('DELETE ends its stream and its requests in flight', async () => {
    const started = gate()
    const stopped = gate<unknown>()
    const server = newServer().tool('wait', {}, async (_, { signal }) => {
      started.open()
      stopped.open(await aborted(signal))
    })
    const peer = await open('legacy', server)
    const events = await listen(peer)
    const reply = peer.request(7, 'tools/call', { name: 'wait' })
    await started
    expect(await peer.send('DELETE')).toMatchObject({ status: 204 })
    expect(await stopped).toMatchObject({ name: 'AbortError' })
    await events.ended
    expect(await reply).toMatchObject({ status: 200, messages: [{ id: 7, error: { code: -32800 } }] })
  })

  test('a cancelled request ends its stream without a response', async () => {
    const started = gate()
    const server = newServer().tool('wait', {}, async (_, { signal, progress }) => {
      progress(1)
      started.open()
      await aborted(signal)
      return 'late'
    })
    const peer = await open('legacy', server)
    const reply = peer.post(peer.text(7, 'tools/call', { name: 'wait' }, { progressToken: 't' }))
    await started
    await peer.post(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } }))
    expect((await reply).messages).toMatchObject([{ method: 'notifications/progress' }])
  })

  test('can get its handshake as an event', async () => {
    const { url } = await serve('http', newTalker())
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })
    const reply = await send(url ?? '', { body, headers: { accept: 'text/event-stream', 'content-type': 'application/json' } })
    expect(reply.headers).toMatchObject({ ...HEADERS, 'mcp-session-id': expect.any(String) })
    const events = new Events(reply)
    await events.ended
    expect(events.messages).toMatchObject([{ id: 1, result: { protocolVersion: '2025-06-18' } }])
  })
})
