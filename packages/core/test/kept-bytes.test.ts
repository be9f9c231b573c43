/** What a client makes a session keep has a bound in bytes, whatever its shape. */
import { expect, test } from 'vitest'
import type { Message, RequestMessage } from '../src/jsonrpc/message.ts'
import { MAX_CLIENT_BYTES, MAX_SUBSCRIBED_CHARACTERS, takesMoreThan } from '../src/protocol/kept-bytes.ts'
import { McpServer } from '../src/mcp-server.ts'
import { Session } from '../src/engine/session.ts'
import { isSessionRecord } from '../src/engine/session-record.ts'
import { parseEnvelope } from '../src/engine/modern-request.ts'

const server = new McpServer({ name: 'suite', version: '1.0.0' }).resource('x://{+path}', {}, () => 'x')
const handshake = (info: object, capabilities: object = {}): RequestMessage => ({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'x', version: '1', ...info } } })
const open = async (message: Message): Promise<{ session: Session; answer: unknown }> => {
  const session = new Session(server, { send: () => {} })
  return { session, answer: await session.receive(message) }
}
const refused = { error: { code: -32602, message: expect.stringMatching(/"clientInfo" and "capabilities".*16384 bytes/) } }

const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`member-${index}`, {}]))
test.each<[string, object, object]>([
  ['a long name', { title: 'x'.repeat(20_000) }, {}],
  ['many members', {}, { experimental: members(1000) }],
  ['many empty arrays', {}, { experimental: { a: Array.from({ length: 1000 }, () => []) } }],
  ['many numbers', { numbers: Array(1000).fill(1.5) }, {}],
])('[case 16] a handshake with %s is rejected, and nothing is stored', async (_, info, capabilities) => {
  const { session, answer } = await open(handshake(info, capabilities))
  expect(answer).toMatchObject(refused)
  expect(session.record).toBeUndefined()
})

test('[case 16] client info with every capability and some extensions is stored completely', async () => {
  const capabilities = { roots: { listChanged: true }, sampling: { context: {}, tools: {} }, elicitation: { form: {}, url: {} }, experimental: { a: { b: ['c', 'd'] } }, extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } }
  const info = { title: 'A client', description: 'x'.repeat(500), websiteUrl: 'https://client.example', icons: [{ src: 'https://client.example/icon.png', sizes: ['48x48'] }] }
  const { session } = await open(handshake(info, capabilities))
  expect(session.record?.client).toEqual({ info: { name: 'x', version: '1', ...info }, capabilities })
})

test('[case 16] icons that are too large are dropped', async () => {
  const { session } = await open(handshake({ icons: [{ src: `data:image/png;base64,${'A'.repeat(50_000)}` }] }))
  expect(session.record?.client.info).toEqual({ name: 'x', version: '1' })
})

test('[case 16] the URIs of one session are bounded together', async () => {
  const { session } = await open(handshake({}))
  const answers = []
  for (let id = 1; id <= 100; id++) answers.push(await session.receive({ jsonrpc: '2.0', id, method: 'resources/subscribe', params: { uri: `x://${id}/${'x'.repeat(1900)}` } }))
  const kept = session.record?.subscriptions ?? []
  expect(kept.join('').length).toBeLessThanOrEqual(MAX_SUBSCRIBED_CHARACTERS)
  expect(answers.filter((answer) => answer && 'error' in answer)).toHaveLength(100 - kept.length)
  expect(answers.at(-1)).toMatchObject({ error: { code: -32600, message: expect.stringContaining('65536') } })
})

test('[case 16] memory grows with the number of sessions and with their data, up to the bound of each', async () => {
  const kept: [number, number][] = []
  for (const length of [1000, 4000, 7000, 100_000, 1_000_000]) {
    let bytes = 0
    for (let count = 0; count < 20; count++) {
      const { session } = await open(handshake({ title: 'x'.repeat(length) }))
      const client = session.record?.client
      if (client) expect(takesMoreThan(MAX_CLIENT_BYTES, client)).toBe(false)
      bytes += JSON.stringify(client ?? '').length
    }
    kept.push([length, Math.round(bytes / 20 / 1000)])
  }
  expect(kept).toEqual([[1000, 1], [4000, 4], [7000, 7], [100_000, 0], [1_000_000, 0]])
})

test('[case 16] a stored session beyond the bounds is invalid', async () => {
  const { session } = await open(handshake({}))
  const { record } = session
  expect(isSessionRecord(record)).toBe(true)
  expect(isSessionRecord({ ...record, client: { ...record?.client, info: { name: 'x'.repeat(20_000), version: '1' } } })).toBe(false)
  expect(isSessionRecord({ ...record, subscriptions: Array(1001).fill('x') })).toBe(false)
  expect(isSessionRecord({ ...record, subscriptions: Array(100).fill('x'.repeat(1000)) })).toBe(false)
})

const modernRequest = (method: string, title: string): RequestMessage => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}, 'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1', title } } },
})

test('[case 16] the envelope of a subscription has the same bound', () => {
  expect(() => parseEnvelope(modernRequest('subscriptions/listen', 'x'.repeat(20_000)))).toThrow(/"_meta".*16384 bytes/)
  const listen = modernRequest('subscriptions/listen', 'x')
  expect(() => parseEnvelope({ ...listen, params: { ...listen.params, junk: Array.from({ length: 1000 }, () => []) } })).toThrow(/16384 bytes/)
  expect(() => parseEnvelope({ ...listen, params: { ...listen.params, notifications: { junk: 'x'.repeat(20_000) } } })).toThrow(/16384 bytes/)
  expect(() => parseEnvelope({ ...listen, id: 'x'.repeat(257) })).toThrow(/256 characters/)
  expect(parseEnvelope({ ...listen, id: 'x'.repeat(256), params: { ...listen.params, notifications: { resourceSubscriptions: Array.from({ length: 1000 }, () => 'shop://a') } } })).toBeDefined()
  expect(parseEnvelope(modernRequest('subscriptions/listen', 'x')).client.info).toMatchObject({ title: 'x' })
  expect(parseEnvelope(modernRequest('tools/list', 'x'.repeat(20_000))).client.info).toMatchObject({ name: 'x' })
})
