/** The official clients, our proxy, and the official servers: each client in front of each server. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@gangway/core'
import { proxy } from '@gangway/core/proxy'
import { http } from '@gangway/transport-http'
import { stdio } from '@gangway/transport-stdio/client'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test, vi } from 'vitest'
import { atEnd } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

const PROGRAMS = {
  'SDK 1.x': [fileURLToPath(new URL('../programs/official-1.mjs', import.meta.url)), 'stdio'],
  'SDK 2.x': [fileURLToPath(new URL('../programs/official-2.mjs', import.meta.url)), 'stdio'],
  'server-everything': [createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js'), 'stdio'],
}

/** What the tests use of a client; both packages spell it alike. */
interface Official {
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<object>
  listTools(): Promise<{ tools: { name: string }[] }>
  close(): Promise<void>
}

const info = { name: 'interop', version: '1.0.0' }
const capabilities = { elicitation: {} }
const accept = async () => ({ action: 'accept' as const, content: { yes: true } })

const CLIENTS: Readonly<Record<string, (url: URL) => Promise<Official>>> = {
  'client 1.x': async (url) => {
    const client = new FirstClient(info, { capabilities })
    client.setRequestHandler(ElicitRequestSchema, accept)
    await client.connect(new FirstHttp(url) as Parameters<FirstClient['connect']>[0])
    return client
  },
  'client 2.x': async (url) => {
    const client = new Client(info, { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } })
    client.setRequestHandler('elicitation/create', accept)
    await client.connect(new StreamableHTTPClientTransport(url))
    return client
  },
}

describe.each(Object.keys(CLIENTS))('%s', (name) => {
  const open = async (program: keyof typeof PROGRAMS): Promise<Official> => {
    const server = proxy(stdio({ command: process.execPath, args: PROGRAMS[program], grace: 100 }), { logger })
    const running = await server.run(http({ port: 0 }), { process: 'host' })
    atEnd(async () => (void running.close(), running.close()))
    const client = await CLIENTS[name]!(new URL(running.url ?? ''))
    atEnd(() => client.close())
    return client
  }

  test.each(['SDK 1.x', 'SDK 2.x'] as const)('before a server of %s', async (program) => {
    const client = await open(program)
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['add', 'fail', 'count', 'ask', 'grow', 'wait', 'write', 'sell'])
    expect(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).toMatchObject({ structuredContent: { sum: 3 } })
    expect(await client.callTool({ name: 'fail' })).toMatchObject({ isError: true, content: [{ text: 'Out of stock' }] })
    expect(await client.callTool({ name: 'ask' })).toMatchObject({ content: [{ text: '{"yes":true}' }] })
  })

  test('before server-everything', async () => {
    const client = await open('server-everything')
    expect((await client.listTools()).tools.length).toBeGreaterThan(5)
    expect(await client.callTool({ name: 'echo', arguments: { message: 'hi' } })).toMatchObject({ content: [{ text: 'Echo: hi' }] })
    expect(await client.callTool({ name: 'get-structured-content', arguments: { location: 'Chicago' } })).toMatchObject({ structuredContent: { conditions: expect.any(String) } })
  })
})
