/** The official clients, our proxy, and the official servers: each client in front of each server, over stdio and HTTP on either side. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@gangway/core'
import { proxy } from '@gangway/core/proxy'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as FirstStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as FirstHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test, vi } from 'vitest'
import { EVERYTHING, SDK_1, SDK_2, served } from './official.ts'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const BIN = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

/** As an mcp.json has it. */
type Entry = { command: string; args: string[] } | { url: string }

const program = (path: string) => async (): Promise<Entry> => ({ command: process.execPath, args: [path, 'stdio'] })
const address = (path: string, argument: string) => async (): Promise<Entry> => ({ url: `${await served(path, argument)}/mcp` })

const BEHIND: Readonly<Record<string, () => Promise<Entry>>> = {
  'SDK 1.x over stdio': program(SDK_1),
  'SDK 1.x over HTTP': address(SDK_1, 'http'),
  'SDK 2.x over stdio': program(SDK_2),
  'SDK 2.x over HTTP': address(SDK_2, 'http'),
  'server-everything over stdio': program(EVERYTHING),
  'server-everything over HTTP': address(EVERYTHING, 'streamableHttp'),
}

/** What the tests use of a client; both packages spell it alike. */
interface Official {
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<object>
  listTools(): Promise<{ tools: { name: string }[] }>
  close(): Promise<void>
}

/** Where a client finds the proxy: an address, or the arguments of Node. */
type DownstreamClient = URL | string[]

const info = { name: 'interop', version: '1.0.0' }
const capabilities = { elicitation: {} }
const accept = async () => ({ action: 'accept' as const, content: { yes: true } })

const CLIENTS: Readonly<Record<string, (front: DownstreamClient) => Promise<Official>>> = {
  'client 1.x': async (front) => {
    const client = new FirstClient(info, { capabilities })
    client.setRequestHandler(ElicitRequestSchema, accept)
    await client.connect((front instanceof URL ? new FirstHttp(front) : new FirstStdio({ command: process.execPath, args: front, stderr: 'ignore' })) as Parameters<FirstClient['connect']>[0])
    return client
  },
  'client 2.x': async (front) => {
    const client = new Client(info, { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } })
    client.setRequestHandler('elicitation/create', accept)
    await client.connect(front instanceof URL ? new StreamableHTTPClientTransport(front) : new StdioClientTransport({ command: process.execPath, args: front, stderr: 'ignore' }))
    return client
  },
}

const FRONTS: Readonly<Record<string, (entry: Entry) => Promise<DownstreamClient>>> = {
  HTTP: async (entry) => {
    const server = proxy('url' in entry ? httpClient(entry.url) : stdioClient({ ...entry, exitTimeout: 100 }), { logger })
    const running = await server.serve(httpServer({ port: 0 }))
    afterTest(async () => (void running.close(), running.close()))
    return new URL(running.url ?? '')
  },
  stdio: async (entry) => {
    const folder = mkdtempSync(join(tmpdir(), 'gangway-interop-'))
    afterTest(async () => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { behind: entry } }))
    return [BIN, 'run', join(folder, 'mcp.json')]
  },
}

const ways = Object.keys(CLIENTS).flatMap((client) => Object.keys(FRONTS).map((front) => ({ client, front })))

describe.each(ways)('$client over $front', (way) => {
  const open = async (behind: string): Promise<Official> => {
    const client = await CLIENTS[way.client]!(await FRONTS[way.front]!(await BEHIND[behind]!()))
    afterTest(() => client.close())
    return client
  }

  test.each(Object.keys(BEHIND).filter((name) => name.startsWith('SDK')))('upstream %s', async (behind) => {
    const client = await open(behind)
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['add', 'fail', 'count', 'ask', 'grow', 'wait', 'write', 'sell'])
    expect(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).toMatchObject({ structuredContent: { sum: 3 } })
    expect(await client.callTool({ name: 'fail' })).toMatchObject({ isError: true, content: [{ text: 'Out of stock' }] })
    expect(await client.callTool({ name: 'ask' })).toMatchObject({ content: [{ text: '{"yes":true}' }] })
  })

  test.each(Object.keys(BEHIND).filter((name) => !name.startsWith('SDK')))('upstream %s', async (behind) => {
    const client = await open(behind)
    expect((await client.listTools()).tools.length).toBeGreaterThan(5)
    expect(await client.callTool({ name: 'echo', arguments: { message: 'hi' } })).toMatchObject({ content: [{ text: 'Echo: hi' }] })
    expect(await client.callTool({ name: 'get-structured-content', arguments: { location: 'Chicago' } })).toMatchObject({ structuredContent: { conditions: expect.any(String) } })
  })
})
