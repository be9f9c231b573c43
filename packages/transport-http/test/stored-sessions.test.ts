/** Sessions of two processes over one store, in a time that the test makes. */
import { McpServer } from '@gangway/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toLimits } from '../src/endpoint-options.ts'
import { LogBudget } from '../src/event-log.ts'
import type { HttpSession } from '../src/http-session.ts'
import type { SessionStore, StoredSession } from '../src/session-store.ts'
import { Sessions } from '../src/sessions.ts'

const IDLE = 1000
const errors: string[] = []
const skip = (): void => {}
const server = new McpServer({ name: 'suite', version: '1.0.0', logger: { debug: skip, info: skip, warn: skip, error: (_, message = '') => errors.push(message) } }).tool('t', {}, () => 'ok')

let kept: Map<string, StoredSession>
let writes: number
/** Whether the store answers nothing. */
let silent: boolean
let open: (sessionIdleTimeout?: number) => Sessions
let one: Sessions
let two: Sessions

beforeEach(() => {
  vi.useFakeTimers()
  kept = new Map()
  writes = 0
  silent = false
  errors.length = 0
  const answer = <T>(value: T): Promise<T> => (silent ? new Promise(() => {}) : Promise.resolve(value))
  const store: SessionStore = {
    get: (id) => answer(kept.get(id)),
    set: async (session) => {
      await answer(undefined)
      writes++
      kept.set(session.id, session)
    },
    delete: async (id) => void kept.delete(id),
    expire: async (before) => {
      for (const { id, lastUsed } of [...kept.values()]) if (lastUsed < before) kept.delete(id)
    },
  }
  open = (sessionIdleTimeout = IDLE) => new Sessions({ server, store, logBudget: new LogBudget(2 ** 20, 2 ** 26), limits: toLimits({ sessionIdleTimeout }), stream: {} })
  one = open()
  two = open()
})
afterEach(() => {
  one.close()
  two.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

async function begin(sessions: Sessions): Promise<HttpSession> {
  const session = sessions.create(undefined)
  sessions.add(session, 'one')
  await session.session.receive({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })
  await session.saving
  return session
}

const find = async (sessions: Sessions, id: string): Promise<HttpSession> => sessions.find(id, undefined, () => 'one')
const reason = (sessions: Sessions, id: string): Promise<unknown> => find(sessions, id).then(
  () => 'found',
  ({ status, data }) => [status, data.reason],
) // prettier-ignore

/** Whoever is given is used meanwhile, ten times in each idle time. */
async function pass(time: number, used: () => unknown = () => {}): Promise<void> {
  for (let passed = 0; passed < time; passed += IDLE / 10) {
    await vi.advanceTimersByTimeAsync(IDLE / 10)
    used()
  }
}

test('a session in use stays in the store', async () => {
  const { id } = await begin(one)
  await pass(10 * IDLE, () => expect(one.get(id, undefined)).toBeDefined())
  expect(kept.get(id)?.lastUsed).toBeGreaterThan(Date.now() - IDLE)
  expect(writes).toBeLessThan(50)
})

test('a busy session, or one with an open stream, stays in the store', async () => {
  const session = await begin(one)
  session.openStandaloneStream()
  await pass(10 * IDLE)
  expect(await reason(two, session.id)).toBe('found')
})

test('an idle session is not written again, and expires everywhere', async () => {
  const { id } = await begin(one)
  await pass(IDLE - 1)
  expect([writes, kept.has(id)]).toEqual([1, true])
  await pass(IDLE)
  expect([one.size, kept.size]).toEqual([0, 0])
  expect(await reason(one, id)).toEqual([404, 'session_expired'])
})

test('a session that is idle here and used elsewhere continues in both places', async () => {
  const { id } = await begin(one)
  const there = await find(two, id)
  await there.session.receive({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level: 'error' } })
  await pass(5 * IDLE, () => two.get(id, undefined))
  expect(one.size).toBe(0)
  expect(kept.get(id)?.record.logLevel).toBe('error')
  const back = await find(one, id)
  expect(back.session.record?.logLevel).toBe('error')
  expect(await reason(two, id)).toBe('found')
})

test('a session that another principal requests is not used', async () => {
  const { id } = await begin(one)
  await pass(2 * IDLE, () => expect(one.get(id, 'mallory')).toBeUndefined())
  expect(one.size).toBe(0)
})

test('an id that never existed is unknown, and a closed one has ended', async () => {
  const session = await begin(one)
  await one.end(session, 'session_ended')
  expect(kept.size).toBe(0)
  expect(await Promise.all([reason(one, session.id), reason(one, 'no such'), reason(two, session.id)])).toEqual([[404, 'session_ended'], [404, 'session_unknown'], [404, 'session_unknown']])
})

test('a store without a response is awaited for 5 seconds, and used again when it responds', async () => {
  silent = true
  const patient = open(60_000)
  const opened = begin(patient)
  const asked = Promise.all([reason(patient, 'no such'), opened.then(({ id }) => reason(patient, id))])
  await vi.advanceTimersByTimeAsync(5000)
  expect(await asked).toEqual([[404, 'session_unknown'], 'found'])
  expect(errors).toEqual(['The session store failed', 'A session could not be stored'])
  silent = false
  const session = await opened
  await session.session.receive({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level: 'error' } })
  await session.saving
  expect(await reason(two, session.id)).toBe('found')
  patient.close()
})

test('a save during another save is written last', async () => {
  const session = await begin(one)
  const levels = ['debug', 'error', 'alert', 'notice'] as const
  const asked = levels.map((level, id) => session.session.receive({ jsonrpc: '2.0', id: id + 1, method: 'logging/setLevel', params: { level } }))
  await Promise.all(asked)
  await session.saving
  expect(kept.get(session.id)?.record.logLevel).toBe('notice')
})
