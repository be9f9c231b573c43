/** Sessions in a folder, which is not ours alone. */
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileSessions, type SessionStore, type StoredSession } from '../src/index.ts'

const ID = '3f1c5a52-0000-4000-8000-000000000001'
const OTHER = '3f1c5a52-0000-4000-8000-000000000002'
const record: StoredSession['record'] = { revision: '2025-11-25', client: { info: { name: 'x', version: '1' }, capabilities: { roots: {} } }, logLevel: 'debug', subscriptions: ['a://b'], initialized: true }
const session = (id = ID, lastUsed = 5000): StoredSession => ({ id, record, lastUsed })

let parent: string
let folder: string
let store: SessionStore
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'gangway-sessions-'))
  folder = join(parent, 'a', 'b')
  store = fileSessions(folder)
})
afterEach(() => rm(parent, { recursive: true }))

test('returns what was saved, also to another store on the same folder', async () => {
  await store.set({ ...session(), principal: 'ada' })
  expect(await fileSessions(folder).get(ID)).toEqual({ ...session(), principal: 'ada' })
  await store.delete(ID)
  expect(await fileSessions(folder).get(ID)).toBeUndefined()
  await store.delete(ID)
})

test('is empty before its folder exists', async () => {
  expect(await store.get(ID)).toBeUndefined()
  await store.expire(Date.now())
  await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' })
})

test.runIf(process.platform !== 'win32')('is readable by its owner only', async () => {
  await store.set(session())
  const modes = await Promise.all([folder, join(folder, `${ID}.json`)].map(async (path) => (await stat(path)).mode & 0o777))
  expect(modes).toEqual([0o700, 0o600])
})

const FORGED = ['', '.', '..', '../x', `../${ID}`, `${ID}/../${ID}`, `x/${ID}`, `..\\${ID}`, `${ID}\0`, `${ID}.json`, `${ID} `, 'x'.repeat(100_000), ID.toUpperCase(), '__proto__', 'settings']
test.each(FORGED)('the id "%.40s" is unknown', async (id) => {
  await store.set(session())
  await writeFile(join(parent, 'a', 'x.json'), JSON.stringify({ ...session(), id: '../x' }))
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...session(), id: 'settings' }))
  expect(await store.get(id)).toBeUndefined()
  await store.delete(id)
  expect(await readdir(folder)).toEqual([`${ID}.json`, 'settings.json'])
  expect(await readdir(join(parent, 'a'))).toEqual(['b', 'x.json'])
})

const whole = session()
const TORN: [string, unknown][] = [
  ['nothing', ''],
  ['half', JSON.stringify(whole).slice(0, -10)],
  ['zeros', '\0\0\0\0'],
  ['null', null],
  ['a list', [whole]],
  ['another session', { ...whole, id: OTHER }],
  ['no time', { ...whole, lastUsed: undefined }],
  ['a principal that is not a string', { ...whole, principal: 7 }],
  ['no record', { ...whole, record: undefined }],
  ['a revision that is not served', { ...whole, record: { ...record, revision: '2026-07-28' } }],
  ['an unknown level', { ...whole, record: { ...record, logLevel: 'loud' } }],
  ['no subscriptions', { ...whole, record: { ...record, subscriptions: undefined } }],
  ['subscriptions that are no texts', { ...whole, record: { ...record, subscriptions: [1] } }],
  ['no client', { ...whole, record: { ...record, client: undefined } }],
  ['a client without capabilities', { ...whole, record: { ...record, client: {} } }],
  ['no word on the handshake', { ...whole, record: { ...record, initialized: undefined } }],
]
test.each(TORN)('a file with %s is not a session', async (_, content) => {
  await store.set(session())
  await writeFile(join(folder, `${ID}.json`), typeof content === 'string' ? content : JSON.stringify(content))
  expect(await store.get(ID)).toBeUndefined()
})

test('expiry deletes sessions by their last use, and old drafts, and no other files', async () => {
  await store.set(session(ID, 1000))
  await store.set(session(OTHER, 3000))
  const foreign = ['package.json', 'notes.txt', `${ID}.json.bak`, `${ID}.txt`, 'abc.json']
  const draft = `${OTHER}.json.${ID}`
  for (const name of [...foreign, draft]) {
    await writeFile(join(folder, name), '{}')
    await utimes(join(folder, name), 1, 1)
  }
  await store.expire(2000)
  expect((await readdir(folder)).toSorted()).toEqual([`${OTHER}.json`, ...foreign].toSorted())
})

test('of concurrent writes, one stays complete', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, index) => fileSessions(folder).set({ ...session(), lastUsed: index })))
  expect(await readdir(folder)).toEqual([`${ID}.json`])
  expect(JSON.parse(await readFile(join(folder, `${ID}.json`), 'utf8'))).toMatchObject({ id: ID, record })
})
