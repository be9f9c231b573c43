/** The session store on Redis that the page on running shows, against a Redis in memory: sessions outlive the application. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { httpApp, type SessionStore } from '@gangway/transport-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Peer } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'
import { blocksOf } from './blocks.ts'

const POLL = { timeout: 10_000 } // Soon; when exactly is no matter.

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-redis-'))
let redisSessions: (redis: object, idle?: number) => SessionStore

beforeAll(async () => {
  const file = join(folder, 'redis-sessions.ts')
  writeFileSync(file, blocksOf('docs/running.md').find((block) => block.file === 'redis-sessions.ts')?.code ?? '')
  ;({ redisSessions } = await import(/* @vite-ignore */ file))
})
afterAll(() => rmSync(folder, { recursive: true }))

function fakeRedis() {
  const values = new Map<string, string>()
  const lifetimes = new Set<number>()
  return {
    values,
    lifetimes,
    get: async (key: string) => values.get(key) ?? null,
    set: async (key: string, value: string, { PX }: { PX: number }) => {
      values.set(key, value)
      lifetimes.add(PX)
      return 'OK'
    },
    del: async (key: string) => Number(values.delete(key)),
  }
}

test('a session continues in another process, and is deleted with DELETE', async () => {
  const redis = fakeRedis()
  const open = async () => {
    const app = httpApp(newServer().tool('t', {}, () => 'ok'), { sessionStore: redisSessions(redis, 1000) })
    const origin = await app.listen({ host: '127.0.0.1', port: 0 })
    return { app, url: `${origin}/mcp` }
  }
  const first = await open()
  const peer = await Peer.open(first.url, 'legacy')
  expect([...redis.values.keys()]).toEqual([`mcp:${peer.session}`])
  expect([...redis.lifetimes]).toEqual([2000])
  await first.app.close()

  const second = await open()
  closing({ close: async () => void (await second.app.close()) })
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'mcp-session-id': peer.session }
  const call = (id: string) => fetch(second.url, { method: 'POST', headers: { ...headers, 'mcp-session-id': id }, body: peer.text(1, 'tools/call', { name: 't' }) })
  expect(await (await call(peer.session)).json()).toMatchObject({ result: { content: [{ text: 'ok' }] } })
  expect((await call('forged')).status).toBe(404)
  await fetch(second.url, { method: 'DELETE', headers })
  await expect.poll(() => redis.values.size, POLL).toBe(0)
})
