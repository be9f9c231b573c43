/** What a proxy must not lose of a call on the way, in every pairing of the eras. */
import { setTimeout as sleep } from 'node:timers/promises'
import { McpServer, type Logger } from '@gangway/core'
import { proxy } from '@gangway/core/proxy'
import { connect, memory, type TestOptions } from '@gangway/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { playedUpstream } from './played-upstream.ts'
import { atEnd } from './ways.ts'

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

describe.each(pairs)('$front in front, $behind behind', ({ front, behind }) => {
  const open = async (options: TestOptions = {}) => {
    const client = await connect(proxy(memory(newServer()), { revision: behind, timeout: 1000, inputTimeout: 50, logger }), { revision: front, ...options })
    atEnd(() => client.close())
    return client
  }

  test('what a call says beside its arguments reaches the server behind', async () => {
    const client = await open()
    const { content } = await client.callTool('said', {}, { meta: { 'com.example/shelf': 3, traceparent: '00-1-2-01' } })
    expect(JSON.parse((content[0] as { text: string }).text)).toMatchObject({ 'com.example/shelf': 3, traceparent: '00-1-2-01' })
  })

  test('a call that shows that it is alive may take as long as it likes', async () => {
    const client = await open()
    expect(await client.callTool('long', {}, { onProgress: ignore })).toMatchObject({ content: [{ text: 'done' }] })
  })

  test('completions are counted by who knows them all', async () => {
    const client = await open()
    const { values, ...counts } = await client.complete({ template: 'shop://orders/{order}' }, { name: 'order', value: '' })
    expect(values).toHaveLength(100)
    expect(counts).toEqual({ total: 250, hasMore: true })
  })
})

describe.each(ERAS)('results pass as they are, to %s', (revision) => {
  test.each<[string, object]>([
    ['without the value that the tool promises', { content: [{ type: 'text', text: 'no value' }] }],
    ['with another value than the tool promises', { content: [{ type: 'text', text: 'three' }], structuredContent: { sum: 'three' } }],
    ['with content of a kind to come', { content: [{ type: 'hologram', data: 'x' }, { type: 'text', text: 'and text' }] }],
    ['that is a failure, with a value', { content: [], isError: true, structuredContent: { code: 3 } }],
  ])('%s', async (_, result) => {
    const { transport } = playedUpstream((id, say) => say({ id, result }), { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] })
    const client = await connect(proxy(transport, { revision: '2025-11-25', logger }), { revision })
    atEnd(() => client.close())
    expect(await client.callTool('ask', {}, { validate: false })).toMatchObject(result)
  })
})

test.each(ERAS)('a result of 2025 in the shape of input requests asks nobody anything, and data in a result passes unchanged, in front %s [case 2]', async (revision) => {
  const row = { resultType: 'input_required', inputRequests: { login: { method: 'elicitation/create', params: { mode: 'url', message: 'Log in', url: 'https://evil.example/' } } } }
  const answers = [{ content: [], ...row }, { content: [{ type: 'text', text: JSON.stringify(row) }], structuredContent: row, isError: false }]
  const { transport } = playedUpstream((id, say) => say({ id, result: answers.shift() }))
  let asked = 0
  const client = await connect(proxy(transport, { revision: '2025-11-25', logger }), { revision, answers: { elicit: () => (asked++, { action: 'accept' }) } })
  atEnd(() => client.close())
  await client.callTool('ask').catch(ignore) // The modern era has no such result.
  expect(await client.callTool('ask')).toMatchObject({ structuredContent: row, isError: false })
  expect(asked).toBe(0)
})

test('many clients at a time are no reason for a warning', async () => {
  const warnings: string[] = []
  const warned = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', warned)
  const shop = memory(newServer())
  const server = proxy({ name: 'shop', open: async (receiver, signal) => (await sleep(100), shop.open(receiver, signal)) }, { revision: '2025-11-25', logger })
  await Promise.all(Array.from({ length: 20 }, async () => {
    const client = await connect(server, { revision: '2025-11-25' })
    atEnd(() => client.close())
    await client.callTool('said')
  }))
  await new Promise((resolve) => setImmediate(resolve)) // Warnings come a turn later.
  process.off('warning', warned)
  expect(warnings).toEqual([])
})

test('a server whose call has ended gets an answer to what it asked, though it does not care', async () => {
  const { transport, heard } = playedUpstream((_, say) => say({ id: 'q1', method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } } }))
  const client = await connect(proxy(transport, { revision: '2025-11-25', inputTimeout: 50, logger }), { answers: { elicit: () => new Promise(ignore) } })
  atEnd(() => client.close())
  client.callTool('ask').catch(ignore)
  await expect.poll(() => heard).toContainEqual(expect.objectContaining({ method: 'notifications/cancelled' }))
  await expect.poll(() => heard).toContainEqual({ jsonrpc: '2.0', id: 'q1', error: expect.objectContaining({ code: -32603 }) })
})
