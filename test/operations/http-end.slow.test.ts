/** A process that is told to end while it is busy: what can be answered is, every stream ends as streams do, and the exit code says so. */
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { eachEvent, type ServerEvent } from '../harness/events.ts'
import { startHttp, type ChildDoor, type HttpChild } from '../harness/http-child.ts'
import { exchange, send } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { Peer } from '../harness/http-peer.ts'
import { Client, connect } from '../harness/index.ts'
import { initializeParams, LOG_LEVEL, NEWEST_LEGACY, requestText, type Message } from '../harness/message.ts'
import { textOf } from '../harness/server.ts'
import { sseWire } from '../harness/sse.ts'

const MS = 3000

interface Stream {
  /** Its first event has come. */
  readonly begun: Promise<void>
  /** Resolves at its end, with all its messages. Rejects if it breaks off. */
  readonly ended: Promise<Message[]>
}

async function open(url: string, options: Parameters<typeof send>[1]): Promise<Stream> {
  const reply: IncomingMessage = await send(url, options)
  const messages: Message[] = []
  let begin: (() => void) | undefined
  const begun = new Promise<void>((resolve) => (begin = resolve))
  reply.on('error', () => {}) // Its end tells.
  const take = ({ event, data }: ServerEvent): void => {
    if (event === 'message' && data !== '') messages.push(JSON.parse(data))
    begin?.()
  }
  const ended = eachEvent(reply, take).then(() => {
    if (!reply.complete) throw new Error('The stream broke off') // Without its last chunk.
    return messages
  })
  ended.catch(() => {}) // Nobody may be waiting yet.
  return { begun, ended }
}

/** A call of 3 s that streams, one that is answered with JSON, a subscription, and the stream of a session. */
async function load({ url }: HttpChild) {
  const legacy = await Peer.open(url, 'legacy')
  const modern = await Peer.open(url, 'modern')
  const post = (peer: Peer, body: string) => open(url, { headers: peer.headers(body) as Record<string, string>, body })
  const slow = { name: 'slow', arguments: { ms: MS } }
  const calls = [await post(legacy, legacy.text('call', 'tools/call', slow)), await post(modern, modern.text('call', 'tools/call', slow, { [LOG_LEVEL]: 'error' }))]
  const listen = await post(modern, modern.text('listen', 'subscriptions/listen', { notifications: { resourceSubscriptions: ['news://x'] } }))
  const standing = await open(url, { method: 'GET', headers: { 'mcp-session-id': legacy.session, accept: 'text/event-stream' } })
  await Promise.all([...calls, listen, standing].map(({ begun }) => begun))
  return { legacy, modern, calls, listen, standing }
}

const initialize = (url: string) => exchange(url, { headers: legacyHeaders(undefined, NEWEST_LEGACY), body: requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)) })
const statusAt = async (url: string, path: string): Promise<number> => (await exchange(new URL(path, url).href, { method: 'GET' })).status

async function endsWell({ calls, listen, standing }: Awaited<ReturnType<typeof load>>): Promise<void> {
  for (const call of calls) expect((await call.ended).at(-1)).toMatchObject({ id: 'call', result: { content: [{ text: 'done' }] } })
  expect((await listen.ended).at(-1)).toMatchObject({ id: 'listen', result: {} })
  expect(await standing.ended).toEqual([])
}

test('http: on SIGTERM it is live and not ready, rejects new streams, and responds to all other requests', async () => {
  const child = await startHttp('http')
  const busy = await load(child)
  expect([await statusAt(child.url, '/livez'), await statusAt(child.url, '/readyz')]).toEqual([200, 200])

  child.process.kill('SIGTERM')
  await expect.poll(() => statusAt(child.url, '/readyz')).toBe(503)
  expect(await statusAt(child.url, '/livez')).toBe(200)
  expect(await initialize(child.url)).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, messages: [{ error: { data: { reason: 'shutting_down' } } }] })
  expect(await busy.modern.request(8, 'subscriptions/listen', { notifications: {} })).toMatchObject({ status: 503, messages: [{ id: 8, error: { data: { reason: 'shutting_down' } } }] })
  for (const peer of [busy.legacy, busy.modern]) expect(await peer.request(9, 'tools/call', { name: 'pid' })).toMatchObject({ status: 200, messages: [{ id: 9, result: {} }] })

  await endsWell(busy)
  expect(await child.ended).toBe(0)
  expect(await child.stderr).toContain('closed in good order')
})

test('http: calls that start during the shutdown also finish', async () => {
  const child = await startHttp('http')
  const busy = await load(child)
  child.process.kill('SIGTERM')
  await expect.poll(() => statusAt(child.url, '/readyz')).toBe(503)
  // Another session, which had nothing in flight, and a request without any: both outlast the calls from before.
  const late = [busy.legacy, busy.modern].map((peer) => peer.request('late', 'tools/call', { name: 'slow', arguments: { ms: MS + 1000 } }))
  await endsWell({ ...busy, standing: { ...busy.standing, ended: Promise.resolve([]) } })
  for (const reply of await Promise.all(late)) expect(reply.messages.at(-1)).toMatchObject({ id: 'late', result: { content: [{ text: 'done' }] } })
  expect(await child.ended).toBe(0)
})

test.each(['plugin', 'node', 'fetch'] as const)('%s: its application shuts down in the same order, with one or two calls of close()', async (door) => {
  const child = await startHttp(door)
  const busy = await load(child)
  child.process.kill('SIGTERM')
  await endsWell(busy)
  expect(await child.ended).toBe(0)
  expect(await child.stderr).toContain('closed in good order')
})

test('sse: the calls get their responses on the stream, which then ends, and new clients are rejected', async () => {
  const child = await startHttp('sse')
  const client = await connectSse(child)
  const call = client.call('slow', { ms: MS })
  await client.untilNotified('notifications/message')
  child.process.kill('SIGTERM')
  await expect.poll(() => statusAt(child.url, '/readyz')).toBe(503)
  expect(await statusAt(child.url, '/livez')).toBe(200)
  expect(await exchange(child.url, { method: 'GET', headers: { accept: 'text/event-stream' } })).toMatchObject({ status: 503, messages: [{ error: { data: { reason: 'shutting_down' } } }] })
  const late = client.call('slow', { ms: MS + 1000 })
  expect(textOf(await call)).toBe('done')
  expect(textOf(await late)).toBe('done')
  expect(await child.ended).toBe(0)
  expect(await child.stderr).toContain('closed in good order')
})

describe.each(['http', 'sse'] as const)('%s', (door: ChildDoor) => {
  test('a call that never ends is aborted after the drain time, and the shutdown is graceful', async () => {
    const child = await startHttp(door)
    const stream = await begin(child, door)
    child.process.kill('SIGTERM')
    expect(await child.ended).toBe(0)
    expect(await child.stderr).toContain('closed in good order')
    await stream?.ended
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second %s stops it at once', async (signal, code) => {
    const child = await startHttp(door)
    const stream = await begin(child, door)
    child.process.kill(signal)
    await expect.poll(() => statusAt(child.url, '/readyz')).toBe(503)
    await new Promise((resolve) => setTimeout(resolve, 600)) // Sooner, it would be taken for an echo of the first.
    child.process.kill(signal)
    expect(await child.ended).toBe(code)
    if (stream) await expect(stream.ended).rejects.toThrow()
  })
})

/** A call that takes longer than the test. Resolves with its stream, where it has one of its own. */
async function begin(child: HttpChild, door: ChildDoor): Promise<Stream | undefined> {
  if (door === 'sse') {
    const client = await connectSse(child)
    client.start('tools/call', { name: 'slow', arguments: { ms: 60_000 } })
    await client.untilNotified('notifications/message')
    return undefined
  }
  const peer = await Peer.open(child.url, 'legacy')
  const body = peer.text(1, 'tools/call', { name: 'slow', arguments: { ms: 60_000 } })
  const stream = await open(child.url, { headers: peer.headers(body) as Record<string, string>, body })
  await stream.begun
  return stream
}

async function connectSse(child: HttpChild): Promise<Client> {
  const client = await connect({ url: child.url, connect: sseWire(child.url), close: async () => {} }, '2024-11-05')
  await client.handshake()
  return client
}
