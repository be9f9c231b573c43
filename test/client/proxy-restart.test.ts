/** A server behind a proxy over HTTP that goes away and comes back another: what the front hears of it. */
import { McpServer, type Logger } from '@gangway/core'
import type { Change } from '@gangway/core/client'
import { proxyAll } from '@gangway/core/proxy'
import { connectInMemory } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { expect, test, vi } from 'vitest'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 60_000 })
const timeout = 20_000

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

const newServer = (tool: string): McpServer => {
  const server = new McpServer({ name: 'shop', version: '1.0.0', logger })
  return server
    .tool(tool, {}, () => tool)
    .tool('grow', {}, () => {
      server.tool(`${tool}s`, {}, () => tool)
      server.changed('shop://stock')
      return 'grown'
    })
    .resource('shop://stock', {}, () => tool)
}

/** As a server that knows no other era would. */
const legacyOnly: typeof fetch = async (url, init) => (String(init?.body).includes('"server/discover"') ? new Response('', { status: 404 }) : fetch(url, init))
const WAYS = { '2025-11-25': { retryDelay: 20, fetch: legacyOnly }, '2026-07-28': {} } as const

const stop = (running: { close(): Promise<void> }): Promise<void> => {
  void running.close()
  return running.close()
}

test.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('a restarted upstream of %s with other tools is served as it is now, and its changes arrive again', async (revision) => {
  const first = await httpServer({ port: 0 }).serve(newServer('apple'))
  const url = first.url ?? ''
  const client = await connectInMemory(proxyAll({ shop: httpClient(url, WAYS[revision]) }, { logger }))
  afterTest(() => client.close())
  const tools = async (): Promise<string[]> => (await client.listTools()).map(({ name }) => name)
  const status = async (): Promise<unknown> => JSON.parse(((await client.readResource('gangway://upstreams')).contents[0] as { text: string }).text)
  const call = (name: string): Promise<string> => client.callTool(name).then(({ content }) => (content[0] as { text: string }).text, String)

  expect(await tools()).toEqual(['shop_apple', 'shop_grow'])
  const heard: Change[] = []
  const changes = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['shop://shop/stock'] })
  void (async () => {
    for await (const change of changes) heard.push(change)
  })()
  await expect.poll(async () => (await client.callTool('shop_grow'), heard), { timeout }).toContainEqual({ uri: 'shop://shop/stock' })

  await stop(first)
  await expect.poll(() => call('shop_apple'), { timeout }).toContain('Upstream "shop" cannot be reached')
  expect(await status()).toEqual({ shop: { state: 'failed', error: 'Upstream "shop" cannot be reached' } })

  heard.length = 0
  const second = await httpServer({ port: Number(new URL(url).port) }).serve(newServer('pear'))
  afterTest(() => stop(second))
  await expect.poll(tools, { timeout }).toEqual(['shop_pear', 'shop_grow'])
  await expect.poll(() => heard, { timeout }).toEqual(expect.arrayContaining([{ list: 'tools' }, { uri: 'shop://shop/stock' }]))
  expect(await call('shop_pear')).toBe('pear')
  expect(await status()).toEqual({ shop: { state: 'ready' } })

  heard.length = 0
  await client.callTool('shop_grow')
  await expect.poll(() => heard, { timeout }).toEqual(expect.arrayContaining([{ list: 'tools' }, { uri: 'shop://shop/stock' }]))
  expect(await tools()).toEqual(['shop_pear', 'shop_grow', 'shop_pears'])
})
