/** Bounds: each has a defined answer, and what is within them is served meanwhile. */
import { EventEmitter, on, once } from 'node:events'
import type { McpServer } from '@gangway/core'
import type { MountedSse } from '@gangway/transport-sse'
import { describe, expect, test } from 'vitest'
import { post, send } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { HOST_NAMES, HOSTS, SSE_HOSTS, type HostOptions } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { join } from '../harness/sse-peer.ts'
import { initializeParams, requestText, type Json } from '../harness/message.ts'
import { gate, newServer, textOf, type RequestGate } from '../harness/server.ts'

const deep = (depth: number) => requestText(1, 'ping').replace('{}', `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)

/** What a refusal for want of room says. */
const busy = (status: 429 | 503, reason: string, id: unknown) => ({ status, headers: { 'retry-after': '1' }, messages: [{ id, error: { code: status === 503 ? -32603 : -32600, data: { reason } } }] })

/** `started` tells of each call that waits for `release`. */
function newWaiting(): { server: McpServer; release: RequestGate; started: EventEmitter } {
  const release = gate()
  const started = new EventEmitter()
  const begin = (): void => void started.emit('call')
  const server = newServer()
    .tool('wait', {}, async () => {
      begin()
      await release
      return 'done'
    })
    .tool('stream', {}, async (_, { progress }) => {
      progress(1)
      begin()
      await release
      return 'done'
    })
    .tool('confirm', {}, async (_, { elicit }) => (await elicit('ok', 'Sure?', {})).action)
  return { server, release, started }
}

const call = (peer: Peer, id: number, name: string) => peer.post(peer.text(id, 'tools/call', { name }, { progressToken: 't' }))
const openStream = async (peer: Peer, headers: Json = {}) => {
  const reply = await send(peer.url, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session, ...(headers as Record<string, string>) } })
  reply.on('error', () => {})
  return reply
}

const authenticate = ({ header }: { header(name: string): string | undefined }) => ({ subject: header('x-user') ?? 'flood', scopes: [] })

describe.each(HOST_NAMES)('%s', (name) => {
  const open = (server: McpServer, options: HostOptions) => HOSTS[name](server, options)

  test('requests in flight in one session: 429, while responses, notifications and other sessions pass', async () => {
    const { server, release, started } = newWaiting()
    const { url, stats } = await open(server, { maxInflight: 2 })
    const [peer, other] = [await Peer.open(url, 'legacy'), await Peer.open(url, 'legacy')]
    const waiting = on(started, 'call')
    const calls = [call(peer, 1, 'wait'), call(peer, 2, 'wait')]
    await waiting.next()
    await waiting.next()
    expect(stats()).toMatchObject({ sessions: 2, inflight: 2 })
    expect(await peer.request(3, 'ping')).toMatchObject(busy(429, 'too_many_requests', 3))
    expect(await peer.post('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toMatchObject({ status: 202 })
    expect(await peer.post('{"jsonrpc":"2.0","id":1,"result":{}}')).toMatchObject({ status: 202 })
    expect(await other.request(3, 'ping')).toMatchObject({ status: 200 })
    release.open()
    await Promise.all(calls)
    expect(await peer.request(4, 'ping')).toMatchObject({ status: 200 })
  })

  test('streams of one session: 429; a stream that replaces another does not count twice', async () => {
    const { server, release, started } = newWaiting()
    const { url, stats } = await open(server, { maxStreams: 2 })
    const peer = await Peer.open(url, 'legacy')
    const standing = await openStream(peer)
    const begun = once(started, 'call')
    const streamed = call(peer, 1, 'stream')
    await begun
    expect(stats()).toMatchObject({ streams: 2 })
    expect(await peer.request(2, 'ping')).toMatchObject(busy(429, 'too_many_streams', 2))
    const again = await openStream(peer)
    expect(again.statusCode).toBe(200)
    standing.destroy()
    expect(await peer.send('GET', { accept: 'text/event-stream', 'last-event-id': '9_0' })).toMatchObject(busy(429, 'too_many_streams', null))
    release.open()
    expect((await streamed).messages).toHaveLength(2)
    expect(await peer.request(3, 'ping')).toMatchObject({ status: 200 })
    again.destroy()
  })

  test('[case 25] as many calls as allowed in flight can report progress, next to the standalone stream', async () => {
    const { server, release, started } = newWaiting()
    const { url } = await open(server, {})
    const peer = await Peer.open(url, 'legacy')
    const standing = await openStream(peer)
    const waiting = on(started, 'call')
    const calls = Array.from({ length: 64 }, (_, id) => call(peer, id, 'stream'))
    for (let begun = 0; begun < calls.length; begun++) await waiting.next()
    release.open()
    for (const { status, messages } of await Promise.all(calls)) expect([status, messages.length]).toEqual([200, 2])
    standing.destroy()
  })

  test('the standalone stream counts as one', async () => {
    const { server, release, started } = newWaiting()
    const { url } = await open(server, { maxStreams: 1 })
    const peer = await Peer.open(url, 'legacy')
    const begun = once(started, 'call')
    const streamed = call(peer, 1, 'stream')
    await begun
    expect(await peer.send('GET', { accept: 'text/event-stream' })).toMatchObject(busy(429, 'too_many_streams', null))
    release.open()
    await streamed
  })

  test('subscriptions of all clients: 503, until one ends', async () => {
    const { url, stats } = await open(newServer().tool('t', {}, () => 'ok'), { maxSubscriptions: 1 })
    const peer = await Peer.open(url, 'modern')
    const text = peer.text(1, 'subscriptions/listen', { notifications: { toolsListChanged: true } })
    const listening = await send(url, { headers: peer.headers(text) as Record<string, string>, body: text })
    expect(listening.statusCode).toBe(200)
    listening.on('error', () => {})
    expect(stats()).toMatchObject({ subscriptions: 1, inflight: 1 })
    expect(await peer.request(2, 'subscriptions/listen', { notifications: { toolsListChanged: true } })).toMatchObject(busy(503, 'too_many_subscriptions', 2))
    expect(await peer.request(3, 'tools/list')).toMatchObject({ status: 200 })
    listening.destroy()
    while (stats().subscriptions > 0) await peer.request(4, 'tools/list')
    const again = await send(url, { headers: peer.headers(text) as Record<string, string>, body: text })
    expect(again.statusCode).toBe(200)
    again.destroy()
  })

  test('a rejected subscription takes no place', async () => {
    const { url, stats } = await open(newServer().tool('t', {}, () => 'ok'), { maxSubscriptions: 1 })
    const peer = await Peer.open(url, 'modern')
    for (const headers of [{ 'mcp-method': 'tools/list' }, { accept: 'application/json' }]) expect((await peer.request(1, 'subscriptions/listen', { notifications: {} }, headers)).status).toBeGreaterThanOrEqual(400)
    expect((await peer.request(2, 'subscriptions/listen', { notifications: 7 })).messages).toMatchObject([{ error: { code: -32602 } }])
    expect(stats()).toMatchObject({ subscriptions: 0, inflight: 0 })
  })

  test('sessions: the one that was idle longest is closed, and learns the reason', async () => {
    const { url, stats } = await open(newServer(), { maxSessions: 2 })
    const [first, second] = [await Peer.open(url, 'legacy'), await Peer.open(url, 'legacy')]
    const stream = await openStream(first)
    await second.request(1, 'ping')
    const third = await Peer.open(url, 'legacy')
    expect(await second.request(2, 'ping')).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_evicted' } } }] })
    for (const peer of [first, third]) expect(await peer.request(2, 'ping')).toMatchObject({ status: 200 })
    expect(stats()).toMatchObject({ sessions: 2, streams: 1 })
    stream.destroy()
  })

  test('[case 9] a caller who opens sessions endlessly takes none from others', async () => {
    const { url, stats } = await open(newServer(), { maxSessions: 10, authenticate })
    const ada = await Peer.open(url, 'legacy', '2025-06-18', { headers: { 'x-user': 'ada' } })
    for (let count = 0; count < 30; count++) await Peer.open(url, 'legacy')
    expect(await ada.request(1, 'ping')).toMatchObject({ status: 200 })
    expect(stats()).toMatchObject({ sessions: 9 }) // Eight of one caller: a quarter stays for others.
  })

  test('[case 9] [case A2] busy sessions stay, and new ones get 503', async () => {
    const { server, release, started } = newWaiting()
    const { url } = await open(server, { maxSessions: 2 })
    const [calling, listening] = [await Peer.open(url, 'legacy'), await Peer.open(url, 'legacy')]
    const begun = once(started, 'call')
    const answer = call(calling, 1, 'wait')
    await begun
    const stream = await openStream(listening)
    const initialize = requestText(1, 'initialize', initializeParams('2025-06-18'))
    expect(await post(url, initialize, legacyHeaders(undefined, '2025-06-18'))).toMatchObject(busy(503, 'too_many_sessions', 1))
    release.open()
    expect((await answer).messages).toMatchObject([{ result: {} }])
    await Peer.open(url, 'legacy')
    expect(await listening.request(1, 'ping')).toMatchObject({ status: 200 })
    expect(await calling.request(2, 'ping')).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_evicted' } } }] })
    stream.destroy()
  })

  test('depth and length: 400, with a fixed bound', async () => {
    const { url } = await open(newServer(), {})
    const peer = await Peer.open(url, 'legacy', '2025-03-26')
    expect(await peer.post(deep(60))).toMatchObject({ status: 200 })
    expect(await peer.post(deep(70))).toMatchObject({ status: 400, messages: [{ error: { code: expect.any(Number) } }] })
    expect(await peer.post(`[${Array(51).fill(requestText(1, 'ping')).join(',')}]`)).toMatchObject({ status: 400, messages: [{ id: null, error: { code: -32600, message: expect.stringContaining('50') } }] })
  })
})

describe('a client that does not read', () => {
  const TEXT = 'x'.repeat(2 ** 18)

  test('is disconnected, its call continues, and it learns the reason when it reconnects', async () => {
    const said = gate()
    const server = newServer().tool('flood', {}, async (_, { log }) => {
      for (let count = 0; count < 400; count++) {
        log.info(TEXT)
        await new Promise((resolve) => setImmediate(resolve))
      }
      said.open()
      return 'done'
    })
    const { url } = await HOSTS.http(server, { queueBytes: 2 ** 16 })
    const peer = await Peer.open(url, 'legacy')
    const body = peer.text(7, 'tools/call', { name: 'flood' })
    const reply = await send(url, { headers: peer.headers(body) as Record<string, string>, body })
    reply.on('error', () => {})
    const first = await new Promise<string>((resolve) => reply.once('readable', () => resolve(String(reply.read(100)))))
    await said
    const [, id = ''] = /^id: (.+)$/m.exec(first) ?? []
    const back = await peer.send('GET', { accept: 'text/event-stream', 'last-event-id': id })
    expect(back).toMatchObject({ status: 400, messages: [{ error: { data: { reason: 'events_lost' }, message: expect.stringContaining('read so slowly') } }] })
    reply.destroy()
    expect(await peer.request(8, 'ping')).toMatchObject({ status: 200 })
  })
})

test('responses: always JSON, always events, or auto; a client that accepts one form gets it', async () => {
  const { server, release } = newWaiting()
  release.open()
  const types = async (responses: 'auto' | 'json' | 'events', era: 'legacy' | 'modern', accept?: string): Promise<unknown[]> => {
    const { url } = await HOSTS.http(server, { responses })
    const peer = await Peer.open(url, era)
    const replies = [await peer.request(1, 'tools/list', {}, accept ? { accept } : {}), await peer.post(peer.text(2, 'tools/call', { name: 'stream' }, { progressToken: 't' }), accept ? { accept } : {})]
    expect(replies.at(-1)?.messages.at(-1)).toMatchObject({ id: 2, result: { content: [{ text: 'done' }] } })
    return replies.map(({ headers }) => headers['content-type']?.split(';')[0]?.split('/')[1])
  }
  for (const era of ['legacy', 'modern'] as const) {
    expect(await types('auto', era)).toEqual(['json', 'event-stream'])
    expect(await types('json', era)).toEqual(['json', 'json'])
    expect(await types('events', era)).toEqual(['event-stream', 'event-stream'])
    expect(await types('json', era, 'text/event-stream')).toEqual(['event-stream', 'event-stream'])
    expect(await types('events', era, 'application/json')).toEqual(['json', 'json'])
  }
})

describe.each(Object.keys(SSE_HOSTS) as (keyof typeof SSE_HOSTS)[])('%s', (name) => {
  test('requests in flight: 429, and the response to an input request still passes', async () => {
    const { server, release, started } = newWaiting()
    const { url } = await SSE_HOSTS[name](server, { maxInflight: 1 })
    const client = await join(url)
    await client.ask(0, requestText(0, 'initialize', initializeParams('2025-06-18', { elicitation: {} })))
    await client.post(requestText(1, 'tools/call', { name: 'confirm' }))
    const { id } = await client.find(({ method }) => method === 'elicitation/create')
    expect(await client.post(requestText(2, 'ping'))).toMatchObject(busy(429, 'too_many_requests', null))
    expect(await client.post(JSON.stringify({ jsonrpc: '2.0', id, result: { action: 'cancel' } }))).toMatchObject({ status: 202 })
    expect(textOf((await client.find((message) => message.id === 1 && 'result' in message)).result ?? {})).toBe('cancel')
    const begun = once(started, 'call')
    await client.post(requestText(3, 'tools/call', { name: 'wait' }))
    await begun
    expect(await client.post(requestText(4, 'ping'))).toMatchObject({ status: 429 })
    release.open()
    await client.find((message) => message.id === 3)
    expect(await client.ask(5, requestText(5, 'ping'))).toMatchObject({ result: {} })
  })

  test('[case 9] an idle client makes room for a new one', async () => {
    let mounted: MountedSse | undefined
    const { url } = await SSE_HOSTS[name](newServer(), { maxSessions: 1, onMount: (it) => (mounted = it) })
    const first = await join(url)
    const second = await join(url)
    await first.ended
    expect(mounted?.stats()).toEqual({ sessions: 1, inflight: 0 })
    expect(await first.post(requestText(1, 'ping'))).toMatchObject({ status: 404 })
    expect(await second.post(requestText(1, 'ping'))).toMatchObject({ status: 202 })
  })

  test('[case 9] busy clients: 503, until one disconnects', async () => {
    let mounted: MountedSse | undefined
    const { server, started } = newWaiting()
    const { url } = await SSE_HOSTS[name](server, { maxSessions: 1, drainTimeout: 1, onMount: (it) => (mounted = it) })
    const first = await join(url)
    await first.ask(0, requestText(0, 'initialize', initializeParams('2025-06-18')))
    const begun = once(started, 'call')
    await first.post(requestText(1, 'tools/call', { name: 'wait' }))
    await begun
    expect(mounted?.stats()).toEqual({ sessions: 1, inflight: 1 })
    const refused = await send(url, { method: 'GET' })
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1'])
    refused.resume()
    first.reply.destroy()
    while (mounted?.stats().sessions) await new Promise((resolve) => setImmediate(resolve))
    const second = await join(url)
    expect(await second.post(requestText(1, 'ping'))).toMatchObject({ status: 202 })
  })

  test('HEAD opens no stream', async () => {
    let mounted: MountedSse | undefined
    const { url } = await SSE_HOSTS[name](newServer(), { onMount: (it) => (mounted = it) })
    expect((await send(url, { method: 'HEAD' })).statusCode).toBe(404)
    expect(mounted?.stats()).toMatchObject({ sessions: 0 })
  })
})

