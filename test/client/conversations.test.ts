/** What a client asks for, and what it gets, over every transport and in every revision. */
import { PeerError, type Change, type LogMessage, type ProgressReport, type Subscription } from '@gangway/core/client'
import { describe, expect, test, vi } from 'vitest'
import { WAYS } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 }) // Some start a program.

const isModern = (revision: string): boolean => revision === '2026-07-28'

describe.each(WAYS)('$name', ({ open, revision }) => {
  test('reads the name of the server', async () => {
    const client = await open()
    expect(client.server).toMatchObject({ revision, info: { name: 'shop', version: '1.0.0' }, instructions: 'Buy.', capabilities: { tools: {}, resources: {}, prompts: {} } })
  })

  test('reads all pages of a list', async () => {
    const client = await open()
    const names = (await client.listTools()).map(({ name }) => name)
    expect(names).toEqual(['add', 'fail', 'count', 'log', 'pid', 'chat', 'wait', 'cancelled', 'refund', 'write', 'folders', 'sell', 'grow', 'region'])
    expect(await client.listResources()).toMatchObject([{ uri: 'shop://stock' }])
    expect(await client.listResourceTemplates()).toMatchObject([{ uriTemplate: 'shop://orders/{order}' }])
    expect(await client.listPrompts()).toMatchObject([{ name: 'gift' }])
  })

  test('calls a tool that succeeds, fails, or does not exist', async () => {
    const client = await open()
    expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject({ content: [{ type: 'text', text: '{"sum":3}' }], ...(revision >= '2025-06-18' && { structuredContent: { sum: 3 } }) })
    expect(await client.callTool('fail')).toMatchObject({ isError: true, content: [{ text: 'Out of stock' }] })
    await expect(client.callTool('none')).rejects.toThrow(PeerError)
    await expect(client.callTool('none')).rejects.toMatchObject({ code: -32602, message: expect.stringContaining('none') })
  })

  test('repeats arguments in their headers', async () => {
    const client = await open()
    expect(await client.callTool('region', { region: 'Zürich' })).toMatchObject({ content: [{ text: 'Zürich' }] }) // The tools are not listed yet.
    expect(await client.callTool('region', { region: 'eu ' })).toMatchObject({ content: [{ text: 'eu ' }] })
  })

  test('resources, prompts and completions', async () => {
    const client = await open()
    expect(await client.readResource('shop://orders/7')).toMatchObject({ contents: [{ uri: 'shop://orders/7', text: '{"order":"7"}' }] })
    await expect(client.readResource('shop://none')).rejects.toMatchObject({ code: isModern(revision) ? -32602 : -32002, data: { uri: 'shop://none' } })
    expect(await client.getPrompt('gift', { person: 'Ann' })).toMatchObject({ messages: [{ role: 'user', content: { type: 'text', text: 'A gift for Ann' } }] })
    expect(await client.complete({ template: 'shop://orders/{order}' }, { name: 'order', value: '1' })).toMatchObject({ values: ['1', '12'] })
    expect(await client.complete({ prompt: 'gift' }, { name: 'person', value: '' })).toMatchObject({ values: [] })
  })

  test('gets progress and log messages before the response', async () => {
    const reports: ProgressReport[] = []
    const logs: LogMessage[] = []
    const client = await open({ onLog: (message) => logs.push(message) })
    await client.callTool('count', { to: 3 }, { onProgress: (report) => reports.push(report) })
    expect(reports.map(({ progress, total }) => [progress, total])).toEqual([[1, 3], [2, 3], [3, 3]])
    await client.callTool('log')
    await client.setLogLevel('debug')
    await client.callTool('log')
    expect(logs.map(({ level, data }) => [level, data])).toEqual([['info', { sold: 1 }], ['info', { sold: 1 }], ['debug', 'unheard']])
  })

  test('cancels an aborted call', async () => {
    const client = await open()
    const leaving = new AbortController()
    const waiting = client.callTool('wait', { name: revision }, { signal: leaving.signal })
    waiting.catch(() => {})
    await client.callTool('add', { a: 1, b: 1 })
    leaving.abort(new Error('Enough'))
    await expect(waiting).rejects.toThrow('Enough')
    await expect.poll(async () => (await client.callTool('cancelled', { name: revision })).content).toMatchObject([{ text: 'true' }])
  })

  test('gives up a call after its timeout', async () => {
    const client = await open()
    await expect(client.callTool('wait', { name: `${revision} late` }, { timeout: 50 })).rejects.toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: expect.stringContaining('tools/call within 50 ms') })
    await expect.poll(async () => (await client.callTool('cancelled', { name: `${revision} late` })).content).toMatchObject([{ text: 'true' }])
  })

  test('does not give up a call with an infinite timeout, in the call or in the client', async () => {
    const client = await open({ timeout: Number.POSITIVE_INFINITY, probeTimeout: Number.POSITIVE_INFINITY })
    expect(await client.callTool('add', { a: 1, b: 1 })).toMatchObject({ content: [{ text: '{"sum":2}' }] })
    const changes = await client.listen({ toolsListChanged: true })
    await changes.close()
  })

  test('responds to input requests', async () => {
    const client = await open({
      elicit: ({ message }) => ({ action: 'accept', content: { yes: message === 'Refund?' } }),
      sample: () => ({ role: 'assistant', content: { type: 'text', text: 'Ho' }, model: 'm-1' }),
      roots: [{ uri: 'file:///home' }],
    })
    expect((await client.callTool('write')).content).toMatchObject([{ text: 'm-1' }])
    expect((await client.callTool('folders')).content).toMatchObject([{ text: 'file:///home' }])
    if (revision >= '2025-06-18') expect((await client.callTool('refund')).structuredContent).toEqual({ done: true })
  })

  test('declares no capabilities without handlers for input requests', async () => {
    const client = await open()
    if (isModern(revision)) await expect(client.callTool('folders')).rejects.toMatchObject({ code: -32021 })
    else expect(await client.callTool('folders')).toMatchObject({ isError: true })
  })

  test('gets changes until the subscription ends', async () => {
    const client = await open()
    const changes = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['shop://stock'] })
    expect(changes.filter).toEqual({ toolsListChanged: true, resourceSubscriptions: ['shop://stock'] })
    await client.callTool('sell')
    expect(await first(changes)).toEqual({ uri: 'shop://stock' })
    await client.callTool('grow')
    expect(await first(changes)).toEqual({ list: 'tools' })
    await changes.close()
    expect(await changes.next()).toEqual({ done: true, value: undefined })
    await client.callTool('sell')
  })

  test('keeps one of two equal subscriptions when the other ends', async () => {
    const client = await open()
    const [one, other] = [await client.subscribe('shop://stock'), await client.subscribe('shop://stock')]
    await one.close()
    await client.callTool('sell')
    expect(await first(other)).toEqual({ uri: 'shop://stock' })
  })

  test('sends nothing after close()', async () => {
    const client = await open()
    const waiting = client.callTool('wait', { name: 'closing' })
    waiting.catch(() => {})
    const listening = await client.listen({ toolsListChanged: true })
    const told = listening.next()
    await client.close()
    await expect(waiting).rejects.toMatchObject({ code: 'GANGWAY_E_CLOSED' })
    expect(await told).toEqual({ done: true, value: undefined })
    expect(await client.closed).toBeUndefined()
    await expect(client.listTools()).rejects.toMatchObject({ code: 'GANGWAY_E_CLOSED' })
    await client.close()
  })
})

const first = async (changes: Subscription): Promise<Change | undefined> => (await changes.next()).value
