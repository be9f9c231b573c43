/** Which connections a proxy opens to its upstreams: one session for each client, as that client, and no more than there may be. */
import { McpServer, type Logger, type Revision } from '@gangway/core'
import type { Message } from '@gangway/core/internal'
import type { Client, ClientOptions, ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll, type ProxyOptions } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { describe, expect, test, vi } from 'vitest'
import { playedUpstream } from './played-upstream.ts'
import { afterTest } from '../harness/cleanup.ts'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 60_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const LEGACY = '2025-11-25' as const
const MODERN = '2026-07-28' as const

interface Spawned {
  readonly transport: ClientTransport
  /** Connections that were opened. */
  readonly opened: () => number
  /** Connections that are open. */
  readonly open: () => number
  readonly most: () => number
}

/** An upstream of 2025 whose tools depend on what its client can do and on what was called before, as those of server-everything. Each connection counts as a process. */
function sessionful(revisions: readonly string[] = [LEGACY, '2025-06-18', '2024-11-05']): Spawned & { readonly handshakes: { protocolVersion: string; clientInfo: object }[] } {
  let [count, open, most] = [0, 0, 0]
  const handshakes: { protocolVersion: string; clientInfo: object }[] = []
  const transport: ClientTransport = {
    name: 'sessionful',
    spawns: true,
    open: async (receiver) => {
      count++
      most = Math.max(most, ++open)
      const tools = ['login']
      const say = (message: object): void => receiver.receive({ jsonrpc: '2.0', ...message } as Message)
      let isOpen = true
      return {
        exchanges: false,
        send: async (message) => {
          const { id, method, params } = message as { id?: unknown; method?: string; params?: { protocolVersion: string; clientInfo: object; capabilities: { sampling?: object }; name: string } }
          if (method === 'initialize' && params) {
            handshakes.push(params)
            if (params.capabilities.sampling) tools.push('summarize')
            const protocolVersion = revisions.includes(params.protocolVersion) ? params.protocolVersion : revisions[0]
            say({ id, result: { protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'sessionful', version: '1' } } })
          } else if (method === 'tools/list') say({ id, result: { tools: tools.map((name) => ({ name, inputSchema: { type: 'object' } })) } })
          else if (method === 'tools/call' && params?.name === 'login') {
            tools.push('orders')
            say({ method: 'notifications/tools/list_changed' })
            say({ id, result: { content: [] } })
          } else if (method === 'tools/call' && params?.name === 'orders') say({ id, result: { content: [{ type: 'text', text: String(count) }] } })
          else if (id !== undefined && method !== undefined && method !== 'tools/call') say({ id, error: { code: -32601, message: 'Method not found' } })
        },
        close: async () => {
          if (isOpen) open--
          isOpen = false
        },
      }
    },
  }
  return { transport, handshakes, opened: () => count, open: () => open, most: () => most }
}

const names = async (client: Client): Promise<string[]> => (await client.listTools()).map(({ name }) => name)
const sample = { sample: () => ({ role: 'assistant' as const, content: { type: 'text' as const, text: 'Ho' }, model: 'm' }) }

async function overHttp(server: ReturnType<typeof proxy>): Promise<ClientTransport> {
  const running = await httpServer({ port: 0 }).serve(server)
  afterTest(async () => (void running.close(), running.close()))
  return httpClient(running.url ?? '')
}

describe.each([LEGACY, MODERN])('[case 51] a client of %s', (revision) => {
  const connect = (transport: ClientTransport, options: ClientOptions = {}): Promise<Client> => opened(transport, { revision, ...options })

  test('sees what the upstream offers for its own capabilities and calls, over one connection', async () => {
    const upstream = sessionful()
    const server = memory(proxy(upstream.transport, { logger }))
    const client = await connect(server, { ...sample, info: { name: 'till', version: '7' } })
    expect(await names(client)).toEqual(['login', 'summarize'])
    const changes = await client.listen({ toolsListChanged: true })
    await client.callTool('login')
    expect((await changes.next()).value).toEqual({ list: 'tools' })
    expect(await names(client)).toEqual(['login', 'summarize', 'orders'])
    expect(upstream.opened()).toBe(1)
    expect(upstream.handshakes).toMatchObject([{ clientInfo: { name: 'till', version: '7' } }])

    const other = await connect(server)
    expect(await names(other)).toEqual(['login'])
    expect(upstream.opened()).toBe(2)
  })

  test('concurrent calls of one client share its connection', async () => {
    const upstream = sessionful()
    const client = await connect(memory(proxyAll({ only: upstream.transport }, { logger })), sample)
    await client.callTool('only_login')
    await Promise.all(Array.from({ length: 10 }, () => client.callTool('only_orders')))
    expect(upstream.most()).toBe(1)
  })

  test('has no connection after it disconnects', async () => {
    const upstream = sessionful()
    const client = await connect(memory(proxy(upstream.transport, { logger })))
    await names(client)
    expect(upstream.open()).toBe(1)
    await client.close()
    await expect.poll(upstream.open).toBe(0)
  })
})

const bothEras = (): McpServer =>
  new McpServer({ name: 'both', version: '1', logger })
    .tool('revision', {}, (_, ctx) => ctx.revision)
    .tool('folders', {}, async (_, ctx) => (await ctx.roots()).map(({ uri }) => uri).join())
const text = async (client: Client, tool: string): Promise<unknown> => (await client.callTool(tool)).content

const ask = (revision: Revision, options: ProxyOptions = {}): Promise<Client> => opened(memory(proxy(memory(bothEras()), { logger, ...options })), { revision, roots: [{ uri: 'file:///home' }] })

describe('[case 52] the revision of the upstream connection', () => {
  test.each([LEGACY, '2025-06-18', '2024-11-05', MODERN] as const)('is that of the client, %s, if the upstream supports it, and input requests work', async (revision) => {
    const client = await ask(revision)
    expect(await text(client, 'revision')).toMatchObject([{ text: revision }])
    expect(await text(client, 'folders')).toMatchObject([{ text: 'file:///home' }])
  })

  test.each([[LEGACY, MODERN], [MODERN, LEGACY]] as const)('for a client of %s can be set to %s', async (front, revision) => {
    expect(await text(await ask(front, { revision }), 'revision')).toMatchObject([{ text: revision }])
    const client = await opened(memory(proxyAll({ a: memory(bothEras()), b: memory(bothEras()) }, { logger, upstreams: { a: { revision } } })), { revision: front })
    expect([await text(client, 'a_revision'), await text(client, 'b_revision')]).toMatchObject([[{ text: revision }], [{ text: front }]])
  })
})

describe('[case 18] connections to an upstream', () => {
  test('are bounded: abandoned sessions make room for others', async () => {
    const upstream = sessionful()
    const transport = await overHttp(proxy(upstream.transport, { maxConnections: 3, logger }))
    for (let session = 0; session < 10; session++) await opened(transport, { revision: LEGACY })
    expect(upstream.opened()).toBe(10)
    expect(upstream.most()).toBeLessThanOrEqual(3)
  })

  test('callers beyond the bound wait for a connection, and all get their responses', async () => {
    const upstream = sessionful()
    const transport = await overHttp(proxy(upstream.transport, { maxConnections: 2, logger }))
    const clients = await Promise.all(Array.from({ length: 12 }, (_, index) => opened(transport, { revision: MODERN, info: { name: `client ${index}`, version: '1' } })))
    await Promise.all(clients.map((client) => client.callTool('login')))
    expect(upstream.most()).toBeLessThanOrEqual(2)
  })

  test('the processes of all upstreams are bounded together', async () => {
    const upstreams = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, sessionful()]))
    const open = (): number => Object.values(upstreams).reduce((sum, upstream) => sum + upstream.open(), 0)
    let most = 0
    const counting = ({ transport }: Spawned): ClientTransport => ({ ...transport, open: async (...args) => {
      const link = await transport.open(...args)
      most = Math.max(most, open())
      return link
    } })
    const transport = await overHttp(proxyAll(Object.fromEntries(Object.entries(upstreams).map(([name, upstream]) => [name, counting(upstream)])), { maxProcesses: 3, startupTimeout: 30_000, logger }))
    const client = await opened(transport, { revision: LEGACY })
    for (const name of ['a', 'b', 'c', 'd']) await client.callTool(`${name}_login`)
    expect(most).toBeLessThanOrEqual(3)
  })

  test('are closed when no client uses them', async () => {
    const upstream = sessionful()
    const transport = await overHttp(proxy(upstream.transport, { idleTimeout: 20, logger }))
    await names(await opened(transport, { revision: MODERN }))
    await expect.poll(upstream.open).toBe(0)
  })

  test('rejects a limit out of range', () => {
    expect(() => proxy(sessionful().transport, { maxConnections: 0 })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE' }))
    expect(() => proxyAll({ a: sessionful().transport }, { upstreams: { a: { maxConnections: -1 } } })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE' }))
  })
})

describe('[case A9] an upstream that never responds', () => {
  test.each([LEGACY, MODERN])('to %s: the call fails with an error that names the timeout, and is cancelled at the upstream', async (revision) => {
    const { transport, heard } = playedUpstream()
    const client = await opened(memory(proxy(transport, { timeout: 50, logger })), { revision })
    await expect(client.callTool('ask')).rejects.toMatchObject({ code: -32603, message: 'The upstream server did not respond in time' })
    expect(heard).toContainEqual(expect.objectContaining({ method: 'notifications/cancelled' }))
  })
})

test('[case 44] calls that wait for their clients are bounded', async () => {
  const { transport } = playedUpstream((id, say) => say({ id: `ask ${String(id)}`, method: 'roots/list' }))
  const server = memory(proxy(transport, { logger }))
  const clients = await Promise.all(Array.from({ length: 260 }, () => opened(server, { revision: MODERN, roots: () => new Promise(ignore) })))
  const calls = clients.map((client) => client.callTool('ask').then(ignore, (error: { data?: { reason?: string } }) => error.data?.reason))
  await expect(Promise.race(calls)).resolves.toBe('too_many_input_requests')
})
