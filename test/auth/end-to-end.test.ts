/** A real authorization server, the official client, and our server between them: they find each other, and stay together. */
import { createServer } from 'node:http'
import { bearer, introspection } from '@gangway/auth'
import type { McpServer } from '@gangway/core'
import type { Authenticate } from '@gangway/core/web'
import { nodeHandler, type NodeHandler } from '@gangway/transport-http/node'
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { closing } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'
import { LIFETIME, startAuthorizationServer, type AuthorizationServer, type AuthorizationServerOptions } from './authorization-server.ts'
import { listen } from './hosts.ts'
import { newUser, type User } from './user.ts'

// The clock is all that is not real: nobody wants to wait for a token to expire.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())
const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000)

const newTarget = (): McpServer =>
  newServer()
    .tool('who', {}, (_, { auth }) => `${auth?.subject} ${auth?.scopes.join(' ')}`)
    .tool('write', { scopes: ['orders:write'] }, (_, { auth }) => `written by ${auth?.subject}`) as unknown as McpServer

interface Setting {
  issuer: AuthorizationServer
  user: User
  /** The text of the answer. Where the user has to agree to something, that is done, and the call repeated. */
  call(name: string): Promise<unknown>
}

async function meet(pin: '2026-07-28' | '2025-11-25', { format, introspector }: Pick<AuthorizationServerOptions, 'format' | 'introspector'>, authenticate: (issuer: string, audience: string) => Authenticate): Promise<Setting> {
  let handler: NodeHandler | undefined // Comes when it is known where it is.
  const url = `${await listen(createServer((request, response) => void handler?.(request, response)), async () => handler?.close())}/mcp`
  const issuer = closing(await startAuthorizationServer({ resource: url, format, ...(introspector && { introspector }) }))
  handler = nodeHandler(newTarget(), { authenticate: authenticate(issuer.url, url) })

  const user = newUser()
  const connect = async (): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> => {
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: user })
    const client = new Client({ name: 'suite', version: '1.0.0' }, { versionNegotiation: { mode: pin === '2026-07-28' ? { pin } : 'legacy' } })
    closing(client)
    try {
      await client.connect(transport)
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error
      await transport.finishAuth(user.answer())
      return connect()
    }
    return { client, transport }
  }
  const { client, transport } = await connect()
  const call = async (name: string): Promise<unknown> => {
    try {
      const { content } = await client.callTool({ name })
      return (content as { text?: string }[])[0]?.text
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error
      await transport.finishAuth(user.answer())
      return call(name)
    }
  }
  return { issuer, user, call }
}

const jwt = (issuer: string, audience: string): Authenticate => bearer({ issuer, audience, scopes: ['mcp'], scopesSupported: ['mcp', 'orders:write'] })
const count = (requests: readonly string[], one: string): number => requests.filter((request) => request === one).length

describe.each(['2026-07-28', '2025-11-25'] as const)('http %s', (pin) => {
  test('discovers, registers, authorizes, calls, steps up, and calls again [A1] [A2] [A3] [A4] [A7]', async () => {
    const { issuer, user, call } = await meet(pin, { format: 'jwt' }, jwt)
    expect(await call('who')).toBe('ada mcp')
    expect(issuer.requests).toContain('POST /reg')
    expect(await call('write')).toBe('written by ada')
    expect(user.asked).toEqual(['mcp offline_access', 'mcp orders:write offline_access']) // Of the last one we say nothing: it is between the two of them.
    expect(await call('who')).toBe('ada mcp orders:write')
    expect(count(issuer.requests, 'POST /reg')).toBe(1)
  })

  test('refreshes a token that expires between calls, without an authorization prompt [A2]', async () => {
    const { issuer, user, call } = await meet(pin, { format: 'jwt' }, jwt)
    const before = user.known.tokens?.access_token
    expect(await call('who')).toBe('ada mcp')
    pass(LIFETIME + 1)
    expect(await call('who')).toBe('ada mcp')
    expect(user.known.tokens?.access_token).not.toBe(before)
    expect([user.asked.length, count(issuer.requests, 'POST /token')]).toEqual([1, 2])
  })

  test('fetches rotated keys again', async () => {
    const { issuer, user, call } = await meet(pin, { format: 'jwt' }, jwt)
    expect([await call('who'), count(issuer.requests, 'GET /jwks')]).toEqual(['ada mcp', 1])
    await issuer.rotate()
    pass(LIFETIME + 1)
    expect([await call('who'), count(issuer.requests, 'GET /jwks')]).toEqual(['ada mcp', 2])
    expect(user.asked).toHaveLength(1)
  })

  test('rejects a revoked token at once with introspection [A2]', async () => {
    const introspector = { clientId: 'resource', clientSecret: 'kept between the two of them' }
    const opaque = (issuer: string, audience: string): Authenticate => introspection({ issuer, audience, endpoint: `${issuer}/token/introspection`, ...introspector, scopes: ['mcp'] })
    const { issuer, user, call } = await meet(pin, { format: 'opaque', introspector }, opaque)
    expect(await call('who')).toBe('ada mcp')
    const token = user.known.tokens?.access_token ?? ''
    expect(token.split('.')).toHaveLength(1)
    const revoked = await fetch(`${issuer.url}/token/revocation`, { method: 'POST', body: new URLSearchParams({ token, client_id: user.known.clientInformation?.client_id ?? '' }) })
    expect(revoked.status).toBe(200)
    expect(await call('who')).toBe('ada mcp')
    expect(user.asked).toHaveLength(2)
    expect(user.known.tokens?.access_token).not.toBe(token)
  })
})
