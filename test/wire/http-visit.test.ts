/** A person opens an endpoint in a browser: a page says what it is. MCP clients never get it. */
import { describe, expect, test } from 'vitest'
import type { McpServer } from '@gangway/core'
import { exchange, send } from '../harness/http-client.ts'
import { HOST_NAMES, HOSTS, SSE_HOSTS } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { newServer } from '../harness/server.ts'
import { join } from '../harness/sse-peer.ts'

/** What Chromium sends. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8' }
const visit = (url: string, headers: Record<string, string> = {}) => exchange(url, { method: 'GET', headers: { ...BROWSER, ...headers } })

const authenticate = ({ header }: { header(name: string): string | undefined }) => (header('x-user') === undefined ? undefined : { subject: 'ada', scopes: [] })
const newSecret = (): McpServer =>
  newServer({ instructions: 'secret <b>' })
    .tool('secret', {}, () => 'x')
    .route({ method: 'GET', path: '/required', auth: 'required' }, () => new Response('secret'))

type Open = (options?: { authenticate?: typeof authenticate }) => Promise<{ url: string; base: string }>
const HOSTS_OF_ALL: [string, Open][] = [
  ...HOST_NAMES.map((name): [string, Open] => [name, (options) => HOSTS[name](newSecret(), options)]),
  ...(Object.keys(SSE_HOSTS) as (keyof typeof SSE_HOSTS)[]).map((name): [string, Open] => [name, (options) => SSE_HOSTS[name](newSecret(), options)]),
]

describe.each(HOSTS_OF_ALL)('[case 43] %s', (_, open) => {
  test.each([['without authentication', undefined], ['with authentication', authenticate]])('a browser gets a page that explains the URL, %s', async (_auth, authenticates) => {
    const { url } = await open(authenticates && { authenticate: authenticates })
    const { status, headers, text } = await visit(url)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': expect.stringContaining("default-src 'none'"), 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    expect(text).toMatch(/MCP endpoint.*MCP client/s)
    expect(text).not.toMatch(/<script|secret|127\.0\.0\.1/)
  })

  test('no page for another host name or from another origin', async () => {
    const { url } = await open()
    expect(await visit(url, { host: 'evil.example' })).toMatchObject({ status: 403 })
    expect(await visit(url, { origin: 'http://evil.example' })).toMatchObject({ status: 403 })
  })

  test('no other response without authentication', async () => {
    const { url, base } = await open({ authenticate })
    expect(await visit(`${base}/required`)).toMatchObject({ status: 401 })
    expect(await exchange(url, { method: 'GET', headers: { accept: 'text/event-stream' } })).toMatchObject({ status: 401 })
    expect(await exchange(url, { method: 'GET', headers: { accept: 'text/html, text/event-stream' } })).toMatchObject({ status: 401 })
    expect((await exchange(url, { method: 'POST', headers: { ...BROWSER, 'content-type': 'application/json' }, body: '{}' })).status).toBeGreaterThanOrEqual(401)
  })
})

test.each(HOST_NAMES)("[case 43] %s: a session's GET is a stream, whatever else the client accepts", async (name) => {
  const { url } = await HOSTS[name](newSecret())
  const peer = await Peer.open(url, 'legacy')
  for (const accept of ['text/event-stream', 'text/html, text/event-stream', BROWSER.accept]) {
    const reply = await send(url, { method: 'GET', headers: { accept, 'mcp-session-id': peer.session } })
    reply.on('error', () => {})
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'text/event-stream'])
    reply.destroy()
  }
})

test.each(Object.keys(SSE_HOSTS) as (keyof typeof SSE_HOSTS)[])('[case 43] %s: clients that accept anything get a stream', async (name) => {
  const { url } = await SSE_HOSTS[name](newSecret())
  for (const accept of ['text/event-stream', '*/*', 'text/html, text/event-stream']) expect((await join(url, { accept })).endpoint).toContain('sessionId=')
})
