/** A proxy between clients and a server, in every pairing of the eras: what the one says, the other hears. */
import { fileURLToPath } from 'node:url'
import type { Logger, Revision } from '@gangway/core'
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core/internal'
import { connect as connectTo, type ClientTransport, type LogMessage, type ProgressReport } from '@gangway/core/client'
import { proxy } from '@gangway/core/proxy'
import { connectInMemory, memory, type TestOptions } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { newShop } from '../programs/shop.mjs'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 30_000 })

/** Over HTTP. */
async function served(): Promise<ClientTransport> {
  const running = await httpServer({ port: 0 }).serve(newShop())
  afterTest(async () => (void running.close(), running.close()))
  return httpClient(running.url ?? '')
}

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const REVISIONS: readonly Revision[] = [...LEGACY_REVISIONS, ...MODERN_REVISIONS]
const pairs = (['2025-11-25', '2026-07-28'] as const).flatMap((behind) => REVISIONS.map((front) => ({ front, behind })))

describe.each(pairs)('client $front, upstream $behind', ({ front, behind }) => {
  const open = async (options: TestOptions = {}) => {
    const server = newShop()
    const client = await connectInMemory(proxy(memory(server), { revision: behind, logger }), { revision: front, ...options })
    afterTest(() => client.close())
    return { client, server }
  }

  test('offers what the upstream offers', async () => {
    const { client, server } = await open()
    expect(client.server).toMatchObject({ info: { name: 'shop', version: '1.0.0' }, instructions: 'Buy.' })
    expect((await client.listTools()).map(({ name }) => name)).toEqual([...server.definition.tools.keys()])
    expect(await client.listResources()).toMatchObject([{ uri: 'shop://stock' }])
    expect(await client.listResourceTemplates()).toMatchObject([{ uriTemplate: 'shop://orders/{order}' }])
    expect(await client.listPrompts()).toMatchObject([{ name: 'gift', arguments: [{ name: 'person', required: true }] }])
  })

  test('results, failures and errors pass unchanged', async () => {
    const { client } = await open()
    expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject({ content: [{ text: '{"sum":3}' }] })
    expect(await client.callTool('fail')).toMatchObject({ isError: true, content: [{ text: 'Out of stock' }] })
    expect(await client.callTool('region', { region: 'eu' })).toMatchObject({ content: [{ text: 'eu' }] })
    expect(await client.readResource('shop://orders/7')).toMatchObject({ contents: [{ text: '{"order":"7"}' }] })
    expect(await client.readResource('shop://stock')).toMatchObject({ contents: [{ uri: 'shop://stock' }] })
    await expect(client.readResource('shop://none')).rejects.toMatchObject({ code: front === '2026-07-28' ? -32602 : -32002, data: { uri: 'shop://none' } })
    expect(await client.getPrompt('gift', { person: 'Ann' })).toMatchObject({ messages: [{ content: { text: 'A gift for Ann' } }] })
    await expect(client.getPrompt('gift')).rejects.toMatchObject({ code: -32602 })
    expect(await client.complete({ template: 'shop://orders/{order}' }, { name: 'order', value: '1' })).toMatchObject({ values: ['1', '12'] })
  })

  test('progress and logs pass, and an aborted call is cancelled at the upstream', async () => {
    const reports: ProgressReport[] = []
    const logs: LogMessage[] = []
    const { client } = await open({ onLog: (message) => logs.push(message) })
    await client.callTool('count', { to: 3 }, { onProgress: (report) => reports.push(report) })
    expect(reports.map(({ progress, total }) => [progress, total])).toEqual([[1, 3], [2, 3], [3, 3]])
    await client.callTool('log')
    expect(logs.map(({ level, data, logger }) => [level, data, logger])).toEqual([['info', { sold: 1 }, 'till']])
    const name = `${front} ${behind}`
    await expect(client.callTool('wait', { name }, { timeout: 50 })).rejects.toMatchObject({ code: 'GANGWAY_E_TIMEOUT' })
    await expect.poll(async () => (await client.callTool('cancelled', { name })).content).toMatchObject([{ text: 'true' }])
  })

  test('input requests of the upstream reach the client', async () => {
    const { client } = await open({
      answers: {
        elicit: [{ action: 'accept', content: { yes: true } }, { action: 'decline' }],
        sample: () => ({ role: 'assistant', content: { type: 'text', text: 'Ho' }, model: 'm-1' }),
        roots: [{ uri: 'file:///home' }],
      },
    })
    expect((await client.callTool('write')).content).toMatchObject([{ text: 'm-1' }])
    expect((await client.callTool('folders')).content).toMatchObject([{ text: 'file:///home' }])
    if (front < '2025-06-18') return
    expect((await client.callTool('refund')).structuredContent).toEqual({ done: true })
    expect((await client.callTool('refund')).structuredContent).toEqual({ done: false })
  })

  test('a client without the capability gets no input request', async () => {
    const { client } = await open()
    const outcome = await client.callTool('folders').catch((error: unknown) => error)
    expect(JSON.stringify([outcome, String(outcome)])).toContain('lacks a required capability: roots')
  })

  test('a change of an upstream resource reaches its subscribers, as long as they subscribe', async () => {
    const { client, server } = await open()
    const watched = vi.fn<(uri: string, wanted: boolean) => void>()
    server.changes.onWatched = watched
    const [one, other] = [await client.subscribe('shop://stock'), await client.subscribe('shop://stock')]
    await expect.poll(() => watched.mock.calls).toEqual([['shop://stock', true]])
    await client.callTool('sell')
    expect([await one.next(), await other.next()]).toEqual([1, 2].map(() => ({ done: false, value: { uri: 'shop://stock' } })))
    await one.close()
    await client.callTool('sell')
    expect(await other.next()).toEqual({ done: false, value: { uri: 'shop://stock' } })
    await other.close()
    await expect.poll(() => watched.mock.calls).toEqual([['shop://stock', true], ['shop://stock', false]])
  })

  test('a list change of the upstream reaches the client', async () => {
    const { client } = await open()
    const changes = await client.listen({ toolsListChanged: true })
    await client.callTool('grow')
    expect(await changes.next()).toEqual({ done: false, value: { list: 'tools' } })
    expect((await client.listTools()).map(({ name }) => name)).toContain('grown14')
    expect(await client.callTool('grown14')).toMatchObject({ content: [{ text: 'new' }] })
  })
})

test('an upstream that exits during a call is reported, and restarted for the next call', async () => {
  const program = fileURLToPath(new URL('../programs/rogue.mjs', import.meta.url))
  const server = proxy(stdioClient({ command: process.execPath, args: [program] }), { logger })
  const client = await connectInMemory(server)
  afterTest(() => client.close())
  await expect(client.callTool('halfway')).rejects.toMatchObject({ code: -32603, message: 'The upstream server closed the connection' })
  expect(await client.callTool('foreign')).toMatchObject({ content: [] })
  expect(await client.listTools()).toHaveLength(10)
})

test('an input request without a response ends the call at the upstream, and cannot be answered later', async () => {
  const shop = newShop()
  const server = proxy(memory(shop), { revision: '2025-11-25', inputTimeout: 100, logger })
  let answer: (() => void) | undefined
  const client = await connectInMemory(server, { answers: { elicit: () => new Promise((resolve) => (answer = () => resolve({ action: 'decline' }))) } })
  afterTest(() => client.close())
  const calling = client.callTool('refund')
  calling.catch(ignore)
  await expect.poll(() => answer).toBeDefined()
  await new Promise((resolve) => setTimeout(resolve, 200))
  answer?.()
  await expect(calling).rejects.toMatchObject({ code: -32602, message: 'The call that sent this request has ended. Call again' })
})

test('two concurrent clients each get their own input requests', async () => {
  const server = proxy(memory(newShop()), { revision: '2025-11-25', logger })
  const refund = async (revision: Revision, yes: boolean): Promise<unknown> => {
    const client = await connectInMemory(server, { revision, answers: { elicit: async () => (await Promise.resolve(), { action: 'accept', content: { yes } }) } })
    afterTest(() => client.close())
    return (await client.callTool('refund')).structuredContent
  }
  const asked = [true, false, true, false].flatMap((yes) => (['2025-11-25', '2026-07-28'] as const).map((revision) => [revision, yes] as const))
  expect(await Promise.all(asked.map(([revision, yes]) => refund(revision, yes)))).toEqual(asked.map(([, done]) => ({ done })))
})

test.each([['memory', async () => memory(newShop())], ['HTTP', served]])('no client gets the log messages of another, with a modern upstream over %s', async (wire, transport) => {
  const server = proxy(await transport(), { revision: '2026-07-28', logger })
  const chat = async (name: string): Promise<unknown[]> => {
    const logs: unknown[] = []
    const client = await connectInMemory(server, { onLog: ({ data }) => logs.push(data) })
    afterTest(() => client.close())
    await client.callTool('chat', { name })
    return logs
  }
  const names = ['ann', 'bob', 'cid']
  const heard = await Promise.all(names.map(chat))
  expect(heard.flatMap((logs, index) => logs.filter((name) => name !== names[index]))).toEqual([])
  if (wire === 'HTTP') expect(heard.map((logs) => logs.length)).toEqual([5, 5, 5]) // On one wire, it cannot be told whose they are.
})

describe('an unreachable upstream', () => {
  test('that never responds: clients get a timeout, and close() neither waits nor reports an error', async () => {
    const warn = vi.fn<Logger['warn']>()
    const silent = { name: 'shop', open: async () => ({ exchanges: false, send: async () => {}, close: async () => {} }) }
    const server = proxy(silent, { logger: { ...logger, warn }, startupTimeout: 1 })
    await expect(connectInMemory(server, { revision: '2025-11-25' })).rejects.toMatchObject({ code: -32603, message: expect.stringContaining('The upstream server has not responded yet') })
    await server.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(warn).not.toHaveBeenCalled()
  })

  test('is an error, not an empty list, and works once it is reachable', async () => {
    let isThere = false
    const shop = memory(newShop())
    const server = proxy({ name: 'shop', open: (receiver, signal) => (isThere ? shop.open(receiver, signal) : Promise.reject(new Error('Nobody is at home'))) }, { logger })
    for (const revision of ['2025-11-25', '2026-07-28'] as const) {
      await expect(connectInMemory(server, { revision })).rejects.toMatchObject({ code: -32603, message: 'The upstream server cannot be reached' })
    }
    isThere = true
    await expect.poll(() => connectTo(memory(server)).then((client) => client.close().then(() => client.server.info?.name), String), { timeout: 10_000 }).toBe('shop')
  })
})
