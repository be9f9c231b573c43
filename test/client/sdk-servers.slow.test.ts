/** Servers written with the official SDK, 1.x and 2.x, instances and factories, on our transports and before clients of both eras. */
import { fileURLToPath } from 'node:url'
import type { Logger } from '@gangway/core'
import type { ClientOptions, ClientTransport } from '@gangway/core/client'
import { isSdkServer, proxy, proxyAll, sdkServer, type SdkServer } from '@gangway/core/proxy'
import { connectInMemory, memory } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { Client as SecondClient, StreamableHTTPClientTransport as SecondHttp } from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Server as FirstServer } from '@modelcontextprotocol/sdk/server/index.js'
import { ElicitRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { Server as SecondServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { describe, expect, test, vi } from 'vitest'
import { newServer as newFirst } from '../programs/official-1.mjs'
import { newServer as newSecond } from '../programs/official-2.mjs'
import { offersAll, talks } from './official.ts'
import { afterTest } from '../harness/cleanup.ts'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const PROGRAM = fileURLToPath(new URL('../programs/sdk-server.mjs', import.meta.url))
const SERVERS = { '1': newFirst, '2': newSecond }
const REVISIONS = ['2025-11-25', '2026-07-28'] as const

type Version = keyof typeof SERVERS
type Kind = 'instance' | 'factory'

const behind = (version: Version, kind: Kind) => proxy(sdkServer(kind === 'instance' ? SERVERS[version]() : () => SERVERS[version]()), { logger })

async function served(version: Version, kind: Kind): Promise<string> {
  const running = await httpServer({ port: 0 }).serve(behind(version, kind))
  afterTest(async () => (void running.close(), running.close()))
  return running.url ?? ''
}

const FRONTS: Readonly<Record<string, (version: Version, kind: Kind) => Promise<ClientTransport>>> = {
  memory: async (version, kind) => memory(behind(version, kind)),
  stdio: async (version, kind) => stdioClient({ command: process.execPath, args: [PROGRAM, version, kind] }),
  HTTP: async (version, kind) => httpClient(await served(version, kind)),
}

const ways = (['1', '2'] as const).flatMap((version) => (['instance', 'factory'] as const).flatMap((kind) => Object.keys(FRONTS).flatMap((front) => REVISIONS.map((revision) => ({ version, kind, front, revision })))))

describe.each(ways)('SDK $version.x, $kind, $front, $revision', ({ version, kind, front, revision }) => {
  const open = async (options?: ClientOptions) => opened(await FRONTS[front]!(version, kind), { revision, info: { name: 'till', version: '1' }, ...options })

  test('tools, resources, prompts and completion', async () => {
    const client = await open()
    expect(client.server).toMatchObject({ info: { name: 'official', version: `${version}.0.0` }, revision })
    await offersAll(client)
  })

  test('progress, logs, input requests, and cancelled calls', async () => {
    const client = await talks(open)
    expect(await client.callTool('write')).toMatchObject({ content: [{ text: 'm-1 for till' }] })
  })
})

/** A server that is made for a client changes for that client alone: only an instance has lists that all see. */
describe.each((['1', '2'] as const).flatMap((version) => REVISIONS.map((revision) => ({ version, revision }))))('change notifications of an instance of SDK $version.x, $revision', ({ version, revision }) => {
  test('reach the client, for lists and resources', async () => {
    const client = await opened(memory(behind(version, 'instance')), { revision })
    await client.callTool('add', { a: 1, b: 2 })
    const changes = await client.listen({ toolsListChanged: true })
    const stock = await client.subscribe('shop://stock')
    await client.callTool('grow')
    expect(await changes.next()).toEqual({ done: false, value: { list: 'tools' } })
    await expect.poll(async () => (await client.listTools()).map(({ name }) => name)).toContain('grown')
    await expect.poll(async () => (await client.callTool('sell'), Promise.race([stock.next(), new Promise((resolve) => setTimeout(resolve, 50))]))).toEqual({ done: false, value: { uri: 'shop://stock' } })
  })
})

const accept = async () => ({ action: 'accept' as const, content: { yes: true } })

describe.each(['1', '2'] as const)('official clients of a server of SDK %s.x', (version) => {
  const info = { name: 'till', version: '1' }

  test('client 1.x', async () => {
    const client = new FirstClient(info, { capabilities: { elicitation: {} } })
    client.setRequestHandler(ElicitRequestSchema, accept)
    await client.connect(new FirstHttp(new URL(await served(version, 'factory'))) as Parameters<FirstClient['connect']>[0])
    afterTest(() => client.close())
    expect((await client.listTools()).tools).toHaveLength(8)
    expect(await client.callTool({ name: 'ask' })).toMatchObject({ content: [{ text: '{"yes":true}' }] })
  })

  test('client 2.x', async () => {
    const client = new SecondClient(info, { capabilities: { elicitation: {} }, versionNegotiation: { mode: { pin: '2026-07-28' } } })
    client.setRequestHandler('elicitation/create', accept)
    await client.connect(new SecondHttp(new URL(await served(version, 'factory'))))
    afterTest(() => client.close())
    expect((await client.listTools()).tools).toHaveLength(8)
    expect(await client.callTool({ name: 'ask' })).toMatchObject({ content: [{ text: '{"yes":true}' }] })
  })
})

describe.each(['1', '2'] as const)('several clients of a server of SDK %s.x', (version) => {
  test('a second session gets an error that suggests a factory, until the first session ends', async () => {
    const url = await served(version, 'instance')
    const [first, second] = [await opened(httpClient(url), { revision: '2025-11-25' }), await opened(httpClient(url), { revision: '2025-11-25' })]
    const sum = { structuredContent: { sum: 3 } }
    expect(await first.callTool('add', { a: 1, b: 2 })).toMatchObject(sum)
    await expect(second.callTool('add', { a: 1, b: 2 })).rejects.toMatchObject({ code: -32603, message: expect.stringContaining('Pass a function that creates a server, such as () => createServer()') })
    expect(await first.callTool('add', { a: 1, b: 2 })).toMatchObject(sum)
    await first.close()
    expect(await second.callTool('add', { a: 1, b: 2 })).toMatchObject(sum)
  })

  test('clients without a session run their calls one after another, each with its own identity', async () => {
    const server = behind(version, 'instance')
    const names = ['ann', 'bob', 'ann', 'cid']
    const written = names.map(async (name) => {
      const client = await opened(memory(server), { revision: '2026-07-28', info: { name, version: '1' }, sample: () => ({ role: 'assistant', content: { type: 'text', text: 'Ho' }, model: name }) })
      return client.callTool('write')
    })
    expect(await Promise.all(written)).toMatchObject(names.map((name) => ({ content: [{ text: `${name} for ${name}` }] })))
  })

  test('a factory creates a server for each session', async () => {
    const made = vi.fn<() => SdkServer>(() => SERVERS[version]())
    const server = proxy(sdkServer(made), { logger })
    const clients = [await connectInMemory(server, { revision: '2025-11-25' }), await connectInMemory(server, { revision: '2025-11-25' })]
    for (const client of clients) {
      afterTest(() => client.close())
      await client.callTool('grow')
      await client.callTool('add', { a: 1, b: 2 })
    }
    expect(made).toHaveBeenCalledTimes(2)
  })
})

test('a function that returns the same server twice is an error', async () => {
  const server = newFirst()
  const warn = vi.fn<Logger['warn']>()
  const behindOne = memory(proxy(sdkServer(() => server, { name: 'till' }), { logger: { ...logger, warn } }))
  await opened(behindOne, { revision: '2025-11-25' })
  await expect(opened(behindOne, { revision: '2025-11-25' })).rejects.toMatchObject({ code: -32603 })
  expect(warn.mock.calls).toEqual([[expect.objectContaining({ reason: expect.stringMatching(/till .*already connected/) }), expect.any(String)]])
})

test('low-level servers work', async () => {
  const first = new FirstServer({ name: 'low', version: '1' }, { capabilities: { tools: {} } })
  first.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name: 'one', inputSchema: { type: 'object' } }] }))
  const second = new SecondServer({ name: 'low', version: '2' }, { capabilities: { tools: {} } })
  second.setRequestHandler('tools/list', () => ({ tools: [{ name: 'two', inputSchema: { type: 'object' } }] }))
  const client = await opened(memory(proxyAll({ first: sdkServer(first), second: sdkServer(second) }, { logger })))
  expect((await client.listTools()).map(({ name }) => name)).toEqual(['first_one', 'second_two'])
})

/** A server of 2.x, both eras of it. */
const modern = (): SdkServer => {
  let serving: ReturnType<typeof serveStdio> | undefined
  return {
    connect: async (transport) => void (serving = serveStdio(newSecond, { transport })),
    close: async () => serving?.close(),
  }
}

test('any object with connect() and close() works, so 2026-07-28 is possible with 2.x', async () => {
  const client = await opened(memory(proxy(sdkServer(modern), { revision: '2026-07-28', logger })), { elicit: () => ({ action: 'accept', content: { yes: true } }) })
  expect(await client.callTool('ask')).toMatchObject({ content: [{ text: '{"yes":true}' }] })
})

test('a server that is already connected, or not a server, is rejected', async () => {
  const server = newFirst()
  await server.connect({ start: async () => {}, send: async () => {}, close: async () => {} })
  const warn = vi.fn<Logger['warn']>()
  await expect(connectInMemory(proxy(sdkServer(server, { name: 'till' }), { logger: { ...logger, warn } }), { revision: '2025-11-25' })).rejects.toMatchObject({ code: -32603 })
  expect(warn.mock.calls).toEqual([[expect.objectContaining({ reason: expect.stringContaining('till cannot be connected: Already connected') }), expect.any(String)]])
  expect(() => sdkServer({} as SdkServer)).toThrow('not a server written with the official SDK')
  expect([newFirst(), newSecond(), newFirst().server, proxy(sdkServer(newFirst)), undefined].map(isSdkServer)).toEqual([true, true, true, false, false])
})

test('a server that closes its connection is reconnected', async () => {
  const hanging: (() => Promise<void>)[] = []
  const newServer = () => {
    const server = newFirst()
    server.registerTool('hang', {}, () => new Promise(() => hanging.push(() => server.close())))
    return server
  }
  const client = await opened(memory(proxy(sdkServer(newServer, { name: 'till' }), { logger })), { revision: '2025-11-25' })
  const waiting = client.callTool('hang')
  waiting.catch(ignore)
  await expect.poll(() => hanging).toHaveLength(1)
  await hanging[0]!()
  await expect(waiting).rejects.toMatchObject({ code: -32603, message: 'The upstream server closed the connection' })
  expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } })
})
