/** The legacy endpoints inside somebody else's application. */
import { McpServer } from '@gangway/core'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mcpSse } from '../src/index.ts'

let app: FastifyInstance
beforeEach(() => {
  app = Fastify()
})
afterEach(() => app.close())

/** Opens the stream and resolves with the address that it names. */
async function open(url: string): Promise<string> {
  const reply = await app.inject({ url, headers: { host: 'localhost', accept: 'text/event-stream' }, payloadAsStream: true })
  const [first] = await reply.stream().take(1).toArray()
  return String(first).match(/^event: endpoint\ndata: (.*)\n\n$/)?.[1] ?? ''
}

test('names a URL below the prefix of its registration', async () => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' })
  await app.register(mcpSse, { server, prefix: '/old', path: '/stream', messagesPath: '/post' })
  expect(await open('/old/stream')).toMatch(/^\/old\/post\?sessionId=[0-9a-f-]{36}$/)
})

test.each([{ path: 'sse' }, { messagesPath: 'messages' }])('%j would run into the prefix, and is rejected', async (options) => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' })
  await expect(app.register(mcpSse, { server, prefix: '/old', ...options })).rejects.toMatchObject({ code: 'GANGWAY_E_USAGE' })
})

test.each(['/sse', '/messages/'])('a route at %s, where the endpoints are, is rejected', async (path) => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' }).route({ method: 'GET', path: path.replace(/\/$/, '') }, () => new Response())
  await expect(app.register(mcpSse, { server, messagesPath: '/messages/' })).rejects.toMatchObject({ code: 'GANGWAY_E_ROUTE', message: expect.stringContaining('has the path of the MCP endpoint') })
})

test('one path for both endpoints is rejected', async () => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' })
  await expect(app.register(mcpSse, { server, path: '/mcp', messagesPath: '/mcp/' })).rejects.toMatchObject({ code: 'GANGWAY_E_USAGE', message: 'path and messagesPath are both /mcp. Change one of them' })
})

test('leaves the parsers and checks of the application alone', async () => {
  await app.register(mcpSse, { server: new McpServer({ name: 'suite', version: '1.0.0' }) })
  app.post('/own', async ({ body }) => body)
  const reply = await app.inject({ method: 'POST', url: '/own', headers: { host: 'evil.example', 'content-type': 'application/json' }, payload: '{"a":1}' })
  expect(reply.json()).toEqual({ a: 1 })
  expect((await app.inject({ url: '/sse', headers: { host: 'evil.example' } })).statusCode).toBe(403)
})

const ignore = (): void => {}

test('warns once for each client name, for at most 100 names, and cuts them', async () => {
  const warnings: { client: { name: string } }[] = []
  const logger = { debug: ignore, info: ignore, error: ignore, warn: (details: object) => void warnings.push(details as { client: { name: string } }) }
  await app.register(mcpSse, { server: new McpServer({ name: 'suite', version: '1.0.0', logger }) })
  const initialize = async (name: string): Promise<void> => {
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name, version: '1' } }
    const reply = await app.inject({ method: 'POST', url: await open('/sse'), headers: { host: 'localhost', 'content-type': 'application/json' }, payload: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }) })
    expect(reply.statusCode).toBe(202)
  }
  for (const name of ['same', 'same', 'x'.repeat(1000)]) await initialize(name)
  expect(warnings.map(({ client: { name } }) => name.length < 300)).toEqual([true, true])
  for (let n = 0; n < 110; n++) await initialize(`client ${n}`)
  expect(warnings).toHaveLength(100)
})
