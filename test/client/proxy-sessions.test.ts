/** A 2025 server behind a proxy: each session in front has one of its own behind, which ends with it. */
import { fileURLToPath } from 'node:url'
import type { AuthInfo, Logger } from '@gangway/core'
import type { Client, ClientTransport } from '@gangway/core/client'
import { proxy, type ProxyServer } from '@gangway/core/proxy'
import { connectInMemory, memory } from '@gangway/core/testing'
import type { RequestHead } from '@gangway/core/web'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { sse as sseServer } from '@gangway/transport-sse'
import { sseClient } from '@gangway/transport-sse/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { newShop } from '../programs/shop.mjs'
import { playedUpstream } from './played-upstream.ts'
import { afterTest } from '../harness/cleanup.ts'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const program = (name: string): string => fileURLToPath(new URL(`../programs/${name}`, import.meta.url))
const shop = (): ClientTransport => stdioClient({ command: process.execPath, args: [program('shop.mjs')] })
const pidOf = async (client: Client): Promise<number> => Number(((await client.callTool('pid')).content[0] as { text: string }).text)

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const FRONTS: Readonly<Record<string, (server: ProxyServer) => Promise<ClientTransport>>> = {
  memory: async (server) => memory(server),
  'HTTP, by DELETE': async (server) => {
    const running = await httpServer({ port: 0 }).serve(server)
    afterTest(async () => (void running.close(), running.close()))
    return httpClient(running.url ?? '')
  },
  'HTTP+SSE, by its disconnect': async (server) => {
    const running = await sseServer({ port: 0 }).serve(server)
    afterTest(async () => (void running.close(), running.close()))
    return sseClient(running.url ?? '')
  },
}

test.each(Object.keys(FRONTS))('when a session ends over %s, only its upstream process ends', async (front) => {
  const transport = await FRONTS[front]!(proxy(shop(), { revision: '2025-11-25', logger }))
  const [one, other] = [await opened(transport, { revision: '2025-11-25' }), await opened(transport, { revision: '2025-11-25' })]
  const [pid, otherPid] = [await pidOf(one), await pidOf(other)]
  expect(pid).not.toBe(otherPid)
  expect(await pidOf(one)).toBe(pid)
  await one.close()
  await expect.poll(() => lives(pid), { timeout: 10_000 }).toBe(false)
  expect(await pidOf(other)).toBe(otherPid)
})

/** Believes a header. */
const authenticate = (request: RequestHead): AuthInfo => {
  const [issuer = '', subject = ''] = request.header('x-caller')?.split(' ') ?? []
  return { issuer, subject, scopes: [] }
}

test('without sessions, an upstream connection is shared only by one caller of one issuer', async () => {
  let connections = 0
  const inner = memory(newShop())
  const server = proxy({ name: 'shop', open: (...args) => (connections++, inner.open(...args)) }, { revision: '2025-11-25', logger })
  const running = await httpServer({ port: 0, authenticate }).serve(server)
  afterTest(async () => (void running.close(), running.close()))
  const callAs = async (issuer: string, subject: string): Promise<number> => {
    const client = await opened(httpClient(running.url ?? '', { headers: { 'x-caller': `${issuer} ${subject}` } }))
    await client.callTool('add', { a: 1, b: 1 })
    return connections
  }
  const first = await callAs('https://one.example', 'ada')
  expect([await callAs('https://one.example', 'ada'), await callAs('https://two.example', 'ada'), await callAs('https://two.example', 'bob')]).toEqual([first, first + 1, first + 2])
})

test('over stdio, the end of the input ends every upstream process', async () => {
  const client = await opened(stdioClient({ command: process.execPath, args: [program('proxy.mjs')], exitTimeout: 20_000 }), { revision: '2025-11-25' })
  const pid = await pidOf(client)
  await client.close()
  expect(lives(pid)).toBe(false)
})

test('clients without a session share no upstream connection', async () => {
  const running = await httpServer({ port: 0, sessions: 'none' }).serve(proxy(shop(), { revision: '2025-11-25', logger }))
  afterTest(async () => (void running.close(), running.close()))
  const clients = [await opened(httpClient(running.url ?? ''), { revision: '2025-11-25' }), await opened(httpClient(running.url ?? ''), { revision: '2025-11-25' })]
  const before = await pidOf(clients[0]!)
  const enough = new AbortController()
  const waiting = clients[0]!.callTool('wait', { name: 'forever' }, { signal: enough.signal })
  waiting.catch(ignore)
  await expect.poll(() => pidOf(clients[1]!)).not.toBe(before)
  enough.abort()
  await expect(waiting).rejects.toThrow()
})

describe('a message of an upstream that belongs to no call', () => {
  const LEGACY = { revision: '2025-11-25' } as const
  const answers = { roots: [{ uri: 'file:///home' }] }

  test('reaches its session while several calls are in flight', async () => {
    const heard: unknown[] = []
    const client = await connectInMemory(proxy(memory(newShop()), { ...LEGACY, logger }), { ...LEGACY, onLog: ({ data }) => heard.push(data) })
    afterTest(() => client.close())
    await Promise.all([client.callTool('chat', { name: 'ann' }), client.callTool('chat', { name: 'bob' })])
    expect(heard.toSorted()).toEqual([...Array(5).fill('ann'), ...Array(5).fill('bob')])
  })

  test('reaches the client between calls, from its log level on', async () => {
    const { transport, say } = playedUpstream((id, answer) => answer({ id, result: { content: [] } }))
    const heard: unknown[] = []
    const client = await connectInMemory(proxy(transport, { ...LEGACY, logger }), { ...LEGACY, logLevel: 'warning', onLog: ({ data }) => heard.push(data) })
    afterTest(() => client.close())
    await client.callTool('ask')
    say({ method: 'notifications/message', params: { level: 'info', data: 'mild' } })
    say({ method: 'notifications/message', params: { level: 'error', data: 'late' } })
    await expect.poll(() => heard).toEqual(['late'])
  })

  test('and is an input request waits for a call that can carry it', async () => {
    let calls = 0
    const { transport, heard, say } = playedUpstream((id, answer) => void (calls++ > 0 && answer({ id, result: { content: [] } })))
    const client = await connectInMemory(proxy(transport, { ...LEGACY, logger }), { ...LEGACY, answers })
    afterTest(() => client.close())
    const enough = new AbortController()
    const first = client.callTool('ask', {}, { signal: enough.signal })
    await expect.poll(() => calls).toBe(1)
    enough.abort()
    await expect(first).rejects.toThrow()
    await expect.poll(() => heard).toContainEqual(expect.objectContaining({ method: 'notifications/cancelled' }))
    say({ id: 'q1', method: 'roots/list' })
    await client.listTools()
    expect(heard).not.toContainEqual(expect.objectContaining({ id: 'q1' }))
    await client.callTool('ask')
    await expect.poll(() => heard).toContainEqual({ jsonrpc: '2.0', id: 'q1', result: { roots: answers.roots } })
  })

  test('and is an input request still gets a response if its call ends', async () => {
    const { transport, heard } = playedUpstream((id, answer) => {
      answer({ id: 'q1', method: 'roots/list' })
      answer({ id, result: { content: [] } })
    })
    for (const revision of ['2025-11-25', '2026-07-28'] as const) {
      const client = await connectInMemory(proxy(transport, { ...LEGACY, logger }), { revision, answers })
      afterTest(() => client.close())
      heard.length = 0
      expect(await client.callTool('ask')).toMatchObject({ content: [] })
      await expect.poll(() => heard).toContainEqual({ jsonrpc: '2.0', id: 'q1', result: { roots: answers.roots } })
    }
  })

  test('a client notifies that its roots changed', async () => {
    const { transport, heard } = playedUpstream((id, answer) => answer({ id, result: { content: [] } }))
    const client = await connectInMemory(proxy(transport, { ...LEGACY, logger }), { ...LEGACY, answers, capabilities: { roots: { listChanged: true } } })
    afterTest(() => client.close())
    await client.callTool('ask')
    expect(heard.filter((message) => 'method' in message && message.method === 'initialize').at(-1)).toMatchObject({ params: { capabilities: { roots: { listChanged: true } } } })
    await client.notify('notifications/roots/list_changed')
    await expect.poll(() => heard.at(-1)).toMatchObject({ method: 'notifications/roots/list_changed' })
  })
})
