/** `authenticate`: who is asking, asked before anything else, and what belongs to whom. */
import { connect } from 'node:net'
import type { McpServer } from '@gangway/core'
import { HttpError, type Authenticate } from '@gangway/core/web'
import { describe, expect, test } from 'vitest'
import { exchange, send } from '../harness/http-client.ts'
import { HOST_NAMES, HOSTS, SSE_HOSTS, type HostOptions } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { join } from '../harness/sse-peer.ts'
import { CLIENT_CAPABILITIES, initializeParams, LEGACY, MODERN, requestText, type Revision } from '../harness/message.ts'
import { gate, logged, newServer, textOf } from '../harness/server.ts'

const authenticate: Authenticate = ({ header }) => {
  const [, subject] = /^Bearer (\w+)$/.exec(header('authorization') ?? '') ?? []
  if (subject === 'broken') throw new Error('The database of tokens is away')
  if (subject === 'weak') throw new HttpError(403, 'More is needed', { headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } })
  return subject === undefined ? undefined : { subject, scopes: ['read'] }
}
const as = (subject: string) => ({ authorization: `Bearer ${subject}` })

const newWhoServer = () =>
  newServer()
    .tool('who', {}, (_, { auth }) => `${auth?.subject} ${auth?.scopes}`)
    .tool('confirm', {}, async (_, { elicit }) => (await elicit('ok', 'Sure?', {})).action)

const REVISIONS: readonly Revision[] = ['2025-11-25', MODERN]

/** A peer that sends these credentials with everything. */
const openAs = (url: string, subject: string, revision: Revision): Promise<Peer> =>
  Peer.open(url, revision === MODERN ? 'modern' : 'legacy', revision, { headers: as(subject) })

describe.each(HOST_NAMES)('%s', (name) => {
  const open = (server: McpServer = newWhoServer(), options: HostOptions = {}) => HOSTS[name](server, { authenticate, ...options })

  test('an anonymous caller gets 401 with a challenge, for every method, and reaches no handler', async () => {
    const { url } = await open()
    const peer = await Peer.open(url, 'modern')
    const replies = [await peer.request(1, 'tools/list'), await exchange(url, { body: requestText(1, 'initialize', initializeParams('2025-11-25')) })]
    for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) replies.push(await exchange(url, { method }))
    for (const { status, headers, text } of replies) {
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer'])
      if (text) expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } })
    }
  })

  test('an error is 401 and a log line; an HttpError defines its own response', async () => {
    const { logger, lines } = logged('warn')
    const { url } = await open(newServer({ logger }))
    const broken = await exchange(url, { headers: as('broken'), body: '{}' })
    expect(broken).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    expect(broken.text).not.toContain('database')
    expect(lines).toMatchObject([[{ err: { message: 'The database of tokens is away' } }, 'A request could not be authenticated']])
    expect(await exchange(url, { headers: as('weak'), body: '{}' })).toMatchObject({ status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' }, messages: [{ error: { message: 'More is needed' } }] })
    expect(lines).toHaveLength(1)
  })

  test.each([
    ['subject', { scopes: [] }],
    ['subject', { subject: '', scopes: [] }],
    ['scopes', { subject: 'ada' }],
    ['scopes', { subject: 'ada', scopes: 'read readonly' }],
  ])('a caller without a valid %s is rejected and logged: %j', async (member, auth) => {
    const { logger, lines } = logged('warn')
    const { url } = await open(newServer({ logger }), { authenticate: () => auth as never })
    expect(await exchange(url, { body: '{}' })).toMatchObject({ status: 401 })
    expect(lines).toMatchObject([[{ err: { message: expect.stringContaining(member) } }, 'A request could not be authenticated']])
  })

  test('an anonymous caller gets its response before the body arrives', async () => {
    const { url } = await open()
    const { hostname, port, pathname, host } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {}) // The server may close it.
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${2 ** 26}\r\n\r\n{`)
    const [first] = (await socket.take(1).toArray()) as Buffer[]
    expect(String(first)).toMatch(/^HTTP\/1\.1 401 /)
    socket.destroy()
  })

  test.each(REVISIONS)('%s: the caller of each request reaches the handler', async (revision) => {
    const { url } = await open()
    const [ada, bob] = [await openAs(url, 'ada', revision), await openAs(url, 'bob', revision)]
    const said = await Promise.all([ada, bob, ada].map((peer, id) => peer.request(id, 'tools/call', { name: 'who' })))
    expect(said.map(({ messages }) => textOf(messages[0]?.result ?? {}))).toEqual(['ada read', 'bob read', 'ada read'])
  })

  test('the session of another principal gets 404 like an unknown one, for every method, and is not affected', async () => {
    const { url } = await open()
    const ada = await openAs(url, 'ada', '2025-11-25')
    const bob = await openAs(url, 'bob', '2025-11-25')
    const stolen = { 'mcp-session-id': ada.session }
    const events = { ...stolen, accept: 'text/event-stream' }
    const own = await bob.request(2, 'ping', {}, { 'mcp-session-id': '3f1c5a52-0000-4000-8000-000000000000' })
    for (const reply of [await bob.request(2, 'ping', {}, stolen), await bob.send('GET', events), await bob.send('GET', { ...events, 'last-event-id': '1_0' }), await bob.send('DELETE', stolen)]) {
      expect(reply).toMatchObject({ status: 404, messages: [{ error: { ...own.messages[0]?.error, data: { reason: 'session_unknown' } } }] })
    }
    expect(await bob.post(requestText(3, 'initialize', initializeParams('2025-11-25')), stolen)).toMatchObject({ status: 200 })
    expect(await ada.request(2, 'ping')).toMatchObject({ status: 200 })
    expect(await ada.send('DELETE')).toMatchObject({ status: 204 })
    expect(await bob.request(4, 'ping', {}, stolen)).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_unknown' } } }] })
    expect(await ada.request(4, 'ping')).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_ended' } } }] })
  })

  test('a session is not a credential', async () => {
    const { url } = await open()
    const ada = await openAs(url, 'ada', '2025-11-25')
    expect(await ada.request(2, 'ping', {}, { authorization: undefined })).toMatchObject({ status: 401 })
  })

  test('state that a client carries is useless to another principal', async () => {
    const { url } = await open()
    const [ada, bob] = [await openAs(url, 'ada', MODERN), await openAs(url, 'bob', MODERN)]
    const meta = { [CLIENT_CAPABILITIES]: { elicitation: {} } }
    const asked = await ada.post(ada.text(1, 'tools/call', { name: 'confirm' }, meta))
    const again = { name: 'confirm', requestState: asked.messages[0]?.result?.requestState, inputResponses: { ok: { action: 'decline' } } }
    expect(again.requestState).toEqual(expect.any(String))
    expect(await bob.post(bob.text(2, 'tools/call', again, meta))).toMatchObject({ messages: [{ id: 2, error: { code: -32602 } }] })
    expect(await ada.post(ada.text(2, 'tools/call', again, meta))).toMatchObject({ messages: [{ result: { content: [{ text: 'decline' }] } }] })
  })

  test('a preflight needs no credentials', async () => {
    const { url } = await open(newServer(), { allowedOrigins: ['https://app.example'] })
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
    expect(await exchange(url, { method: 'OPTIONS', headers })).toMatchObject({ status: 204, headers: { 'access-control-allow-headers': 'authorization' } })
  })

  test('a disallowed origin is rejected even with credentials', async () => {
    const { url } = await open()
    expect(await exchange(url, { headers: { ...as('ada'), origin: 'https://evil.example' }, body: '{}' })).toMatchObject({ status: 403 })
  })
})

test('probes of http() are public', async () => {
  const { base } = await HOSTS.http(newServer(), { authenticate })
  for (const path of ['/livez', '/readyz']) expect(await exchange(`${base}${path}`, { method: 'GET', headers: { host: 'probe.example' } })).toMatchObject({ status: 200 })
})

describe.each(Object.keys(SSE_HOSTS) as (keyof typeof SSE_HOSTS)[])('%s', (name) => {
  const open = () => SSE_HOSTS[name](newWhoServer(), { authenticate })

  test('an anonymous caller gets 401 at both URLs', async () => {
    const { url, base } = await open()
    for (const reply of [await exchange(url, { method: 'GET' }), await exchange(`${base}/messages?sessionId=x`, { headers: { 'content-type': 'application/json' }, body: '{}' })]) {
      expect(reply).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' }, messages: [{ error: { code: -32600 } }] })
    }
  })

  test.each(LEGACY)('%s: the caller reaches the handler, and nobody else can post', async (revision) => {
    const { url } = await open()
    const ada = await join(url, as('ada'))
    const initialize = requestText(1, 'initialize', initializeParams(revision))
    expect(await ada.post(initialize, as('bob'))).toMatchObject({ status: 404, messages: [{ error: { data: { reason: 'session_unknown' } } }] })
    expect(await ada.post(initialize)).toMatchObject({ status: 401 })
    expect(await ada.ask(1, initialize, as('ada'))).toMatchObject({ result: { protocolVersion: revision } })
    const said = await ada.ask(2, requestText(2, 'tools/call', { name: 'who' }), as('ada'))
    expect(textOf(said.result ?? {})).toBe('ada read')
  })
})

describe('sse 2024-11-05', () => {
  test('the message URL is useless to another principal [E5]', async () => {
    const { url } = await SSE_HOSTS.sse(newWhoServer(), { authenticate })
    const ada = await join(url, as('ada'))
    expect(await ada.post(requestText(1, 'ping'), as('bob'))).toMatchObject({ status: 404 })
    expect(await ada.ask(1, requestText(1, 'ping'), as('ada'))).toMatchObject({ result: {} })
  })
})

describe('http 2025-11-25', () => {
  test('a session belongs to its principal, and does not authenticate [A11]', async () => {
    const { url } = await HOSTS.http(newWhoServer(), { authenticate })
    const ada = await openAs(url, 'ada', '2025-11-25')
    expect(await ada.request(2, 'ping', {}, as('bob'))).toMatchObject({ status: 404 })
    expect(await ada.request(2, 'ping', {}, { authorization: undefined })).toMatchObject({ status: 401 })
    expect(await ada.request(2, 'ping')).toMatchObject({ status: 200 })
  })

  test('renewed credentials belong to their request', async () => {
    const [asked, release] = [gate(), gate()]
    const seen: unknown[] = []
    const server = newServer().tool('who', {}, async (_, { auth }) => {
      asked.open()
      await release
      seen.push(auth?.scopes)
      return 'ok'
    })
    let scopes = ['old']
    const { url } = await HOSTS.http(server, { authenticate: () => ({ subject: 'ada', scopes }) })
    const peer = await Peer.open(url, 'legacy')
    const first = peer.request(1, 'tools/call', { name: 'who' })
    await asked
    scopes = ['new']
    const second = peer.request(2, 'tools/call', { name: 'who' })
    await peer.request(3, 'ping')
    release.open()
    await Promise.all([first, second])
    expect(seen).toEqual([['old'], ['new']])
  })
})

test('sse: renewed credentials belong to their message', async () => {
  let scopes = ['old']
  const server = newServer().tool('who', {}, (_, { auth }) => String(auth?.scopes))
  const { url } = await SSE_HOSTS.sse(server, { authenticate: () => ({ subject: 'ada', scopes }) })
  const client = await join(url)
  await client.ask(1, requestText(1, 'initialize', initializeParams('2024-11-05')))
  scopes = ['new']
  expect(textOf((await client.ask(2, requestText(2, 'tools/call', { name: 'who' }))).result ?? {})).toBe('new')
  expect((await send(url, { method: 'HEAD' })).statusCode).toBe(404) // It would open a stream that nobody reads.
})
