/** The testing client: typed calls, scripted answers and a record, in every revision. */
import { McpServer, ToolError as CoreToolError, type Logger } from '@gangway/core'
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core/internal'
import { connectInMemory, ToolError } from '@gangway/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

const server = new McpServer({ name: 'shop', version: '1.0.0', instructions: 'Buy.', logger })
  .tool('add', { input: { a: z.number(), b: z.number() }, output: { sum: z.number() } }, ({ a, b }) => ({ sum: a + b }))
  .tool('list', { output: z.array(z.string()) }, () => ['x', 'y'])
  .tool('hello', { input: { name: z.string().default('you') } }, ({ name }) => `Hello ${name}`)
  .tool('fail', {}, () => {
    throw new CoreToolError('Out of stock')
  })
  .tool('refund', { output: { done: z.boolean() } }, async (_, ctx) => {
    const { action, value } = await ctx.elicit('confirm', 'Refund?', { yes: z.boolean() })
    return { done: action === 'accept' && value.yes }
  })
  .tool('write', {}, async (_, ctx) => {
    const { content } = await ctx.sample('text', { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 10 })
    return JSON.stringify(content)
  })
  .tool('folders', {}, async (_, ctx) => JSON.stringify(await ctx.roots()))
  .tool('whoami', {}, (_, { auth }) => auth?.subject ?? 'nobody')
  .resource('shop://readme', { mimeType: 'text/plain' }, () => 'hello')

const asks = (revision: string): boolean => revision >= '2025-06-18'

describe.each([...LEGACY_REVISIONS, ...MODERN_REVISIONS])('%s', (revision) => {
  test('a tool is a function that resolves with its output', async () => {
    await using client = await connectInMemory(server, { revision })
    expect(client.server).toMatchObject({ revision, info: { name: 'shop', version: '1.0.0' }, instructions: 'Buy.' })
    expect(await client.call.add({ a: 1, b: 2 })).toEqual({ sum: 3 })
    expect(await client.call.list()).toEqual(['x', 'y'])
    expect((await client.call.hello({ name: 'Ann' })).content).toEqual([{ type: 'text', text: 'Hello Ann' }])
    expect((await client.call.hello()).content).toEqual([{ type: 'text', text: 'Hello you' }])
  })

  test('a failed tool throws the message that the model would read', async () => {
    await using client = await connectInMemory(server, { revision })
    const error = await client.call.fail().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ToolError)
    expect(error).toMatchObject({ message: 'Out of stock', result: { isError: true } })
  })

  test('input requests get the prepared responses', async () => {
    await using client = await connectInMemory(server, {
      revision,
      answers: {
        elicit: [{ action: 'accept', content: { yes: true } }, { action: 'decline' }],
        sample: () => ({ role: 'assistant', content: { type: 'text', text: 'Ho' }, model: 'm' }),
        roots: [{ uri: 'file:///home' }],
      },
    })
    expect((await client.call.write()).content).toEqual([{ type: 'text', text: '{"type":"text","text":"Ho"}' }])
    expect((await client.call.folders()).content).toEqual([{ type: 'text', text: '[{"uri":"file:///home"}]' }])
    if (!asks(revision)) return
    expect(await client.call.refund()).toEqual({ done: true })
    expect(await client.call.refund()).toEqual({ done: false })
    await expect(client.call.refund()).rejects.toThrow() // There is no answer left.
  })

  test('the server gets the caller', async () => {
    await using client = await connectInMemory(server, { revision, auth: { subject: 'ann', scopes: [] } })
    expect((await client.call.whoami()).content).toEqual([{ type: 'text', text: 'ann' }])
  })

  test('every message is recorded', async () => {
    await using client = await connectInMemory(server, { revision })
    await client.readResource('shop://readme')
    const said = client.messages.map(({ from, message }) => `${from} ${'method' in message ? message.method : 'answer'}`)
    const opening = revision === '2026-07-28' ? ['client server/discover', 'server answer'] : ['client initialize', 'server answer', 'client notifications/initialized']
    expect(said).toEqual([...opening, 'client resources/read', 'server answer'])
  })
})

test('hooks of the server run once per connection', async () => {
  const ran: string[] = []
  const hooked = new McpServer({ name: 'hooked', version: '1.0.0', logger }).onStart(() => void ran.push('start')).onClose(() => void ran.push('close'))
  const client = await connectInMemory(hooked)
  expect(ran).toEqual(['start'])
  await client.close()
  await client.close()
  expect(ran).toEqual(['start', 'close'])
})
