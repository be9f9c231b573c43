/** Servers that deviate from the specification as servers in the wild do: they are usable, and what is odd about them is reported. */
import { fileURLToPath } from 'node:url'
import type { Logger } from '@gangway/core'
import { connect, type Client, type ClientError, type ClientOptions, type ClientTransport } from '@gangway/core/client'
import { proxy } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { stdioClient } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 30_000 }) // Each starts a program or two.

const PROGRAM = fileURLToPath(new URL('../programs/odd-server.mjs', import.meta.url))

const odd = (...deviations: string[]): ClientTransport => stdioClient({ command: process.execPath, args: [PROGRAM, ...deviations] })

async function opened(transport: ClientTransport, options: ClientOptions = {}): Promise<{ client: Client; faults: ClientError[] }> {
  const faults: ClientError[] = []
  const client = await connect(transport, { onFault: (fault) => faults.push(fault), ...options })
  afterTest(() => client.close())
  return { client, faults }
}

/** A client of a proxy in front of the server, and the warnings that the proxy logs. */
async function proxied(...deviations: string[]) {
  const warnings: { message: string; [detail: string]: unknown }[] = []
  const logger: Logger = { debug: () => {}, info: () => {}, warn: (details, message) => warnings.push({ ...details, message }), error: () => {} }
  return { ...(await opened(memory(proxy(odd(...deviations), { logger })))), warnings }
}

const names = async (client: Client): Promise<string[]> => (await client.listTools()).map(({ name }) => name)
const HELLO = { content: [{ type: 'text', text: 'hello' }] }
const FAULTY: readonly (readonly [deviation: string, reason: string])[] = [
  ['schema null', '"inputSchema" is not an object'],
  ['schema missing', '"inputSchema" is not an object'],
  ['schema of a string', '"string"'],
  ['entry null', 'item 1: it is null'],
  ['name twice', '"good"'],
  ['same cursor', 'repeats the cursor "more"'],
]
const TOLERATED = ['empty cursor', 'null cursor', 'null members', 'schema keywords null', 'both outcomes', 'empty result null']
const PRINTED = ['banner', 'prints']

test('[case 20] a server that declares logging without logging/setLevel: its tools are served, and the error is reported', async () => {
  const { client, faults } = await opened(odd('logging unknown'), { onLog: () => {} })
  expect(await client.callTool('good')).toEqual(HELLO)
  expect(faults).toMatchObject([{ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('logging/setLevel') }])
  await expect(client.setLogLevel('error')).rejects.toMatchObject({ code: -32601 })
  const { client: behind, warnings } = await proxied('logging unknown')
  expect(await behind.callTool('good')).toMatchObject(HELLO)
  expect(warnings).toMatchObject([{ reason: expect.stringContaining('logging/setLevel') }])
})

describe('[case 21] one invalid entry does not fail the list', () => {
  test.each(FAULTY)('%s: the valid tools are listed, and the deviation is reported', async (deviation, reason) => {
    const { client, faults } = await opened(odd(deviation))
    expect(await client.listTools()).toEqual([{ name: 'good', description: 'Say hello', inputSchema: { type: 'object', properties: {} } }])
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_RESULT', message: expect.stringContaining(reason) }])
    expect(await client.callTool('good')).toEqual(HELLO)
  })

  test.each(FAULTY)('%s, behind a proxy: the valid tools are served, and the log has a warning', async (deviation, reason) => {
    const { client, warnings } = await proxied(deviation)
    expect(await names(client)).toEqual(['good'])
    expect(warnings).toMatchObject([{ reason: expect.stringContaining(reason) }])
    expect(await client.callTool('good')).toMatchObject(HELLO)
  })

  test('lists that are null are empty', async () => {
    const { client, faults } = await opened(odd('lists null'))
    expect(await client.listTools()).toEqual([])
    expect(await client.listResources()).toEqual([])
    expect(await client.listPrompts()).toEqual([])
    expect(faults).toEqual([])
  })

  test('an endless list fails', async () => {
    const { client } = await opened(odd('endless cursors'))
    await expect(client.listTools()).rejects.toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('gave up after 1000 pages') })
  })
})

describe('[case 20] a failed list does not affect the other lists', () => {
  const failing = [['prompts unknown', 'Method not found'], ['prompts fail', 'The database is down']] as const

  test.each(failing)('%s: the proxy serves the tools, and the log names the list', async (deviation, reason) => {
    const { client, warnings } = await proxied(deviation)
    expect(await names(client)).toEqual(['good'])
    expect(await client.listResources()).toMatchObject([{ uri: 'odd://file' }])
    expect(await client.listPrompts()).toEqual([])
    expect(warnings).toMatchObject([{ list: 'prompts', reason: expect.stringContaining(reason) }])
  })

  test('a list without a response: the proxy serves the tools without it', async () => {
    const answers: Readonly<Record<string, object>> = {
      initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {}, prompts: {} }, serverInfo: { name: 'silent', version: '1' } },
      'logging/setLevel': {},
      'tools/list': { tools: [{ name: 'good', inputSchema: { type: 'object' } }] },
    }
    const silent: ClientTransport = {
      name: 'silent',
      open: async (receiver) => ({
        exchanges: false,
        send: async (message) => {
          const result = 'method' in message ? answers[message.method] : undefined
          if (result && 'id' in message) receiver.receive({ jsonrpc: '2.0', id: message.id as number, result })
        },
        close: async () => {},
      }),
    }
    const warnings: object[] = []
    const logger: Logger = { debug: () => {}, info: () => {}, warn: (details) => warnings.push(details), error: () => {} }
    const { client } = await opened(memory(proxy(silent, { revision: '2025-11-25', timeout: 100, logger })))
    expect(await names(client)).toEqual(['good'])
    expect(warnings).toMatchObject([{ list: 'prompts' }])
  })

  test('a server whose only list fails is unreachable for a proxy', async () => {
    const { warnings } = await proxied('tools fail', 'tools only').catch((error: unknown) => ({ warnings: [{ message: String(error) }] }))
    expect(warnings).toMatchObject([{ message: expect.stringContaining('refused the connection') }])
  })

  test('the client rejects only the failed list', async () => {
    const { client } = await opened(odd('prompts fail'))
    await expect(client.listPrompts()).rejects.toMatchObject({ code: -32603 })
    expect(await names(client)).toEqual(['good'])
  })
})

describe('members that are null count as absent', () => {
  test.each(TOLERATED)('%s: nothing is reported', async (deviation) => {
    const { client, faults } = await opened(odd(deviation))
    expect(await client.listTools()).toEqual([{ name: 'good', inputSchema: deviation === 'schema keywords null' ? { type: 'object' } : { type: 'object', properties: {} }, description: 'Say hello' }])
    expect(await client.callTool('good')).toEqual(HELLO)
    expect(await client.listResources()).toEqual([{ uri: 'odd://file', name: 'odd://file' }])
    expect(await client.readResource('odd://file')).toEqual({ contents: [{ uri: 'odd://file', text: 'a file' }] })
    expect(await client.listPrompts()).toEqual([{ name: 'greet' }])
    expect(await client.getPrompt('greet')).toEqual({ messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }] })
    expect(await client.request('ping')).toEqual({})
    expect(faults).toEqual([])
  })

  test('a text that is null is empty, and so is content that is null', async () => {
    const { client } = await opened(odd('text null'))
    expect(await client.callTool('good')).toEqual({ content: [{ type: 'text', text: '' }] })
    expect(await client.readResource('odd://file')).toEqual({ contents: [{ uri: 'odd://file', text: '' }] })
    const { client: other } = await opened(odd('content null'))
    expect(await other.callTool('good')).toEqual({ content: [] })
  })

  test('an error that is a string fails its request at once', async () => {
    const { client } = await opened(odd('error of text'))
    await expect(client.callTool('good')).rejects.toMatchObject({ name: 'PeerError', code: -32603, message: 'The database is down' })
  })
})

describe('[case 22] ids that return as strings', () => {
  test('are matched, with one warning for each connection', async () => {
    const progress: number[] = []
    const { client, faults } = await opened(odd('ids as text'))
    expect(await names(client)).toEqual(['good'])
    expect(await client.callTool('good', {}, { onProgress: (report) => progress.push(report.progress) })).toEqual(HELLO)
    expect(progress).toEqual([1])
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_NOT_MCP', message: expect.stringContaining('"1"') }])
  })

  test('behind a proxy', async () => {
    const { client, warnings } = await proxied('ids as text')
    expect(await client.callTool('good')).toMatchObject(HELLO)
    expect(warnings).toMatchObject([{ reason: expect.stringContaining('"1"') }])
  })
})

describe('text on stdout that is not JSON', () => {
  test.each(PRINTED)('%s: reported and skipped', async (deviation) => {
    const { client, faults } = await opened(odd(deviation))
    expect(await client.callTool('good')).toEqual(HELLO)
    expect(faults[0]).toMatchObject({ code: 'GANGWAY_E_NOT_MCP' })
  })

  test('behind a proxy: logged once for each text', async () => {
    const { client, warnings } = await proxied('banner')
    expect(await client.callTool('good')).toMatchObject(HELLO)
    expect(warnings).toMatchObject([{ reason: expect.stringContaining('Odd server 1.0') }])
  })
})

describe('[case 45] a server that rejects the handshake after the first request', () => {
  test.each(['handshake first', 'handshake first, or exit'])('%s: connects again, with the handshake first', async (deviation) => {
    const { client } = await opened(odd(deviation))
    expect(client.server.revision).toBe('2025-11-25')
    expect(await client.callTool('good')).toEqual(HELLO)
  })

  test('behind a proxy', async () => {
    const { client } = await proxied('handshake first')
    expect(await client.callTool('good')).toMatchObject(HELLO)
  })
})
