/** How long sessions live, in a time that the test makes. */
import { McpServer, type SessionRecord } from '@gangway/core'
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
  sessions = new Sessions({ server, store: undefined, logBudget: new LogBudget(2 ** 20, 2 ** 26), limits: toLimits({ sessionIdle: IDLE, maxSessions: 3 }) })
})
afterEach(() => {
  sessions.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

async function add() {
  const session = sessions.create(undefined)
  sessions.add(session)
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } }
  await session.session.receive({ jsonrpc: '2.0', id: 0, method: 'initialize', params })
  return session
}

test('a session is found until it has rested for the idle time', async () => {
  const { id } = await add()
  vi.advanceTimersByTime(IDLE / 2)
  expect(sessions.get(id)).toBeDefined()
  vi.advanceTimersByTime(IDLE)
  vi.advanceTimersByTime(IDLE)
  expect(sessions.get(id)).toBeUndefined()
})

test('no timer runs before there is a session: hosts such as Workers allow none while a program loads', async () => {
  expect(vi.getTimerCount()).toBe(0)
  await add()
  expect(vi.getTimerCount()).toBe(1)
})

test('where timers do not outlive a request, a new session ends those that have rested for too long', async () => {
  const { id } = await add()
  vi.clearAllTimers()
  vi.setSystemTime(Date.now() + 2 * IDLE)
  await add()
  expect(sessions.get(id)).toBeUndefined()
})

test('use keeps it alive', async () => {
  const { id } = await add()
  for (let round = 0; round < 20; round++) {
    vi.advanceTimersByTime(IDLE / 2)
    expect(sessions.get(id)).toBeDefined()
  }
})

test('an open stream keeps it alive, and its end lets it rest', async () => {
  const session = await add()
  const stream = session.openStanding()
  vi.advanceTimersByTime(10 * IDLE)
  stream.end()
  expect(sessions.get(session.id)).toBe(session)
  vi.advanceTimersByTime(3 * IDLE)
  expect(sessions.get(session.id)).toBeUndefined()
})

test('a call in flight keeps it alive', async () => {
  const session = await add()
  const answer = session.session.receive({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wait' } })
  vi.advanceTimersByTime(10 * IDLE)
  expect(sessions.get(session.id)).toBe(session)
  release('done')
  expect(await answer).toMatchObject({ result: { content: [{ text: 'done' }] } })
  vi.advanceTimersByTime(3 * IDLE)
  expect(sessions.get(session.id)).toBeUndefined()
})

test('beyond the limit the longest unused ends, unless it is at work', async () => {
  const [busy, unused, used] = [await add(), await add(), await add()]
  const stream = busy.openStanding()
  sessions.get(used.id)
  await add()
  expect([sessions.get(busy.id), sessions.get(unused.id), sessions.get(used.id)]).toEqual([busy, undefined, used])
  expect(stream.ended).toBe(false)
})

test('where all are at work, the oldest ends', async () => {
  const all = [await add(), await add(), await add()]
  const streams = all.map((session) => session.openStanding())
  await add()
  expect(streams.map(({ ended }) => ended)).toEqual([true, false, false])
})

test('the end of a session ends its stream, and its ear for changes', async () => {
  const session = await add()
  await session.session.receive({ jsonrpc: '2.0', method: 'notifications/initialized' })
  const stream = session.openStanding()
  sessions.end(session, 'session_ended')
  server.tool('more', {}, () => 'ok')
  server.removeTool('more')
  await Promise.resolve()
  expect(await stream.next()).toBe(': keep-alive\n\n') // What it began with.
  expect(await stream.next()).toBeUndefined()
})

test('a session that was restored tells its client of all it wants to hear of, since nobody knows what changed meanwhile', async () => {
  const record: SessionRecord = { revision: '2025-06-18', client: { info: undefined, capabilities: {} }, logLevel: 'info', subscriptions: ['x://a'], initialized: true }
  const kept = new Map<string, StoredSession>([['kept', { id: 'kept', record, lastUsed: Date.now() }]])
  const store: SessionStore = { get: async (id) => kept.get(id), set: async (session) => void kept.set(session.id, session), delete: async (id) => void kept.delete(id), expire: async () => {} }
  const others = new Sessions({ server, store, logBudget: new LogBudget(2 ** 20, 2 ** 26), limits: toLimits({}) })
  const stream = (await others.find('kept', undefined)).openStanding()
  const text = await stream.next()
  expect([...(text?.matchAll(/"method":"([^"]+)"/g) ?? [])].map(([, method]) => method)).toEqual(['notifications/tools/list_changed', 'notifications/resources/updated'])
  others.close()
})
