/** A 2025 server behind a proxy: each session in front has one of its own behind, which ends with it. */
import { fileURLToPath } from 'node:url'
import type { Logger } from '@gangway/core'
import type { Client, ClientTransport } from '@gangway/core/client'
import { proxy, type ProxyServer } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { http } from '@gangway/transport-http/client'
import { sse as sseServer } from '@gangway/transport-sse'
import { sse } from '@gangway/transport-sse/client'
import { stdio } from '@gangway/transport-stdio/client'
import { expect, test, vi } from 'vitest'
import { atEnd, opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const program = (name: string): string => fileURLToPath(new URL(`../programs/${name}`, import.meta.url))
const shop = (): ClientTransport => stdio({ command: process.execPath, args: [program('shop.mjs')] })
const pidOf = async (client: Client): Promise<number> => Number(((await client.callTool('pid')).content[0] as { text: string }).text)

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const FRONTS: Readonly<Record<string, (server: ProxyServer) => Promise<ClientTransport>>> = {
  memory: async (server) => memory(server),
  'HTTP, by DELETE': async (server) => {
    const running = await httpServer({ port: 0 }).serve(server)
    atEnd(async () => (void running.close(), running.close()))
    return http(running.url ?? '')
  },
  'HTTP+SSE, by its disconnect': async (server) => {
    const running = await sseServer({ port: 0 }).serve(server)
    atEnd(async () => (void running.close(), running.close()))
    return sse(running.url ?? '')
  },
}

test.each(Object.keys(FRONTS))('when a session ends over %s, its process behind ends, and no other', async (front) => {
  const transport = await FRONTS[front]!(proxy(shop(), { revision: '2025-11-25', logger }))
  const [one, other] = [await opened(transport, { revision: '2025-11-25' }), await opened(transport, { revision: '2025-11-25' })]
  const [pid, otherPid] = [await pidOf(one), await pidOf(other)]
  expect(pid).not.toBe(otherPid)
  expect(await pidOf(one)).toBe(pid)
  await one.close()
  await expect.poll(() => lives(pid), { timeout: 10_000 }).toBe(false)
  expect(await pidOf(other)).toBe(otherPid)
})

test('over stdio, the end of the input ends every process', async () => {
  const client = await opened(stdio({ command: process.execPath, args: [program('proxy.mjs')], grace: 20_000 }), { revision: '2025-11-25' })
  const pid = await pidOf(client)
  await client.close()
  expect(lives(pid)).toBe(false)
})

test('clients that have no session share none behind, either', async () => {
  const running = await httpServer({ port: 0, sessions: 'stateless' }).serve(proxy(shop(), { revision: '2025-11-25', logger }))
  atEnd(async () => (void running.close(), running.close()))
  const clients = [await opened(http(running.url ?? ''), { revision: '2025-11-25' }), await opened(http(running.url ?? ''), { revision: '2025-11-25' })]
  const before = await pidOf(clients[0]!)
  const enough = new AbortController()
  const waiting = clients[0]!.callTool('wait', { name: 'forever' }, { signal: enough.signal })
  waiting.catch(ignore)
  await expect.poll(() => pidOf(clients[1]!)).not.toBe(before)
  enough.abort()
  await expect(waiting).rejects.toThrow()
})
