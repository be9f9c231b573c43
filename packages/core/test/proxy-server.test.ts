/** A proxy as a server: it has the hooks, routes and `run()` and `serve()` of a server, and no methods that register items. */
import { McpServer } from '@gangway/core'
import { isMcpServer } from '@gangway/core/internal'
import { proxy, proxyAll } from '@gangway/core/proxy'
import { connectInMemory, memory } from '@gangway/core/testing'
import { describe, expect, test, vi } from 'vitest'

const upstream = new McpServer({ name: 'shop', version: '1.0.0', instructions: 'Buy.' })
const info = { name: 'front', version: '2.0.0' }

const PROXIES = [
  ['proxy()', () => proxy(memory(upstream), { info }), { info, instructions: 'Buy.' }],
  ['proxyAll()', () => proxyAll({ shop: memory(upstream) }, { info }), { info, instructions: undefined }],
] as const

describe.each(PROXIES)('%s', (_, create, described) => {
  test('runs hooks once and offers its routes', async () => {
    const calls: string[] = []
    const server = create()
    server.onStart(() => void calls.push('start')).onClose(() => void calls.push('close')).route({ method: 'GET', path: '/health' }, () => new Response('ok'))
    expect(server.hasStartHooks).toBe(true)
    await server.open()
    const client = await connectInMemory(server)
    await client.close()
    await server.close()
    expect(calls).toEqual(['start', 'close'])
    expect(server.routes).toMatchObject([{ method: 'GET', path: '/health' }])
    expect({ info: server.info, instructions: server.instructions }).toEqual(described)
  })

  test('serve() serves the proxy', async () => {
    const serve = vi.fn(async () => ({ url: undefined, close: async () => {}, ended: new Promise<void>(() => {}) }))
    const server = create()
    await server.serve({ name: 'fake', serve, configure: () => { throw new Error('No flags') } } as never)
    expect(serve).toHaveBeenCalledWith(server)
  })

  test('is recognized as a server, and has no methods that register items', () => {
    const server = create()
    expect(isMcpServer(server)).toBe(true)
    for (const method of ['tool', 'add', 'resource', 'prompt', 'removeTool', 'changed']) expect(server).not.toHaveProperty(method)
  })
})

test('proxy() reports the name of its upstream once it has connected', async () => {
  const server = proxy(memory(upstream))
  expect(server.info).toEqual({ name: 'gangway-proxy', version: '0' })
  const client = await connectInMemory(server)
  expect(server).toMatchObject({ info: { name: 'shop', version: '1.0.0' }, instructions: 'Buy.' })
  await client.close()
})
