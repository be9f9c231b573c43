/** What a proxy may change of results, lists and names: only what the client's revision, or several upstreams behind one proxy, require. */
import { McpServer, type Logger } from '@gangway/core'
import { LEGACY_REVISIONS, MODERN_REVISIONS, type Message } from '@gangway/core/internal'
import type { ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll } from '@gangway/core/proxy'
import { connectInMemory, memory } from '@gangway/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { afterTest } from '../harness/cleanup.ts'

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const REVISIONS = [...LEGACY_REVISIONS, ...MODERN_REVISIONS]

/** An upstream of one revision that answers each method with a fixed result. */
function scripted(results: Readonly<Record<string, object>>, revision = '2025-11-25', capabilities: object = { tools: {}, prompts: {}, resources: {} }): ClientTransport {
  const lists = { 'tools/list': { tools: [] }, 'prompts/list': { prompts: [] }, 'resources/list': { resources: [] }, 'resources/templates/list': { resourceTemplates: [] } }
  const isModern = revision === '2026-07-28'
  const handshake = isModern
    ? { 'server/discover': { resultType: 'complete', supportedVersions: [revision], capabilities, _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'scripted', version: '1' } } } }
    : { initialize: { protocolVersion: revision, capabilities, serverInfo: { name: 'scripted', version: '1' } } }
  const all: Readonly<Record<string, object>> = { ...lists, ...handshake, ...results }
  return {
    name: 'scripted',
    open: async (receiver) => ({
      exchanges: false,
      send: async (message) => {
        const { id, method = '' } = message as { id?: number; method?: string }
        if (id === undefined) return
        const answer = Object.hasOwn(all, method) ? { result: all[method] } : { error: { code: -32601, message: 'Method not found' } }
        receiver.receive({ jsonrpc: '2.0', id, ...answer } as Message)
      },
      close: async () => {},
    }),
  }
}

const tool = (name: string, more: object = {}): object => ({ name, inputSchema: { type: 'object' }, ...more })

describe.each(REVISIONS)('to a client of %s', (revision) => {
  const open = async (transport: ClientTransport) => {
    const client = await connectInMemory(proxy(transport, { logger }), { revision })
    afterTest(() => client.close())
    return client
  }

  test('[case 53] a structured result gets no text block, and a prompt no description', async () => {
    const client = await open(scripted({
      'tools/list': { tools: [tool('bytes', { outputSchema: { type: 'object' } })] },
      'tools/call': { content: [], structuredContent: { bytes: 'AAAA' } },
      'prompts/list': { prompts: [{ name: 'gift', description: 'A gift' }] },
      'prompts/get': { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }] },
    }))
    const result = await client.request('tools/call', { name: 'bytes', arguments: {} })
    expect(result).toMatchObject({ content: [], ...(revision >= '2025-06-18' && { structuredContent: { bytes: 'AAAA' } }) })
    expect((await client.request('prompts/get', { name: 'gift' }))).not.toHaveProperty('description')
  })

  test('[case 53] modern members of a result reach modern clients only', async () => {
    const client = await open(scripted({
      'tools/list': { resultType: 'complete', tools: [tool('add')], ttlMs: 5, cacheScope: 'public' },
      'tools/call': { resultType: 'complete', content: [], _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'scripted', version: '1' }, 'com.example/shelf': 3 } },
      'resources/list': { resultType: 'complete', resources: [{ uri: 'a://b', name: 'b' }], ttlMs: 5, cacheScope: 'public' },
      'resources/read': { resultType: 'complete', contents: [{ uri: 'a://b', text: 'b' }], ttlMs: 7000, cacheScope: 'public' },
    }, '2026-07-28'))
    const isModern = revision === '2026-07-28'
    const called = await client.request('tools/call', { name: 'add', arguments: {} })
    expect(called).toMatchObject({ _meta: { 'com.example/shelf': 3 } })
    expect(JSON.stringify(called).includes('io.modelcontextprotocol/')).toBe(isModern)
    const read = await client.request('resources/read', { uri: 'a://b' })
    expect(read).toEqual({ contents: [{ uri: 'a://b', text: 'b' }], ...(isModern && { resultType: 'complete', ttlMs: 7000, cacheScope: 'public', _meta: expect.any(Object) }) })
  })

  test('[case 62] tools that run only as tasks are omitted and logged once, and no tool mentions tasks', async () => {
    const warn = vi.fn<Logger['warn']>()
    const transport = scripted({ 'tools/list': { tools: [tool('slow', { execution: { taskSupport: 'required' } }), tool('either', { execution: { taskSupport: 'optional' } })] } }, '2025-11-25', { tools: {}, tasks: { requests: { tools: { call: {} } } } })
    const client = await connectInMemory(proxy(transport, { logger: { ...logger, warn } }), { revision })
    afterTest(() => client.close())
    expect([await client.listTools(), await client.listTools()]).toEqual([[tool('either')], [tool('either')]])
    await expect(client.callTool('slow')).rejects.toMatchObject({ code: -32602 })
    expect(client.server.capabilities).not.toHaveProperty('tasks')
    expect(warn.mock.calls.map(([fields]) => fields)).toEqual([expect.objectContaining({ tools: ['slow'] })])
  })
})

test('[case 54] proxyAll() changes only URIs that the upstream lists, or that match its templates', async () => {
  const links = ['https://example.com/a', 'file:///etc/hosts', 'data:,x', 'shop://stock', 'shop://orders/7', 'shop://unlisted'].map((uri) => ({ type: 'resource_link', name: 'x', uri }))
  const client = await connectInMemory(proxyAll({
    till: scripted({
      'tools/list': { tools: [tool('links')] },
      'tools/call': { content: links },
      'resources/list': { resources: [{ uri: 'shop://stock', name: 'stock' }] },
      'resources/templates/list': { resourceTemplates: [{ uriTemplate: 'shop://orders/{order}', name: 'orders' }, { uriTemplate: 'bad://{', name: 'bad' }] },
      'resources/read': { contents: [{ uri: 'shop://unlisted', text: 'found' }, { uri: 'https://example.com/a', text: 'page' }] },
    }),
  }, { logger }))
  afterTest(() => client.close())
  const { content } = await client.callTool('till_links')
  expect(content.map((link) => (link as { uri: string }).uri)).toEqual(['https://example.com/a', 'file:///etc/hosts', 'data:,x', 'shop://till/stock', 'shop://till/orders/7', 'shop://unlisted'])
  expect((await client.readResource('shop://till/unlisted')).contents.map(({ uri }) => uri)).toEqual(['shop://till/unlisted', 'https://example.com/a'])
})

/** Each tool tells which server it belongs to. */
const named = (...names: string[]): McpServer => names.reduce((server, name) => server.tool(name, {}, () => `${server.info.name}:${name}`) as unknown as McpServer, new McpServer({ name: names.join('+'), version: '1', logger }))

describe('[case 10] a name of one upstream is never read as a name of another', () => {
  test.each(['2025-11-25', '2026-07-28'] as const)('%s: each tool is listed once and calls its own upstream, also after a list change, and the log has the longer name', async (revision) => {
    const warn = vi.fn<Logger['warn']>()
    const till = named('x_pay', 'open')
    const client = await connectInMemory(proxyAll({ till: memory(till), till_x: memory(named('pay')) }, { logger: { ...logger, warn } }), { revision })
    afterTest(() => client.close())
    const names = async (): Promise<string[]> => (await client.listTools()).map(({ name }) => name)
    const call = async (name: string): Promise<unknown> => (await client.callTool(name)).content
    expect(await names()).toEqual(['till__x_pay', 'till_open', 'till_x_pay'])
    expect(await call('till_x_pay')).toMatchObject([{ text: 'pay:pay' }])
    expect(await call('till__x_pay')).toMatchObject([{ text: 'x_pay+open:x_pay' }])
    till.tool('x_late', {}, () => 'late')
    await expect.poll(names).toContain('till__x_late')
    expect(await call('till__x_late')).toMatchObject([{ text: 'late' }])
    expect(warn.mock.calls.map(([fields]) => (fields as { publicName?: string }).publicName)).toEqual(['till__x_pay', 'till__x_late'])
  })

  test('a name does not depend on which upstreams have started', async () => {
    const silent: ClientTransport = { name: 'silent', open: () => new Promise(ignore) }
    const client = await connectInMemory(proxyAll({ till: memory(named('x_pay', '_x_pay')), till_x: silent }, { logger, startupTimeout: 10 }))
    afterTest(() => client.close())
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['till___x_pay', 'till__x_pay'])
    expect((await client.callTool('till__x_pay')).content).toMatchObject([{ text: 'x_pay+_x_pay:_x_pay' }])
  })
})
