/** Lists that an upstream fails to give: they are fetched again when a client wants them, and no other request waits for that. */
import type { Logger } from '@gangway/core'
import type { Message } from '@gangway/core/internal'
import type { ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

interface Logged {
  readonly level: string
  readonly message: string
  readonly list?: string
}

function recording(): { logger: Logger; logged: Logged[] } {
  const logged: Logged[] = []
  const at = (level: string) => (details: object, message: string): void => void logged.push({ ...details, level, message })
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, logged }
}

const LISTS = {
  'tools/list': { tools: [{ name: 'add', inputSchema: { type: 'object' } }] },
  'resources/list': { resources: [{ uri: 'shop://stock', name: 'stock' }] },
  'resources/templates/list': { resourceTemplates: [{ uriTemplate: 'shop://{item}', name: 'item' }] },
  'prompts/list': { prompts: [{ name: 'greet' }] },
}
type Method = keyof typeof LISTS

/** A legacy server whose lists fail with these error codes, `silence` for no response, until the test deletes the entry. */
function failing(failures: Map<string, number | 'silence'>): { transport: ClientTransport; asked: string[] } {
  const asked: string[] = []
  const transport: ClientTransport = {
    name: 'failing',
    open: async (receiver) => ({
      exchanges: false,
      send: async (message) => {
        const { id, method = '' } = message as { id?: unknown; method?: string }
        asked.push(method)
        const failure = failures.get(method)
        const say = (outcome: object): void => receiver.receive({ jsonrpc: '2.0', id, ...outcome } as Message)
        if (failure === 'silence') return
        if (failure !== undefined) say({ error: { code: failure, message: 'The database is locked' } })
        else if (method === 'initialize') say({ result: { protocolVersion: '2025-11-25', capabilities: { tools: {}, resources: {}, prompts: {} }, serverInfo: { name: 'failing', version: '1' } } })
        else if (method === 'tools/call') say({ result: { content: [] } })
        else if (method in LISTS) say({ result: LISTS[method as Method] })
        else if (id !== undefined) say({ error: { code: -32601, message: 'Method not found' } })
      },
      close: async () => {},
    }),
  }
  return { transport, asked }
}

const times = (asked: readonly string[], method: string): number => asked.filter((one) => one === method).length

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

describe.each(['2025-11-25', '2026-07-28'] as const)('to %s', (revision) => {
  test.each([
    ['tools/list', 'listTools', 'tools'],
    ['resources/list', 'listResources', 'resources'],
    ['resources/templates/list', 'listResourceTemplates', 'resource templates'],
    ['prompts/list', 'listPrompts', 'prompts'],
  ] as const)('%s that failed once is complete at the next request', async (method, list, name) => {
    const failures = new Map([[method as string, -32603]])
    const { logger, logged } = recording()
    const { transport } = failing(failures)
    const client = await opened(memory(proxy(transport, { logger })), { revision })
    await client[list === 'listPrompts' ? 'listTools' : 'listPrompts']() // Whatever comes first connects, and fetches all lists.
    expect(logged).toContainEqual(expect.objectContaining({ level: 'warn', list: name, reason: 'The database is locked' }))
    failures.delete(method)
    expect(await client[list]()).toHaveLength(1)
    expect(logged.filter(({ level }) => level === 'info')).toHaveLength(1)
  })

  test('a call needs the list of tools', async () => {
    const failures = new Map([['tools/list', -32603]])
    const client = await opened(memory(proxy(failing(failures).transport, { logger: recording().logger })), { revision })
    await client.listPrompts()
    failures.clear()
    expect(await client.callTool('add')).toEqual(expect.objectContaining({ content: [] }))
  })

  test('a failing list is requested at growing intervals', async () => {
    const { transport, asked } = failing(new Map([['prompts/list', -32603]]))
    const client = await opened(memory(proxy(transport, { logger: recording().logger })), { revision })
    const attemptsAfter = async (milliseconds: number): Promise<number> => {
      vi.setSystemTime(Date.now() + milliseconds)
      for (let request = 0; request < 5; request++) await client.listPrompts()
      return times(asked, 'prompts/list')
    }
    const first = await attemptsAfter(0)
    expect(first).toBeLessThanOrEqual(3) // While connecting, and once for the first request.
    expect(await attemptsAfter(499)).toBe(first)
    expect(await attemptsAfter(1)).toBe(first + 1)
    expect(await attemptsAfter(999)).toBe(first + 1)
    expect(await attemptsAfter(1)).toBe(first + 2)
    for (let hour = 0; hour < 10; hour++) await attemptsAfter(3_600_000)
    expect(await attemptsAfter(29_999)).toBe(first + 12)
    expect(await attemptsAfter(1)).toBe(first + 13)
  })

  test('calls and other lists do not wait for a list without a response', async () => {
    const failures = new Map<string, number | 'silence'>([['prompts/list', -32603]])
    const { transport } = failing(failures)
    const client = await opened(memory(proxy(transport, { logger: recording().logger })), { revision })
    expect(await client.listTools()).toHaveLength(1)
    failures.set('prompts/list', 'silence')
    const prompts = client.listPrompts({ timeout: 60_000 })
    prompts.catch(() => {})
    await client.callTool('add')
    expect(await client.listTools()).toHaveLength(1)
    expect(await client.listResources()).toHaveLength(1)
  })

  test('a method that the upstream does not know is not requested again', async () => {
    const { transport, asked } = failing(new Map([['prompts/list', -32601]]))
    const client = await opened(memory(proxy(transport, { logger: recording().logger })), { revision })
    for (let hour = 0; hour < 3; hour++) {
      vi.setSystemTime(Date.now() + 3_600_000)
      expect(await client.listPrompts()).toEqual([])
    }
    expect(times(asked, 'prompts/list')).toBe(1)
  })
})

test('gangway://upstreams names the missing lists until they arrive', async () => {
  const failures = new Map([['prompts/list', -32603], ['resources/templates/list', -32603]])
  const client = await opened(memory(proxyAll({ shop: failing(failures).transport, other: failing(new Map()).transport }, { logger: recording().logger })), { revision: '2025-11-25' })
  const state = async (): Promise<unknown> => JSON.parse(((await client.readResource('gangway://upstreams')).contents[0] as { text: string }).text)
  await client.listTools()
  expect(await state()).toEqual({ shop: { state: 'ready', missing: ['resource templates', 'prompts'] }, other: { state: 'ready' } })
  failures.clear()
  const changes = await client.listen({ promptsListChanged: true })
  expect(await client.listPrompts()).toHaveLength(2)
  expect((await changes.next()).value).toEqual({ list: 'prompts' })
  expect(await state()).toEqual({ shop: { state: 'ready', missing: ['resource templates'] }, other: { state: 'ready' } })
})
