/** Our client and the servers of others: the official SDK 1.x and 2.x, and server-everything, over stdio and HTTP. */
import type { Client, ClientOptions, ClientTransport, ProgressReport } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'
import { sseClient } from '@gangway/transport-sse/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { EVERYTHING, offersAll, SDK_1, SDK_2, served, talks } from './official.ts'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 }) // Each starts a program or two.

const NODE = process.execPath

interface Official {
  readonly name: string
  readonly revision: string
  readonly transport: () => Promise<ClientTransport>
}
const OFFICIAL: readonly Official[] = [
  { name: 'SDK 1.x over stdio', revision: '2025-11-25', transport: async () => stdioClient({ command: NODE, args: [SDK_1, 'stdio'] }) },
  { name: 'SDK 1.x over HTTP', revision: '2025-11-25', transport: async () => httpClient(`${await served(SDK_1, 'http')}/mcp`) },
  { name: 'SDK 2.x over stdio', revision: '2026-07-28', transport: async () => stdioClient({ command: NODE, args: [SDK_2, 'stdio'] }) },
  { name: 'SDK 2.x over HTTP', revision: '2026-07-28', transport: async () => httpClient(`${await served(SDK_2, 'http')}/mcp`) },
]

describe.each(OFFICIAL)('$name', ({ transport, revision }) => {
  const open = async (options?: ClientOptions): Promise<Client> => opened(await transport(), options)

  test('negotiates, lists, calls, reads and completes', async () => {
    const client = await open()
    expect(client.server).toMatchObject({ revision, info: { name: 'official' } })
    await offersAll(client)
    await expect(client.readResource('shop://none')).rejects.toMatchObject({ name: 'PeerError' })
  })

  test('progress, logs, input requests, and cancelled calls', async () => {
    await talks(open)
  })

  test('list changes', async () => {
    const client = await open()
    const changes = await client.listen({ toolsListChanged: true })
    await client.callTool('grow')
    expect(await changes.next()).toEqual({ done: false, value: { list: 'tools' } })
  })
})

describe.each<[string, () => Promise<ClientTransport>]>([
  ['stdio', async () => stdioClient({ command: NODE, args: [EVERYTHING, 'stdio'], exitTimeout: 100 })],
  ['HTTP', async () => httpClient(`${await served(EVERYTHING, 'streamableHttp')}/mcp`)],
  ['HTTP+SSE', async () => sseClient(`${await served(EVERYTHING, 'sse')}/sse`)],
])('server-everything over %s', (_, transport) => {
  test('everything that the server offers is available', async () => {
    const client = await opened(await transport(), {
      elicit: () => ({ action: 'decline' }),
      sample: () => ({ role: 'assistant', content: { type: 'text', text: 'Ho' }, model: 'm-1' }),
      roots: [{ uri: 'file:///home' }],
    })
    expect(client.server.revision).toBe('2025-11-25')
    const tools = (await client.listTools()).map(({ name }) => name)
    expect(tools).toEqual(expect.arrayContaining(['echo', 'get-sum', 'get-structured-content', 'trigger-long-running-operation']))
    expect(await client.callTool('echo', { message: 'hi' })).toMatchObject({ content: [{ text: 'Echo: hi' }] })
    expect(await client.callTool('get-structured-content', { location: 'Chicago' })).toMatchObject({ structuredContent: { conditions: expect.any(String) } })
    const reports: ProgressReport[] = []
    await client.callTool('trigger-long-running-operation', { duration: 0.2, steps: 2 }, { onProgress: (report) => reports.push(report) })
    expect(reports.map(({ progress }) => progress)).toEqual([1, 2])
    const [resource] = await client.listResources()
    expect((await client.readResource(resource!.uri)).contents).toHaveLength(1)
    const [prompt] = await client.listPrompts()
    expect((await client.getPrompt(prompt!.name)).messages.length).toBeGreaterThan(0)
  })
})
