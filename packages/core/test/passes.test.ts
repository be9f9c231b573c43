/** How often the server goes over a large value that a client sends: each pass over an object with many keys takes half as long as parsing it. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { Exchange } from '../src/jsonrpc/incoming-requests.ts'
import { parseJson, parseMessage, type RequestMessage } from '../src/jsonrpc/message.ts'
import { MODERN_REVISIONS } from '../src/protocol/revisions.ts'
import { McpServer } from '../src/mcp-server.ts'
import { Session } from '../src/engine/session.ts'
import { serveRequest } from '../src/engine/modern-request.ts'

afterEach(() => vi.restoreAllMocks())

const newServer = (): McpServer => {
  const server = new McpServer({ name: 'passes', version: '1.0.0' })
  server.tool('none', {}, () => 'ok')
  server.tool('fields', { input: { text: z.string().optional() } }, () => 'ok')
  server.tool('any', { input: { value: z.any() } }, () => 'ok')
  server.tool('raw', { input: { type: 'object', properties: { text: { type: 'string' } } } }, () => 'ok')
  server.prompt('prompt', { args: { text: z.string().optional() }, complete: { text: () => [] } }, () => 'ok')
  return server
}

/** An object that counts how often its keys are listed: by a loop, a copy, `Object.entries` or `JSON.stringify`. */
const watched = (members: object = {}): { value: object; passes: () => number } => {
  let passes = 0
  const value = new Proxy({ ...members }, { ownKeys: (target) => (passes++, Reflect.ownKeys(target)) })
  return { value, passes: () => passes }
}

const META = { 'io.modelcontextprotocol/protocolVersion': MODERN_REVISIONS[0], 'io.modelcontextprotocol/clientCapabilities': {} }
const ref = { type: 'ref/prompt', name: 'prompt' }

type Place = (large: object) => { method: string; params: object }
const PLACES: readonly [where: string, most: number, place: Place, members?: object][] = [
  ['arguments of a tool without input', 0, (large) => ({ method: 'tools/call', params: { name: 'none', arguments: large } })],
  ['arguments of a tool with a field map', 0, (large) => ({ method: 'tools/call', params: { name: 'fields', arguments: large } })],
  ['a value inside the arguments', 0, (large) => ({ method: 'tools/call', params: { name: 'any', arguments: { value: large } } })],
  ['arguments of a tool with raw JSON Schema, which lists the keys to count them', 1, (large) => ({ method: 'tools/call', params: { name: 'raw', arguments: large } })],
  ['arguments of a prompt', 1, (large) => ({ method: 'prompts/get', params: { name: 'prompt', arguments: large } })],
  ['params of a tool call', 0, (large) => ({ method: 'tools/call', params: large }), { name: 'none', other: null }],
  ['params of a list', 0, (large) => ({ method: 'tools/list', params: large }), { cursor: null }],
  ['arguments of a completion', 1, (large) => ({ method: 'completion/complete', params: { ref, argument: { name: 'text', value: '' }, context: { arguments: large } } })],
  ['context of a completion', 0, (large) => ({ method: 'completion/complete', params: { ref, argument: { name: 'text', value: '' }, context: large } })],
]

describe.each(PLACES)('%s [case 5]', (_where, most, place, members) => {
  test(`are read ${most} times in a session`, async () => {
    const session = new Session(newServer(), { send: () => {} })
    await session.receive({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })
    const { value, passes } = watched(members)
    expect(await session.receive({ jsonrpc: '2.0', id: 2, ...place(value) } as RequestMessage)).toMatchObject({ result: {} })
    expect(passes()).toBeLessThanOrEqual(most)
  })

  test(`are read ${most} times in a modern request`, async () => {
    const { value, passes } = watched({ ...members, ...(members && { _meta: META }) })
    const { method, params } = place(value)
    const request = { jsonrpc: '2.0' as const, id: 2, method, params: (members ? params : { ...params, _meta: META }) as Record<string, unknown> }
    expect(await serveRequest(newServer(), request, new Exchange(() => {}))).toMatchObject({ result: {} })
    expect(passes()).toBeLessThanOrEqual(most)
  })
})

test('neither a message nor a null in it causes another pass over its members [case 5]', () => {
  for (const members of [{}, { params: null }, { error: null, result: {}, method: undefined }]) {
    const { value, passes } = watched({ jsonrpc: '2.0', id: 1, ...('result' in members ? { error: null, result: {} } : { method: 'ping', ...members }) })
    expect(parseMessage(value)).toMatchObject({ jsonrpc: '2.0', id: 1 })
    expect(passes()).toBe(0)
  }
})

test.each<[what: string, most: number, capabilities: object]>([
  ['without modes', 1, { elicitation: {} }],
  ['with modes', 0, { elicitation: { form: {} }, sampling: {} }],
  ['without any that Gangway knows', 0, {}],
])('capabilities of a modern request, %s, are read %i times [case 5]', async (_what, most, capabilities) => {
  const { value, passes } = watched(capabilities)
  const params = { _meta: { ...META, 'io.modelcontextprotocol/clientCapabilities': value } }
  expect(await serveRequest(newServer(), { jsonrpc: '2.0', id: 2, method: 'tools/list', params }, new Exchange(() => {}))).toMatchObject({ result: {} })
  expect(passes()).toBe(most)
})

test('more responses than handlers can have requested are rejected [case 5]', async () => {
  const inputResponses = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`k${index}`, {}]))
  expect(await serveRequest(newServer(), { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'none', inputResponses, _meta: META } }, new Exchange(() => {}))).toMatchObject({ error: { code: -32602, message: expect.stringContaining('1000') } })
})

test('measuring the depth of a text reads no value of it [case 5]', () => {
  const parse = JSON.parse.bind(JSON)
  const { value, passes } = watched()
  vi.spyOn(JSON, 'parse').mockImplementation((text: string) => ({ ...(parse(text) as object), value }))
  parseJson(`{"a":[${'[],'.repeat(1000)}[]]}`)
  expect(passes()).toBe(0)
})

test('200 embeddings of 1,536 numbers pass, also with raw JSON Schema [case 5]', async () => {
  const server = newServer().tool('embed', { input: { type: 'object', properties: { rows: { type: 'array', items: { type: 'array', items: { type: 'number' } } } } } }, () => 'stored')
  const rows = Array.from({ length: 200 }, () => Array.from({ length: 1536 }, (_, index) => index / 1536))
  expect(await serveRequest(server, { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'embed', arguments: { rows }, _meta: META } }, new Exchange(() => {}))).toMatchObject({ result: { content: [{ text: 'stored' }] } })
})
