/** The endpoint inside somebody else's application: it serves there, and leaves the rest alone. */
import { McpServer } from '@gangway/core'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mcpHttp } from '../src/index.ts'

const told: string[] = []
const newServer = (name: string) =>
  new McpServer({ name, version: '1.0.0' })
    .tool('t', {}, () => name)
    .onStart(() => void told.push(`${name} starts`))
    .onClose(() => void told.push(`${name} closes`))

let app: FastifyInstance
beforeEach(() => {
  told.length = 0
  app = Fastify()
})
afterEach(() => app.close())

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }
const call = (url: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost', 'content-type': 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 't', ...headers },
    payload: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', _meta: META } }),
  })
const said = async (url: string) => (await call(url)).json().result?.content[0].text

test('is served at its path, with and without a trailing slash, below any prefix', async () => {
  await app.register(mcpHttp, { server: newServer('plain') })
  await app.register(mcpHttp, { server: newServer('deep'), path: '/tools/', prefix: '/api' })
  await app.register(mcpHttp, { server: newServer('root'), path: '/', prefix: '/only' })
  expect(await Promise.all(['/mcp', '/mcp/', '/api/tools', '/api/tools/', '/only', '/only/'].map(said))).toEqual(['plain', 'plain', 'deep', 'deep', 'root', 'root'])
})

test('rejects a path that would run into the prefix', async () => {
  await expect(app.register(mcpHttp, { server: newServer('mcp'), prefix: '/api', path: 'mcp' })).rejects.toMatchObject({ code: 'GANGWAY_E_USAGE', message: 'path must start with /: "/mcp", not "mcp"' })
})

test('leaves the parsers, errors and checks of the application alone', async () => {
  await app.register(mcpHttp, { server: newServer('mcp') })
  app.post('/own', async ({ body }) => body)
  app.get('/fails', async () => {
    throw new Error('mine')
  })
  const own = (payload: string) => app.inject({ method: 'POST', url: '/own', headers: { host: 'evil.example', origin: 'http://evil.example', 'content-type': 'application/json' }, payload })
  expect((await own('{"a":1}')).json()).toEqual({ a: 1 })
  expect((await own('{')).json()).toMatchObject({ statusCode: 400, error: 'Bad Request' })
  expect((await app.inject({ url: '/fails' })).json()).toMatchObject({ statusCode: 500, message: 'mine' })
  expect((await call('/mcp', { host: 'evil.example' })).statusCode).toBe(403)
})

test('runs the hooks of the application, which can reject a request', async () => {
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (headers.authorization !== 'Bearer yes') await reply.code(401).send({ error: 'who are you?' })
  })
  await app.register(mcpHttp, { server: newServer('mcp') })
  expect((await call('/mcp')).statusCode).toBe(401)
  expect((await call('/mcp', { authorization: 'Bearer yes' })).statusCode).toBe(200)
})

test('starts and stops with the application', async () => {
  await app.register(mcpHttp, { server: newServer('mcp') })
  expect(told).toEqual([])
  await app.ready()
  expect(told).toEqual(['mcp starts'])
  await app.close()
  expect(told).toEqual(['mcp starts', 'mcp closes'])
})

test('a server that fails to start prevents the start of the application', async () => {
  await app.register(mcpHttp, { server: newServer('mcp').onStart(() => Promise.reject(new Error('no database'))) })
  await expect(app.ready()).rejects.toThrow('no database')
})

test('the same server can be mounted twice', async () => {
  const server = newServer('mcp')
  await app.register(mcpHttp, { server, path: '/a' })
  await app.register(mcpHttp, { server, path: '/b' })
  for (const url of ['/a', '/b']) expect((await call(url)).statusCode).toBe(200)
  await app.close()
  expect(told).toEqual(['mcp starts', 'mcp closes'])
})
