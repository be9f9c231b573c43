/** Several servers behind one proxy: each under its name, and none to blame for another. */
import { fileURLToPath } from 'node:url'
import { McpServer, type Logger } from '@gangway/core'
import { connect as connectTo, type ClientTransport } from '@gangway/core/client'
import { proxyAll } from '@gangway/core/proxy'
import { connectInMemory, memory } from '@gangway/core/testing'
import { stdioClient } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { newShop } from '../programs/shop.mjs'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 60_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const PROGRAM = fileURLToPath(new URL('../programs/shop.mjs', import.meta.url))
const nobody: ClientTransport = { name: 'nobody', open: () => Promise.reject(new Error('Nobody is at home')) }

describe.each(['2025-11-25', '2026-07-28'] as const)('%s', (revision) => {
  const open = async (upstreams: Record<string, ClientTransport>) => {
    const client = await connectInMemory(proxyAll(upstreams, { logger, startupTimeout: 100 }), { revision, answers: { roots: [{ uri: 'file:///home' }] } })
    afterTest(() => client.close())
    return client
  }

  test('tools and prompts have the prefix of their server, and URIs contain it', async () => {
    const client = await open({ till: memory(newShop()), store: memory(newShop()) })
    const tools = (await client.listTools()).map(({ name }) => name)
    expect(tools).toEqual(expect.arrayContaining(['till_add', 'store_add']))
    expect((await client.listPrompts()).map(({ name }) => name)).toEqual(['till_gift', 'store_gift'])
    expect((await client.listResources()).map(({ uri }) => uri)).toEqual(['gangway://upstreams', 'shop://till/stock', 'shop://store/stock'])
    expect((await client.listResourceTemplates()).map(({ uriTemplate }) => uriTemplate)).toEqual(['shop://till/orders/{order}', 'shop://store/orders/{order}'])
  })

  test('requests reach their server, and results return', async () => {
    const client = await open({ till: memory(newShop()), store: memory(newShop()) })
    expect(await client.callTool('store_add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } })
    expect(await client.callTool('till_folders')).toMatchObject({ content: [{ text: 'file:///home' }] })
    expect(await client.readResource('shop://store/orders/7')).toMatchObject({ contents: [{ uri: 'shop://store/orders/7', text: '{"order":"7"}' }] })
    expect(await client.getPrompt('till_gift', { person: 'Ann' })).toMatchObject({ messages: [{ content: { text: 'A gift for Ann' } }] })
    expect(await client.complete({ template: 'shop://till/orders/{order}' }, { name: 'order', value: '1' })).toMatchObject({ values: ['1', '12'] })
    await expect(client.readResource('shop://store/none')).rejects.toMatchObject({ data: { uri: 'shop://store/none' } })
    await expect(client.readResource('shop://nobody/stock')).rejects.toMatchObject({ data: { uri: 'shop://nobody/stock' } })
    await expect(client.callTool('add')).rejects.toMatchObject({ code: -32602 })
  })

  test('changes come from the server where they happen', async () => {
    const client = await open({ till: memory(newShop()), store: memory(newShop()) })
    const changes = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['shop://store/stock'] })
    await expect.poll(async () => (await client.callTool('store_sell'), Promise.race([changes.next(), new Promise((resolve) => setTimeout(resolve, 50))]))).toEqual({ done: false, value: { uri: 'shop://store/stock' } })
    await client.callTool('till_grow')
    await expect.poll(async () => (await changes.next()).value).toEqual({ list: 'tools' })
    await expect.poll(async () => (await client.listTools()).map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringMatching(/^till_grown/)]))
  })

  test('a server starts when a call or a list needs it', async () => {
    const started: string[] = []
    const counted = (name: string): ClientTransport => {
      const shop = memory(newShop())
      return { name, open: (receiver, signal) => (started.push(name), shop.open(receiver, signal)) }
    }
    const server = proxyAll({ till: counted('till'), till_2: counted('till_2'), store: counted('store') }, { logger })
    const news: string[] = []
    const client = await connectTo(memory(server), { revision, onNotification: (method) => news.push(method) })
    afterTest(() => client.close())
    const states = async () => JSON.parse(((await client.readResource('gangway://upstreams')).contents[0] as { text: string }).text) as unknown
    expect(await states()).toEqual({ till: { state: 'idle' }, till_2: { state: 'idle' }, store: { state: 'idle' } })
    expect(await client.readResource('shop://store/stock')).toMatchObject({ contents: [{ uri: 'shop://store/stock' }] })
    expect(new Set(started)).toEqual(new Set(['store']))
    expect(await client.getPrompt('till_gift', { person: 'Ann' })).toMatchObject({ messages: [{ content: { text: 'A gift for Ann' } }] })
    expect(await states()).toEqual({ till: { state: 'ready' }, till_2: { state: 'idle' }, store: { state: 'ready' } })
    await client.listPrompts()
    expect(await states()).toEqual({ till: { state: 'ready' }, till_2: { state: 'ready' }, store: { state: 'ready' } })
    expect(news).toEqual([]) // Nobody has seen a list without them.
  })

  test('a server that does not respond delays no list, only its own calls', async () => {
    const begin = new AbortController()
    const begun = new Promise((resolve) => begin.signal.addEventListener('abort', resolve))
    const shop = memory(newShop())
    const client = await open({ till: memory(newShop()), slow: { name: 'slow', open: async (receiver, signal) => (await begun, shop.open(receiver, signal)) } })
    expect((await client.listPrompts()).map(({ name }) => name)).toEqual(['till_gift'])
    const changes = await client.listen({ promptsListChanged: true })
    const adding = client.callTool('slow_add', { a: 1, b: 2 })
    begin.abort()
    expect(await adding).toMatchObject({ content: [{ text: '{"sum":3}' }] })
    expect(await changes.next()).toEqual({ done: false, value: { list: 'prompts' } })
    expect((await client.listPrompts()).map(({ name }) => name)).toEqual(['till_gift', 'slow_gift'])
  })

  test('a call to an unreachable server is an error that names it, and so is a list if none is reachable', async () => {
    const client = await open({ nobody, till: memory(newShop()) })
    const unreached = { code: -32603, message: 'Upstream "nobody" cannot be reached' }
    await expect(client.callTool('nobody_add')).rejects.toMatchObject(unreached)
    await expect(client.getPrompt('nobody_gift')).rejects.toMatchObject(unreached)
    await expect(client.readResource('shop://nobody/stock')).rejects.toMatchObject(unreached)
    expect((await client.listPrompts()).map(({ name }) => name)).toEqual(['till_gift'])
    const alone = await open({ nobody })
    await expect(alone.listTools()).rejects.toMatchObject({ code: -32603, message: 'None of the upstreams can be reached: nobody' })
  })

  test('an unreachable server is shown, and the others work', async () => {
    const client = await open({ till: memory(newShop()), nobody })
    expect((await client.callTool('till_add', { a: 1, b: 2 })).structuredContent).toEqual({ sum: 3 })
    await client.listPrompts()
    const [status] = (await client.readResource('gangway://upstreams')).contents
    expect(status).toMatchObject({ mimeType: 'application/json', text: '{"till":{"state":"ready"},"nobody":{"state":"failed","error":"Upstream \\"nobody\\" cannot be reached"}}' })
  })
})

test('one of five servers is killed under load: the others are unaffected, and the next call restarts it', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const server = proxyAll(Object.fromEntries(names.map((name) => [name, stdioClient({ command: process.execPath, args: [PROGRAM] })])), { logger, startupTimeout: 30_000 })
  const client = await connectInMemory(server, { revision: '2026-07-28' })
  afterTest(() => client.close())
  const sum = async (name: string): Promise<unknown> => (await client.callTool(`${name}_add`, { a: 1, b: 2 })).structuredContent
  const pid = async (): Promise<number> => Number(((await client.callTool('c_pid')).content[0] as { text: string }).text)

  const failed: unknown[] = []
  const others = names.filter((name) => name !== 'c')
  const enough = new AbortController()
  const load = others.map(async (name) => {
    while (!enough.signal.aborted) await sum(name).catch((error: unknown) => failed.push(error))
  })
  const first = await pid()
  const waiting = client.callTool('c_wait', { name: 'killed' })
  waiting.catch(ignore)
  await sum('c')
  process.kill(first, 'SIGKILL')
  await expect(waiting).rejects.toMatchObject({ code: -32603, message: 'Upstream "c" closed the connection' })
  await expect.poll(() => sum('c').catch(String), { timeout: 20_000 }).toEqual({ sum: 3 })
  expect(await pid()).not.toBe(first)
  enough.abort()
  await Promise.all(load)
  expect(failed).toEqual([])
})

test('rejects a name that cannot be a prefix', () => {
  expect(() => proxyAll({ 'my server': nobody })).toThrow('"my server" cannot start a tool name')
})

test('a client that only listens hears of changes', async () => {
  const shop = new McpServer({ name: 'shop', version: '1.0.0', logger }).tool('add', {}, () => 'added')
  const client = await connectInMemory(proxyAll({ shop: memory(shop) }, { logger }))
  afterTest(() => client.close())
  const changes = await client.listen({ toolsListChanged: true })
  shop.tool('pay', {}, () => 'paid')
  expect((await changes.next()).value).toEqual({ list: 'tools' })
})
