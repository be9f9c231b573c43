/** Session stores in one folder, as several processes have them: who deletes what another one has just renewed, and how much the folder may hold. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { StoredSession } from '../src/index.ts'

/** Run once, right after the next look at a file or the next move of one. */
const meanwhile: { stat?: (() => Promise<void>) | undefined; rename?: (() => Promise<void>) | undefined } = {}
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  const stat = async (path: string): Promise<unknown> => after('stat', await original.stat(path))
  const rename = async (from: string, to: string): Promise<unknown> => after('rename', await original.rename(from, to))
  return { ...original, stat, rename }
})

vi.resetModules() // Files of one worker share their modules. These ones must use the mock, and no other file's may.
const { fileSessions } = await import('../src/index.ts')
afterAll(() => void vi.resetModules())

async function after<T>(name: 'stat' | 'rename', result: T): Promise<T> {
  const work = meanwhile[name]
  meanwhile[name] = undefined
  await work?.()
  return result
}

const idOf = (number: number): string => `3f1c5a52-0000-4000-8000-${String(number).padStart(12, '0')}`
const record: StoredSession['record'] = { revision: '2025-11-25', client: { info: { name: 'x', version: '1' }, capabilities: {} }, logLevel: 'info', subscriptions: [], initialized: true }
const session = (number: number, lastUsed: number): StoredSession => ({ id: idOf(number), record, lastUsed })

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gangway-sessions-'))))
afterEach(() => rm(folder, { recursive: true }))

test('[case 44] a session that another process renews during expiry stays', async () => {
  const [here, there] = [fileSessions(folder), fileSessions(folder)]
  await here.set(session(1, 1000))
  meanwhile.stat = () => there.set(session(1, 5000))
  await here.expire(2000)
  expect(await there.get(idOf(1))).toMatchObject({ lastUsed: 5000 })
  expect(await readdir(folder)).toEqual([`${idOf(1)}.json`])
})

test('[case 44] a session that is renewed while it is read stays as written last', async () => {
  const [here, there] = [fileSessions(folder), fileSessions(folder)]
  await here.set(session(1, 1000))
  meanwhile.rename = () => there.set(session(1, 6000))
  await here.expire(2000)
  expect(await there.get(idOf(1))).toMatchObject({ lastUsed: 6000 })
  expect(await readdir(folder)).toEqual([`${idOf(1)}.json`])
})

test('[case A1] the number of files is bounded, and the sessions used last stay', async () => {
  const stores = [fileSessions(folder, { maxSessions: 20 }), fileSessions(folder, { maxSessions: 20 })]
  const counts: number[] = []
  for (let number = 0; number < 200; number++) {
    await stores[number % 2]?.set(session(number, 1000 + number))
    counts.push((await readdir(folder)).length)
  }
  expect(counts.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(Math.max(...counts)).toBeLessThanOrEqual(2 * 20) // Each hears of what the other one wrote when it reads the folder.
  expect(await stores[0]?.get(idOf(199))).toBeDefined()
  expect(await stores[0]?.get(idOf(0))).toBeUndefined()
})

test('[case A1] the bytes of files are bounded, too', async () => {
  const size = JSON.stringify(session(1, 1000)).length
  const store = fileSessions(folder, { maxBytes: 10 * size })
  for (let number = 0; number < 100; number++) {
    await store.set(session(number, 1000 + number))
    expect((await readdir(folder)).length).toBeLessThanOrEqual(10)
  }
  expect(await store.get(idOf(99))).toBeDefined()
})

test('[case A1] existing files count, too, and rewriting one session deletes no other', async () => {
  const before = fileSessions(folder)
  for (let number = 0; number < 10; number++) await before.set(session(number, 1000 + number))
  const store = fileSessions(folder, { maxSessions: 11 })
  for (let round = 0; round < 100; round++) await store.set(session(10, 2000 + round))
  expect(await readdir(folder)).toHaveLength(11)
  await store.set(session(11, 3000))
  expect((await readdir(folder)).length).toBeLessThanOrEqual(11)
  expect(await store.get(idOf(0))).toBeUndefined()
})
