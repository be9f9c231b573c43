/** Several servers in one application: each says for itself who issues its tokens. */
import { bearer } from '@gangway/auth'
import type { McpServer } from '@gangway/core'
import { mcpHttp } from '@gangway/transport-http'
import { mcpSse } from '@gangway/transport-sse'
import { expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { newServer } from '../harness/server.ts'
import { inApplication } from './hosts.ts'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const authenticate = (audience: string) => bearer({ issuer: 'https://id.example.com', audience, keys: { keys: [] } })
const newNamed = (name: string): McpServer => newServer({ name })
const documentAt = async (url: string): Promise<unknown> => {
  const { status, text } = await exchange(url, { method: 'GET' })
  return status === 200 ? JSON.parse(text).resource : status
}

test('serves metadata for each mounted path, and for the first one also at the root [A3] [A4]', async () => {
  const [orders, users, old] = ['https://api.example.com/orders/mcp', 'https://api.example.com/users/mcp', 'https://api.example.com/users/sse']
  const origin = await inApplication(async (app) => {
    app.get(`${WELL_KNOWN}/mine`, () => ({ resource: 'mine' }))
    await app.register(async (scope: typeof app) => void (await scope.register(mcpHttp, { server: newNamed('orders'), authenticate: authenticate(orders), prefix: '/deep' })), { prefix: '/inner' })
    await app.register(mcpHttp, { server: newNamed('users'), authenticate: authenticate(users), prefix: '/users' })
    await app.register(mcpSse, { server: newNamed('old'), authenticate: authenticate(old), prefix: '/users' })
    await app.register(mcpHttp, { server: newNamed('mine'), authenticate: authenticate('https://api.example.com/mine'), prefix: '/mine' })
  }, '')
  expect(await documentAt(`${origin}${WELL_KNOWN}/orders/mcp`)).toBe(orders)
  expect(await documentAt(`${origin}${WELL_KNOWN}/users/mcp`)).toBe(users)
  expect(await documentAt(`${origin}${WELL_KNOWN}/users/sse`)).toBe(old)
  expect(await documentAt(`${origin}${WELL_KNOWN}/mine`)).toBe('mine') // The application's own stays.
  expect(await documentAt(`${origin}${WELL_KNOWN}`)).toBe(orders)
  for (const path of ['/inner/deep/mcp', '/users', '/inner/deep', '/orders']) expect(await documentAt(`${origin}${WELL_KNOWN}${path}`)).toBe(404)

  const challengeAt = async (path: string, method = 'POST') => (await exchange(`${origin}${path}`, { method, headers: { accept: 'text/event-stream' } })).headers['www-authenticate']
  expect(await challengeAt('/inner/deep/mcp')).toBe(`Bearer resource_metadata="https://api.example.com${WELL_KNOWN}/orders/mcp"`)
  expect(await challengeAt('/users/mcp')).toBe(`Bearer resource_metadata="https://api.example.com${WELL_KNOWN}/users/mcp"`)
  expect(await challengeAt('/users/sse', 'GET')).toBe(`Bearer resource_metadata="https://api.example.com${WELL_KNOWN}/users/sse"`)
})

test('two transports of one server share their metadata', async () => {
  const audience = 'https://api.example.com/mcp'
  const origin = await inApplication(async (app) => {
    const server = newNamed('one')
    await app.register(mcpHttp, { server, authenticate: authenticate(audience) })
    await app.register(mcpSse, { server, authenticate: authenticate(audience) })
  }, '')
  expect(await documentAt(`${origin}${WELL_KNOWN}/mcp`)).toBe(audience)
})
