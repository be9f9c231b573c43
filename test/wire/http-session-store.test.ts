/** Sessions that outlive the endpoint that began them. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { McpServer } from '@gangway/core'
import { fileSessions, type SessionStore, type StoredSession } from '@gangway/transport-http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eachEvent, type ServerEvent } from '../harness/events.ts'
import { post, send } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { HOST_NAMES, HOSTS, type HostOptions } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { initializeParams, requestText, type Message } from '../harness/message.ts'
import { gate, logged, newServer, textOf } from '../harness/server.ts'

/** Keeps copies, as a database does. */
class MemoryStore implements SessionStore {
  readonly kept = new Map<string, string>()
  reads = 0
  async get(id: string): Promise<StoredSession | undefined> {
    this.reads++
    const text = this.kept.get(id)
    return text === undefined ? undefined : JSON.parse(text)
  }
  async set(session: StoredSession): Promise<void> {
    this.kept.set(session.id, JSON.stringify(session))
  }
  async delete(id: string): Promise<void> {
    this.kept.delete(id)
  }
  async expire(): Promise<void> {}
  of({ session }: Peer): StoredSession {
    return JSON.parse(this.kept.get(session) ?? '{}')
  }
}

const newNotes = (): McpServer =>
  newServer()
    .resource('note://one', {}, () => 'one')
    .tool('talk', {}, (_, { log }) => {
      log.debug('quiet')
      return 'said'
    })
    .tool('can', {}, (_, { can, client }) => `${client.info?.name} ${can('elicitation')} ${can('sampling')}`)

const openStream = (peer: Peer, headers = {}) => send(peer.url, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session, ...headers } })

describe.each(HOST_NAMES)('%s', (name) => {
  test('a session continues at another endpoint: level, subscriptions, capabilities', async () => {
    const store = new MemoryStore()
    const first = await HOSTS[name](newNotes(), { sessionStore: store })
    const peer = await Peer.open(first.url, 'legacy', '2025-11-25', { capabilities: { elicitation: {} } })
    await peer.request(1, 'logging/setLevel', { level: 'debug' })
    await peer.request(2, 'resources/subscribe', { uri: 'note://one' })

    const server = newNotes()
    const second = await HOSTS[name](server, { sessionStore: store })
    const there = peer.at(second.url)
    expect(textOf((await there.request(3, 'tools/call', { name: 'can' })).messages[0]?.result ?? {})).toBe('suite true false')
    expect((await there.request(4, 'tools/call', { name: 'talk' })).messages).toMatchObject([{ method: 'notifications/message', params: { data: 'quiet' } }, { id: 4 }])
    const reply = await openStream(there)
    const heard = gate<ServerEvent>()
    void eachEvent(reply, (event) => event.data.includes('resources/updated') && heard.open(event))
    reply.on('error', () => {})
    server.changed('note://one')
    expect(JSON.parse((await heard).data)).toMatchObject({ params: { uri: 'note://one' } })
    reply.destroy()
    expect(second.stats()).toMatchObject({ sessions: 1 })
  })
})

async function open(options: HostOptions = {}, server = newNotes()): Promise<{ url: string; stats: () => object }> {
  return HOSTS.http(server, options)
}

const authenticate: NonNullable<HostOptions['authenticate']> = ({ header }) => ({ subject: header('x-user') ?? '', scopes: [] })

const fail = () => Promise.reject(new Error('The disk is full'))

describe('a stored session', () => {
  test('is stored before the response: the handshake, its end, level, subscriptions', async () => {
    const store = new MemoryStore()
    const { url } = await open({ sessionStore: store })
    const peer = await Peer.open(url, 'legacy', '2025-06-18', { capabilities: { sampling: {} } })
    expect(store.of(peer)).toMatchObject({ id: peer.session, record: { revision: '2025-06-18', client: { info: { name: 'suite' }, capabilities: { sampling: {} } }, logLevel: 'info', subscriptions: [], initialized: true } })
    await peer.request(1, 'logging/setLevel', { level: 'error' })
    expect(store.of(peer).record.logLevel).toBe('error')
    await peer.request(2, 'resources/subscribe', { uri: 'note://one' })
    expect(store.of(peer).record.subscriptions).toEqual(['note://one'])
    await peer.request(3, 'resources/unsubscribe', { uri: 'note://one' })
    expect(store.of(peer).record.subscriptions).toEqual([])
  })

  test('is deleted before DELETE gets its response', async () => {
    const store = new MemoryStore()
    const { url } = await open({ sessionStore: store })
    const peer = await Peer.open(url, 'legacy')
    expect(await peer.send('DELETE')).toMatchObject({ status: 204 })
    expect(store.kept.size).toBe(0)
    expect(await peer.request(1, 'ping')).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_ended' } } }] })
    expect(store.reads).toBe(0)
  })

  test('belongs to its principal', async () => {
    const store = new MemoryStore()
    const peer = await Peer.open((await open({ sessionStore: store, authenticate })).url, 'legacy', '2025-11-25', { headers: { 'x-user': 'ada' } })
    expect(store.of(peer).principal).toContain('ada')
    const there = peer.at((await open({ sessionStore: store, authenticate })).url)
    expect(await there.request(1, 'ping', {}, { 'x-user': 'bob' })).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_unknown' } } }] })
    expect(await there.request(2, 'ping', {}, { 'x-user': 'ada' })).toMatchObject({ status: 200 })
    const nobody = peer.at((await open({ sessionStore: store })).url)
    expect(await nobody.request(3, 'ping')).toMatchObject({ status: 404 })
  })

  test('that expired is 404 with the reason', async () => {
    const store = new MemoryStore()
    const peer = await Peer.open((await open({ sessionStore: store })).url, 'legacy')
    await store.set({ ...store.of(peer), lastUsed: Date.now() - 31 * 60_000 })
    const there = peer.at((await open({ sessionStore: store })).url)
    for (const id of [1, 2]) expect(await there.request(id, 'ping')).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_expired' } } }] })
    expect(store.kept.size).toBe(1) // The next sweep removes it, unless another process renews it first.
  })

  test('that is invalid is 404', async () => {
    const store = new MemoryStore()
    const peer = await Peer.open((await open({ sessionStore: store })).url, 'legacy')
    store.kept.set(peer.session, JSON.stringify({ ...store.of(peer), record: { revision: '2025-11-25' } }))
    const there = peer.at((await open({ sessionStore: store })).url)
    expect(await there.request(1, 'ping')).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_unknown' } } }] })
  })
})

test('concurrent first requests after a restart share one session', async () => {
  const store = new MemoryStore()
  const peer = await Peer.open((await open({ sessionStore: store })).url, 'legacy')
  const second = await open({ sessionStore: store })
  const there = peer.at(second.url)
  const replies = await Promise.all(Array.from({ length: 10 }, (_, id) => there.request(id, 'ping')))
  expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200))
  expect(second.stats()).toMatchObject({ sessions: 1 })
  expect(store.reads).toBe(1)
})

test('[case A1] beyond maxSessions, a session is deleted from memory and store', async () => {
  const store = new MemoryStore()
  const { url, stats } = await open({ sessionStore: store, maxSessions: 1 })
  const peers: Peer[] = []
  for (let count = 0; count < 20; count++) peers.push(await Peer.open(url, 'legacy'))
  await expect.poll(() => store.kept.size).toBe(1)
  expect(stats()).toMatchObject({ sessions: 1 })
  expect(await peers[0]?.request(1, 'ping')).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_evicted' } } }] })
  expect(await peers.at(-1)?.request(1, 'ping')).toMatchObject({ status: 200 })
})

test('[case A1] a session that another process uses stays in the store when this process evicts it', async () => {
  const store = new MemoryStore()
  const [here, there] = [await open({ sessionStore: store, maxSessions: 1 }), await open({ sessionStore: store })]
  const peer = await Peer.open(here.url, 'legacy')
  await new Promise((resolve) => setTimeout(resolve, 2)) // So that it is used there later than here.
  expect(await peer.at(there.url).request(1, 'logging/setLevel', { level: 'error' })).toMatchObject({ status: 200 })
  await Peer.open(here.url, 'legacy')
  expect(await peer.request(2, 'ping')).toMatchObject({ status: 200 })
})

test('[case A1] a rejected session leaves nothing in the store', async () => {
  const store = new MemoryStore()
  const { url } = await open({ sessionStore: store, maxSessions: 1 })
  const peer = await Peer.open(url, 'legacy')
  const stream = await send(url, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session } })
  stream.on('error', () => {})
  for (let count = 0; count < 5; count++) expect(await post(url, requestText(1, 'initialize', initializeParams('2025-06-18')), legacyHeaders(undefined, '2025-06-18'))).toMatchObject({ status: 503 })
  expect([...store.kept.keys()]).toEqual([peer.session])
  stream.destroy()
})

test('an error of the store is logged, and sessions continue in memory', async () => {
  const { logger, lines } = logged('error')
  const { url } = await open({ sessionStore: { get: fail, set: fail, delete: fail, expire: fail } }, newServer({ logger }))
  const peer = await Peer.open(url, 'legacy')
  expect(await peer.request(1, 'logging/setLevel', { level: 'debug' })).toMatchObject({ status: 200 })
  expect(await peer.request(2, 'ping', {}, { 'mcp-session-id': 'unknown' })).toMatchObject({ status: 404 })
  expect(await peer.send('DELETE')).toMatchObject({ status: 204 })
  expect(lines).toContainEqual([{ err: expect.objectContaining({ message: 'The disk is full' }) }, 'A session could not be stored'])
  expect(lines.map(([, message]) => message).toSorted()).toEqual([...Array(3).fill('A session could not be stored'), ...Array(3).fill('The session store failed')])
})

test('requests of the server after a restart have unused ids', async () => {
  const store = new MemoryStore()
  const server = newServer().tool('confirm', {}, async (_, { elicit }) => (await elicit('ok', 'Sure?', {})).action)
  const peer = await Peer.open((await open({ sessionStore: store }, server)).url, 'legacy', '2025-11-25', { capabilities: { elicitation: {} } })
  const ids: unknown[] = []
  const confirm = (at: Peer) =>
    at.stream(at.text(7, 'tools/call', { name: 'confirm' }), (message: Message) => {
      if (message.method !== 'elicitation/create') return
      ids.push(message.id)
      void at.post(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { action: 'decline' } }))
    })
  await confirm(peer)
  await confirm(peer.at((await open({ sessionStore: store }, server)).url))
  expect(ids).toHaveLength(2)
  expect(ids[0]).not.toBe(ids[1])
  expect(ids[1]).toBeGreaterThan(1e9)
})

test('Last-Event-ID of a standalone stream from before a restart opens a new stream; that of a call is 400', async () => {
  const store = new MemoryStore()
  const peer = await Peer.open((await open({ sessionStore: store })).url, 'legacy')
  const idOf = async (reply: Awaited<ReturnType<typeof openStream>>): Promise<string> => {
    const first = gate<string>()
    reply.on('error', () => {})
    void eachEvent(reply, ({ id }) => id !== undefined && first.open(id))
    const id = await first
    reply.destroy()
    return id
  }
  const standing = await idOf(await openStream(peer))
  const posted = /^id: (.+)$/m.exec((await peer.request(1, 'ping', {}, { accept: 'text/event-stream' })).text)?.[1]

  const server = newNotes()
  const there = peer.at((await open({ sessionStore: store }, server)).url)
  const again = await openStream(there, { 'last-event-id': standing })
  expect(again.statusCode).toBe(200)
  expect(await idOf(again)).not.toBe(standing)
  expect(await there.send('GET', { accept: 'text/event-stream', 'last-event-id': posted })).toMatchObject({ status: 400, messages: [{ error: { data: { reason: 'events_lost' } } }] })
})

test("two endpoints with one folder continue each other's sessions", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gangway-sessions-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [one, two] = [await open({ sessionStore: fileSessions(folder) }), await open({ sessionStore: fileSessions(folder) })]
  const [first, second] = [await Peer.open(one.url, 'legacy'), await Peer.open(two.url, 'legacy')]
  expect(await first.at(two.url).request(1, 'ping')).toMatchObject({ status: 200 })
  expect(await second.at(one.url).request(1, 'ping')).toMatchObject({ status: 200 })
  expect((await readdir(folder)).toSorted()).toEqual([first, second].map(({ session }) => `${session}.json`).toSorted())
  for (const id of ['../x', `${first.session}/../${first.session}`, 'x'.repeat(8000)]) expect(await first.request(2, 'ping', {}, { 'mcp-session-id': id })).toMatchObject({ status: 404 })
})
