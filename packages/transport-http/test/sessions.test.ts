/** How long sessions live, in a time that the test makes. */
import { McpServer } from '@gangway/core'
import type { SessionRecord } from '@gangway/core/internal'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toLimits } from '../src/endpoint-options.ts'
import { LogBudget } from '../src/event-log.ts'
import type { SessionStore, StoredSession } from '../src/session-store.ts'
import { Sessions } from '../src/sessions.ts'

const IDLE = 1000
const server = new McpServer({ name: 'suite', version: '1.0.0' }).tool('wait', {}, () => new Promise<string>((resolve) => (release = resolve)))
let release: (text: string) => void
let sessions: Sessions

beforeEach(() => {
  vi.useFakeTimers()
  sessions = new Sessions({ server, store: undefined, logBudget: new LogBudget(2 ** 20, 2 ** 26), limits: toLimits({ sessionIdleTimeout: IDLE, maxSessions: 3 }), stream: {} })
})
afterEach(() => {
  sessions.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

async function add(owner = 'one') {
  const session = sessions.create(undefined)
  sessions.add(session, owner)
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } }
  await session.session.receive({ jsonrpc: '2.0', id: 0, method: 'initialize', params })
  return session
}

test('a session exists until it was idle for sessionIdleTimeout', async () => {
  const { id } = await add()
  vi.advanceTimersByTime(IDLE / 2)
  expect(sessions.get(id, undefined)).toBeDefined()
  vi.advanceTimersByTime(IDLE)
  vi.advanceTimersByTime(IDLE)
  expect(sessions.get(id, undefined)).toBeUndefined()
})

test('no timer runs before the first session, because Workers allow none while a program loads', async () => {
  expect(vi.getTimerCount()).toBe(0)
  await add()
  expect(vi.getTimerCount()).toBe(1)
})

test('if timers do not outlive a request, a new session closes the expired ones', async () => {
  const { id } = await add()
  vi.clearAllTimers()
  vi.setSystemTime(Date.now() + 2 * IDLE)
  await add()
  expect(sessions.get(id, undefined)).toBeUndefined()
})

test('use keeps it alive', async () => {
  const { id } = await add()
  for (let round = 0; round < 20; round++) {
    vi.advanceTimersByTime(IDLE / 2)
    expect(sessions.get(id, undefined)).toBeDefined()
  }
})

test('an open stream keeps it alive, and its end starts the idle time', async () => {
  const session = await add()
  const stream = session.openStandaloneStream()
  vi.advanceTimersByTime(10 * IDLE)
  stream.end()
  expect(sessions.get(session.id, undefined)).toBe(session)
  vi.advanceTimersByTime(3 * IDLE)
  expect(sessions.get(session.id, undefined)).toBeUndefined()
})

test('a call in flight keeps it alive', async () => {
  const session = await add()
  const answer = session.session.receive({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wait' } })
  vi.advanceTimersByTime(10 * IDLE)
  expect(sessions.get(session.id, undefined)).toBe(session)
  release('done')
  expect(await answer).toMatchObject({ result: { content: [{ text: 'done' }] } })
  vi.advanceTimersByTime(3 * IDLE)
  expect(sessions.get(session.id, undefined)).toBeUndefined()
})

test('beyond the limit, the session unused longest is closed, unless it is busy', async () => {
  const [busy, unused, used] = [await add(), await add(), await add()]
  const stream = busy.openStandaloneStream()
  sessions.get(used.id, undefined)
  await add()
  expect([sessions.get(busy.id, undefined), sessions.get(unused.id, undefined), sessions.get(used.id, undefined)]).toEqual([busy, undefined, used])
  expect(stream.ended).toBe(false)
})

const full = { status: 503, headers: { 'retry-after': '1' }, data: { reason: 'too_many_sessions' } }

test('[case 9] if all are busy, a new one gets 503, and listens to nothing', async () => {
  const all = [await add(), await add(), await add()]
  const streams = all.map((session) => session.openStandaloneStream())
  expect(() => sessions.requireRoom('one')).toThrow(expect.objectContaining(full))
  await expect(add()).rejects.toMatchObject(full)
  await expect(add('another')).rejects.toMatchObject(full)
  expect([streams.map(({ ended }) => ended), sessions.size]).toEqual([[false, false, false], 3])
  streams[1]?.cancel()
  const later = await add('another')
  expect([all, later].flat().map(({ id }) => sessions.get(id, undefined) !== undefined)).toEqual([true, false, true, true])
})

test('[case 9] the caller with the most sessions loses the idlest one, and no other caller loses any', async () => {
  const [mine, first] = [await add('me'), await add('flood')]
  await add('flood')
  for (let count = 0; count < 10; count++) await add('flood')
  expect(sessions.get(mine.id, undefined)).toBe(mine)
  expect(sessions.get(first.id, undefined)).toBeUndefined()
  const other = await add('third')
  const before = [mine, other].map(({ id }) => sessions.get(id, undefined))
  expect(before).toEqual([mine, other])
  await add('third') // Each has one now, so it is its own that goes.
  expect([mine, other].map(({ id }) => sessions.get(id, undefined))).toEqual([mine, undefined])
})

test('[case A2] calls and streams of others continue, whoever opens sessions', async () => {
  const [streaming, working] = [await add('flood'), await add('flood')]
  const stream = streaming.openStandaloneStream()
  const answer = working.session.receive({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wait' } })
  const idle = await add('flood')
  await add('me')
  expect(sessions.get(idle.id, undefined)).toBeUndefined()
  for (let count = 0; count < 3; count++) await add('me')
  await expect(add('third')).resolves.toBeDefined() // In place of the one that is idle.
  expect([stream.ended, working.session.busy]).toEqual([false, 1])
  release('done')
  expect(await answer).toMatchObject({ result: { content: [{ text: 'done' }] } })
  stream.end()
})

test('a busy session can be closed once it is idle, however it became idle', async () => {
  const [calling, streaming, both] = [await add(), await add(), await add()]
  const call = () => calling.session.receive({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wait' } })
  const answer = call()
  const streams = [streaming.openStandaloneStream(), both.openStandaloneStream()]
  streams.push(streaming.openStandaloneStream()) // Takes the place of the first.
  await expect(add()).rejects.toMatchObject(full)
  release('done')
  await answer
  await calling.session.idle()
  await add()
  expect(sessions.get(calling.id, undefined)).toBeUndefined()
  streams[2]?.cancel()
  const next = await add()
  expect(sessions.get(next.id, undefined)).toBe(next)
  streams[1]?.end()
})

test('the end of a session ends its stream and its change listener', async () => {
  const session = await add()
  await session.session.receive({ jsonrpc: '2.0', method: 'notifications/initialized' })
  const stream = session.openStandaloneStream()
  void sessions.end(session, 'session_ended')
  server.tool('more', {}, () => 'ok')
  server.removeTool('more')
  await Promise.resolve()
  expect(await stream.next()).toBe(': keep-alive\n\n') // What it began with.
  expect(await stream.next()).toBeUndefined()
})

test('a restored session notifies its client of all its subscriptions, because changes may have been missed', async () => {
  const record: SessionRecord = { revision: '2025-06-18', client: { info: undefined, capabilities: {} }, logLevel: 'info', subscriptions: ['x://a'], initialized: true }
  const kept = new Map<string, StoredSession>([['kept', { id: 'kept', record, lastUsed: Date.now() }]])
  const store: SessionStore = { get: async (id) => kept.get(id), set: async (session) => void kept.set(session.id, session), delete: async (id) => void kept.delete(id), expire: async () => {} }
  const others = new Sessions({ server, store, logBudget: new LogBudget(2 ** 20, 2 ** 26), limits: toLimits({}), stream: {} })
  const stream = (await others.find('kept', undefined, () => 'one')).openStandaloneStream()
  const text = await stream.next()
  expect([...(text?.matchAll(/"method":"([^"]+)"/g) ?? [])].map(([, method]) => method)).toEqual(['notifications/tools/list_changed', 'notifications/resources/updated'])
  others.close()
})
