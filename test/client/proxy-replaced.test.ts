/** A proxy that another one takes the place of, as with `--reload`: open subscriptions report the changes of the new upstreams. */
import { McpServer, ReplaceableServer, type Logger, type Revision } from '@gangway/core'
import type { Change, ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { describe, expect, test, vi } from 'vitest'
import { afterTest } from '../harness/cleanup.ts'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const STOCK = 'shop://stock'

const newShop = (): McpServer => new McpServer({ name: 'shop', version: '1', logger }).tool('add', {}, () => 'added').resource(STOCK, {}, () => 'stock')

const FRONTS: Readonly<Record<string, (server: ReplaceableServer) => Promise<ClientTransport>>> = {
  memory: async (server) => memory(server),
  HTTP: async (server) => {
    const running = await httpServer({ port: 0 }).serve(server)
    afterTest(async () => (void running.close(), running.close()))
    return httpClient(running.url ?? '')
  },
}
const REVISIONS: readonly Revision[] = ['2025-11-25', '2026-07-28']
const ways = Object.keys(FRONTS).flatMap((front) => REVISIONS.flatMap((revision) => REVISIONS.map((behind) => ({ front, revision, behind }))))

/** What a client hears that listens to everything, and makes no request after that. */
async function listening(transport: ClientTransport, revision: Revision, uri = STOCK): Promise<Change[]> {
  const client = await opened(transport, { revision })
  await client.listTools()
  const changes = await client.listen({ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: [uri] })
  const heard: Change[] = []
  void (async () => {
    for await (const change of changes) heard.push(change)
  })()
  return heard
}

/** Until each subscription has reached the upstream, which takes some turns. */
const changing = async (shop: McpServer, heard: Change[], uri = STOCK): Promise<void> => {
  await expect.poll(() => (shop.changed(STOCK), heard)).toContainEqual({ uri })
}

describe.each(ways)('$revision over $front, $behind behind', ({ front, revision, behind }) => {
  test('changes of the new upstream reach a client that makes no further request, and those of the old one do not', async () => {
    const [old, next] = [newShop(), newShop()]
    const server = new ReplaceableServer(proxy(memory(old), { revision: behind, logger }))
    const heard = await listening(await FRONTS[front]!(server), revision)
    await changing(old, heard)
    await server.replace(proxy(memory(next), { revision: behind, logger }))
    await expect.poll(() => heard).toContainEqual({ list: 'prompts' }) // What the next one offers is not known yet.
    heard.length = 0
    await changing(next, heard)
    heard.length = 0
    next.tool('pay', {}, () => 'paid')
    await expect.poll(() => heard).toContainEqual({ list: 'tools' })
    heard.length = 0
    old.changed(STOCK)
    next.tool('refund', {}, () => 'refunded')
    await expect.poll(() => heard).toContainEqual({ list: 'tools' })
    expect(heard).not.toContainEqual({ uri: STOCK })
  })
})

describe.each(REVISIONS)('to %s', (revision) => {
  test('changes reach it after several replacements, of one upstream or of many', async () => {
    const shops = [newShop(), newShop(), newShop()] as const
    const own = 'shop://shop/stock'
    const server = new ReplaceableServer(proxyAll({ shop: memory(shops[0]) }, { logger }))
    const heard = await listening(memory(server), revision, own)
    await changing(shops[0], heard, own)
    for (const shop of shops.slice(1)) {
      await server.replace(proxyAll({ other: memory(newShop()), shop: memory(shop) }, { logger }))
      heard.length = 0
      await changing(shop, heard, own)
    }
  })

  test('changes of a server that takes the place of a proxy reach it, and the other way round', async () => {
    const [behind, plain, again] = [newShop(), newShop(), newShop()]
    const server = new ReplaceableServer(proxy(memory(behind), { logger }))
    const transport = memory(server)
    const heard = await listening(transport, revision)
    await changing(behind, heard)
    await server.replace(plain)
    heard.length = 0
    await changing(plain, heard)
    await server.replace(proxy(memory(again), { logger }))
    heard.length = 0
    if (revision === '2026-07-28') await changing(again, heard)
  })

  test('the next proxy may reach its upstream only later', async () => {
    const [old, next] = [newShop(), newShop()]
    let isThere = false
    const inner = memory(next)
    const late: ClientTransport = { ...inner, open: (...args) => (isThere ? inner.open(...args) : Promise.reject(new Error('Not yet'))) }
    const server = new ReplaceableServer(proxy(memory(old), { logger }))
    const client = await opened(memory(server), { revision })
    const changes = await client.listen({ toolsListChanged: true })
    await client.listTools()
    await server.replace(proxy(late, { logger }))
    expect((await changes.next()).value).toEqual({ list: 'tools' })
    isThere = true
    await expect.poll(() => client.listTools().then(() => 'listed', () => 'failed'), { timeout: 10_000 }).toBe('listed')
    next.tool('pay', {}, () => 'paid')
    expect((await changes.next()).value).toEqual({ list: 'tools' })
  })
})
