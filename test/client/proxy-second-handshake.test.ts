/** A second handshake in one session in front of a proxy: requests in flight keep their upstream connection, and the new client gets one to itself. */
import { McpServer, type Logger } from '@gangway/core'
import { META, type Message } from '@gangway/core/internal'
import type { Client, ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll, type ProxyServer } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const revision = '2025-11-25'

interface Waiting {
  readonly connection: number
  answer(): void
}

/** A legacy server that answers calls of `wait` with the number of its connection, and only when the test says so. */
function waitingUpstream() {
  const waiting: Waiting[] = []
  const names: string[] = []
  const heard: string[] = []
  const open = new Set<number>()
  const transport: ClientTransport = {
    name: 'waiting',
    open: async (receiver) => {
      const connection = names.push('') - 1
      open.add(connection)
      return {
        exchanges: false,
        send: async (message) => {
          const { id, method, params } = message as { id?: unknown; method?: string; params?: { clientInfo: { name: string }; name: string } }
          const say = (outcome: object): void => receiver.receive({ jsonrpc: '2.0', id, ...outcome } as Message)
          heard.push(`${connection} ${method}`)
          if (method === 'initialize') names[connection] = params?.clientInfo.name ?? ''
          if (method === 'initialize') say({ result: { protocolVersion: revision, capabilities: { tools: {} }, serverInfo: { name: 'waiting', version: '1' } } })
          else if (method === 'tools/list') say({ result: { tools: [{ name: 'wait', inputSchema: { type: 'object' } }] } })
          else if (method === 'tools/call') waiting.push({ connection, answer: () => say({ result: { content: [{ type: 'text', text: String(connection) }] } }) })
          else if (id !== undefined) say({ error: { code: -32601, message: 'Method not found' } })
        },
        close: async () => void open.delete(connection),
      }
    },
  }
  return { transport, waiting, names, heard, open }
}

const PROXIES: Readonly<Record<string, { readonly serve: (upstream: ClientTransport) => ProxyServer; readonly tool: string }>> = {
  'proxy()': { serve: (upstream) => proxy(upstream, { logger }), tool: 'wait' },
  'proxyAll()': { serve: (upstream) => proxyAll({ only: upstream }, { logger }), tool: 'only_wait' },
}

async function introduceAs(client: Client, name: string, capabilities: object = {}): Promise<void> {
  await client.request('initialize', { protocolVersion: revision, capabilities, clientInfo: { name, version: '1' } })
  await client.notify('notifications/initialized')
}

describe.each(Object.entries(PROXIES))('upstream %s', (_, { serve, tool }) => {
  test('a call in flight gets its response, and then its connection is closed', async () => {
    const upstream = waitingUpstream()
    const client = await opened(memory(serve(upstream.transport)), { revision, info: { name: 'first', version: '1' } })
    const before = client.callTool(tool)
    await expect.poll(() => upstream.waiting).toHaveLength(1)
    await introduceAs(client, 'second')
    const after = client.callTool(tool)
    await expect.poll(() => upstream.waiting).toHaveLength(2)
    const [first, second] = upstream.waiting as [Waiting, Waiting]
    expect(upstream.names[second.connection]).toBe('second')
    expect(upstream.open).toContain(first.connection)
    first.answer()
    expect(await before).toMatchObject({ content: [{ text: String(first.connection) }] })
    await expect.poll(() => upstream.open).not.toContain(first.connection)
    second.answer()
    expect(await after).toMatchObject({ content: [{ text: String(second.connection) }] })
    expect([...upstream.open]).toEqual([second.connection])
    expect(upstream.names).toEqual(['first', 'second'])
  })

  test('a rejected handshake changes nothing, and leaves no connection open', async () => {
    const upstream = waitingUpstream()
    const client = await opened(memory(serve(upstream.transport)), { revision, info: { name: 'first', version: '1' } })
    const before = client.callTool(tool)
    await expect.poll(() => upstream.waiting).toHaveLength(1)
    await expect(introduceAs(client, 'x'.repeat(1_000_000))).rejects.toThrow()
    const after = client.callTool(tool)
    await expect.poll(() => upstream.waiting).toHaveLength(2)
    for (const { answer } of upstream.waiting) answer()
    expect(await before).toEqual(await after)
    expect([...upstream.open].map((connection) => upstream.names[connection])).toEqual(['first'])
  })

  test('changed roots of the new client reach its own connection', async () => {
    const upstream = waitingUpstream()
    const client = await opened(memory(serve(upstream.transport)), { revision })
    await client.listTools()
    await introduceAs(client, 'second', { roots: { listChanged: true } })
    await client.listTools()
    await client.notify('notifications/roots/list_changed')
    const connection = upstream.names.indexOf('second')
    await expect.poll(() => upstream.heard).toContain(`${connection} notifications/roots/list_changed`)
  })

  test('the end of the session closes every connection, including those of earlier handshakes', async () => {
    const upstream = waitingUpstream()
    const client = await opened(memory(serve(upstream.transport)), { revision })
    const calls: Promise<unknown>[] = []
    for (const name of ['second', 'third']) {
      calls.push(client.callTool(tool).catch(ignore))
      await expect.poll(() => upstream.waiting).toHaveLength(calls.length)
      await introduceAs(client, name)
    }
    await client.close()
    await Promise.all(calls)
    await expect.poll(() => upstream.open.size).toBe(0)
  })
})

test('a handshake does not affect a modern client of the same connection', async () => {
  const upstream = waitingUpstream()
  const client = await opened(memory(proxy(upstream.transport, { logger })), { revision })
  const envelope = { [META.protocolVersion]: '2026-07-28', [META.clientInfo]: { name: 'modern', version: '1' }, [META.clientCapabilities]: {} }
  const call = client.request('tools/call', { name: 'wait', _meta: envelope })
  await expect.poll(() => upstream.waiting).toHaveLength(1)
  await introduceAs(client, 'legacy')
  upstream.waiting[0]?.answer()
  expect(await call).toMatchObject({ content: [{ text: String(upstream.waiting[0]?.connection) }] })
})

test('list changes reach the client after its second handshake', async () => {
  const shop = new McpServer({ name: 'shop', version: '1', logger }).tool('add', {}, () => 'added')
  const client = await opened(memory(proxy(memory(shop), { revision, logger })), { revision })
  await client.listTools()
  await introduceAs(client, 'second')
  const changes = await client.listen({ toolsListChanged: true })
  await client.listTools()
  shop.tool('pay', {}, () => 'paid')
  expect((await changes.next()).value).toEqual({ list: 'tools' })
  expect((await client.listTools()).map(({ name }) => name)).toEqual(['add', 'pay'])
})
