/** What a proxy must not lose of a call on the way, in every pairing of the eras. */
import { setTimeout as sleep } from 'node:timers/promises'
import { McpError, McpServer, type Logger } from '@gangway/core'
import { proxy } from '@gangway/core/proxy'
import { connectInMemory, memory, type TestOptions } from '@gangway/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { playedUpstream, type Played } from './played-upstream.ts'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const ERAS = ['2025-11-25', '2026-07-28'] as const
const pairs = ERAS.flatMap((behind) => ERAS.map((front) => ({ front, behind })))

const newServer = (): McpServer =>
  new McpServer({ name: 'shop', version: '1.0.0', logger })
    .tool('said', {}, (_, { meta }) => JSON.stringify(meta))
    .tool('long', {}, async (_, ctx) => {
      for (let step = 1; step <= 15; step++) {
        await sleep(100)
        ctx.progress(step)
      }
      return 'done'
    })
    .resource('shop://orders/{order}', { complete: { order: () => Array.from({ length: 250 }, (_, order) => String(order)) } }, () => 'an order')

describe.each(pairs)('client $front, upstream $behind', ({ front, behind }) => {
  const open = async (options: TestOptions = {}) => {
    const client = await connectInMemory(proxy(memory(newServer()), { revision: behind, timeout: 1000, inputTimeout: 50, logger }), { revision: front, ...options })
    afterTest(() => client.close())
    return client
  }

  test('the `_meta` of a call reaches the upstream', async () => {
    const client = await open()
    const { content } = await client.callTool('said', {}, { meta: { 'com.example/shelf': 3, traceparent: '00-1-2-01' } })
    expect(JSON.parse((content[0] as { text: string }).text)).toMatchObject({ 'com.example/shelf': 3, traceparent: '00-1-2-01' })
  })

  test('a call that reports progress may take any time', async () => {
    const client = await open()
    expect(await client.callTool('long', {}, { onProgress: ignore })).toMatchObject({ content: [{ text: 'done' }] })
  })

  test('the total of completions passes through', async () => {
    const client = await open()
    const { values, ...counts } = await client.complete({ template: 'shop://orders/{order}' }, { name: 'order', value: '' })
    expect(values).toHaveLength(100)
    expect(counts).toEqual({ total: 250, hasMore: true })
  })
})

describe.each(ERAS)('results pass unchanged to %s', (revision) => {
  test.each<[string, object]>([
    ['without the value that the tool promises', { content: [{ type: 'text', text: 'no value' }] }],
    ['with another value than the tool promises', { content: [{ type: 'text', text: 'three' }], structuredContent: { sum: 'three' } }],
    ['with content of a kind to come', { content: [{ type: 'hologram', data: 'x' }, { type: 'text', text: 'and text' }] }],
    ['that is a failure, with a value', { content: [], isError: true, structuredContent: { code: 3 } }],
  ])('%s', async (_, result) => {
    const { transport } = playedUpstream((id, say) => say({ id, result }), { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] })
    const client = await connectInMemory(proxy(transport, { revision: '2025-11-25', logger }), { revision })
    afterTest(() => client.close())
    expect(await client.callTool('ask', {}, { validate: false })).toMatchObject(result)
  })
})

test.each(ERAS)('a legacy result in the form of input requests, and data in a result, pass unchanged, client %s [case 2]', async (revision) => {
  const row = { resultType: 'input_required', inputRequests: { login: { method: 'elicitation/create', params: { mode: 'url', message: 'Log in', url: 'https://evil.example/' } } } }
  const answers = [{ content: [], ...row }, { content: [{ type: 'text', text: JSON.stringify(row) }], structuredContent: row, isError: false }]
  const { transport } = playedUpstream((id, say) => say({ id, result: answers.shift() }))
  let asked = 0
  const client = await connectInMemory(proxy(transport, { revision: '2025-11-25', logger }), { revision, answers: { elicit: () => (asked++, { action: 'accept' }) } })
  afterTest(() => client.close())
  await client.callTool('ask').catch(ignore) // The modern era has no such result.
  expect(await client.callTool('ask')).toMatchObject({ structuredContent: row, isError: false })
  expect(asked).toBe(0)
})

test('many concurrent clients cause no warning of Node.js', async () => {
  const warnings: string[] = []
  const warned = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', warned)
  const shop = memory(newServer())
  const server = proxy({ name: 'shop', open: async (receiver, signal) => (await sleep(100), shop.open(receiver, signal)) }, { revision: '2025-11-25', logger })
  await Promise.all(Array.from({ length: 20 }, async () => {
    const client = await connectInMemory(server, { revision: '2025-11-25' })
    afterTest(() => client.close())
    await client.callTool('said')
  }))
  await new Promise((resolve) => setImmediate(resolve)) // Warnings come a turn later.
  process.off('warning', warned)
  expect(warnings).toEqual([])
})

test('an upstream gets a response to an input request even after its call has ended', async () => {
  const { transport, heard } = playedUpstream((_, say) => say({ id: 'q1', method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } } }))
  const client = await connectInMemory(proxy(transport, { revision: '2025-11-25', inputTimeout: 50, logger }), { answers: { elicit: () => new Promise(ignore) } })
  afterTest(() => client.close())
  client.callTool('ask').catch(ignore)
  await expect.poll(() => heard).toContainEqual(expect.objectContaining({ method: 'notifications/cancelled' }))
  await expect.poll(() => heard).toContainEqual({ jsonrpc: '2.0', id: 'q1', error: expect.objectContaining({ code: -32603 }) })
})

const COLORS = { type: 'array', items: { type: 'string', enum: ['red', 'green'] } }
const asking = (properties: object): Played =>
  playedUpstream((_, say) => say({ id: 'q1', method: 'elicitation/create', params: { message: 'Which?', requestedSchema: { type: 'object', properties } } }))
const answerOf = async ({ heard }: Played): Promise<unknown> => expect.poll(() => heard.find((message) => 'id' in message && message.id === 'q1')).toMatchObject({ error: {} }).then(() => heard.find((message) => 'id' in message && message.id === 'q1'))

describe('an error in response to an input request', () => {
  test("names the field that the client's revision lacks, for a legacy upstream", async () => {
    const upstream = asking({ colors: COLORS })
    const client = await connectInMemory(proxy(upstream.transport, { logger }), { revision: '2025-06-18', answers: { elicit: () => ({ action: 'accept' }) } })
    afterTest(() => client.close())
    client.callTool('ask').catch(ignore)
    expect(await answerOf(upstream)).toMatchObject({ error: { message: expect.stringMatching(/"colors".*2025-06-18/) } })
  })

  test('names the field to the caller of a modern upstream', async () => {
    const upstream = new McpServer({ name: 'paint', version: '1.0.0', logger }).tool('ask', {}, async (_, ctx) => (await ctx.elicit('q', 'Which?', { colors: z.array(z.enum(['red', 'green'])) })).action)
    const client = await connectInMemory(proxy(memory(upstream), { revision: '2026-07-28', logger }), { revision: '2025-06-18', answers: { elicit: () => ({ action: 'accept' }) } })
    afterTest(() => client.close())
    await expect(client.callTool('ask')).rejects.toMatchObject({ message: expect.stringMatching(/"colors".*2025-06-18/) })
  })

  test('reaches the upstream with its code and data', async () => {
    const upstream = asking({ yes: { type: 'boolean' } })
    const client = await connectInMemory(proxy(upstream.transport, { logger }), { revision: '2025-11-25', answers: { elicit: () => Promise.reject(new McpError(-1, 'The user has left', { data: { seat: 4 } })) } })
    afterTest(() => client.close())
    client.callTool('ask').catch(ignore)
    expect(await answerOf(upstream)).toMatchObject({ error: { code: -1, message: 'The user has left', data: { seat: 4 } } })
  })
})
