/** Requests that no honest client sends, on every HTTP door of a real process: each is refused in words, and the next one is served. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHILD_DOORS, spawnHttp, startHttp, type ChildDoor, type HttpChild } from '../harness/http-child.ts'
import { Peer } from '../harness/http-peer.ts'
import { RawClient, rawRequest, type RawRequest } from '../harness/raw-http.ts'

const TWO_HOSTS: [string, Record<string, unknown>, number][] = [
  ['two Hosts', { host: ['127.0.0.1', 'evil.example'] }, 400],
  ['two Hosts, the evil one first', { host: ['evil.example', '127.0.0.1'] }, 400],
  ['the same Host twice', { host: ['127.0.0.1', '127.0.0.1'] }, 400],
]
const LONG = { timeout: 20_000 }

/** Where messages are posted, and a message that is served there, or at least understood. */
async function open(door: ChildDoor, child: HttpChild) {
  const url = door === 'sse' ? new URL('/messages?sessionId=x', child.url).href : child.url
  const path = new URL(url).pathname + new URL(url).search
  const peer = await Peer.open(url, 'modern')
  const body = peer.text(1, 'tools/call', { name: 'pid' })
  const headers = peer.headers(body)
  const client = await RawClient.open(url)
  const text = (changes: RawRequest = {}): string => rawRequest(url, { path, body, ...changes, headers: { ...headers, ...changes.headers } })
  return { child, client, text, headers, url, served: door === 'sse' ? 404 : 200 }
}

describe.each(CHILD_DOORS)('%s', LONG, (door) => {
  let child: HttpChild
  beforeAll(async () => void (child = await spawnHttp(door)))
  afterAll(() => child.close())

  test('a rejected body does not affect the next request on the connection', async () => {
    const { client, text, served } = await open(door, child)
    // Behind /fetch, it is for the host to drop what is not read of a body.
    client.write(text({ body: '{' }), text({ headers: { origin: 'http://evil.example' }, body: 'x'.repeat(door === 'fetch' ? 5 : 5_000_000) }), text({ headers: { 'content-type': 'text/plain' } }))
    client.write(text({ headers: { 'x-last': 'yes' } }))
    const statuses = () => [...client.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
    await expect.poll(statuses, { timeout: 10_000 }).toHaveLength(4)
    expect(statuses().slice(1)).toEqual([403, 415, served])
  })

  test.each(['content-length', 'chunks'])('64 MiB by %s: 413 at once, and a connection that stays silent is closed', async (kind) => {
    const { client, text, headers, url } = await open(door, child)
    if (kind === 'content-length') client.write(text({ body: '', headers: { 'content-length': 2 ** 26 } }))
    else client.write(rawRequest(url, { headers: { ...headers, 'transfer-encoding': 'chunked' } }), `4000000\r\n${'x'.repeat(5_000_000)}`)
    expect(await client.until('"error"')).toMatch(/^HTTP\/1\.1 413/)
    if (door !== 'fetch') await client.closed // Behind /fetch, the host has the connections.
  })

  test('a body that breaks off: no handler runs, no error is logged, and others are served', async () => {
    const own = await startHttp(door)
    const { client, text, served } = await open(door, own)
    client.write(text(), text({ headers: { 'content-length': 100_000 } }))
    await client.until('\r\n\r\n') // The first one is answered, so the second one has begun.
    await client.close()
    const other = await RawClient.open(own.url)
    other.write(text())
    expect(await other.until('\r\n\r\n')).toMatch(new RegExp(`^HTTP/1\\.1 ${served}`))
    own.process.kill('SIGTERM')
    await own.ended
    expect(await own.stderr).not.toContain('"level":"error"')
  })

  test('HTTP/1.0 is served, and the connection closes after the response; without a Host it is rejected', async () => {
    const { client, text, served } = await open(door, child)
    client.write(text().replace('HTTP/1.1', 'HTTP/1.0'))
    await client.closed
    expect(client.received).toMatch(new RegExp(`^HTTP/1\\.1 ${served}`))
    const nameless = await RawClient.open(child.url)
    nameless.write(text({ headers: { host: undefined } }).replace('HTTP/1.1', 'HTTP/1.0'))
    await nameless.closed
    expect(nameless.received).toMatch(/^HTTP\/1\.1 403/)
  })

  test.each([
    ['no Host', { host: undefined }, 400],
    ...(door === 'fetch' ? [] : TWO_HOSTS), // Behind /fetch, the host has chosen one already.
    ['a Host with bytes beyond ASCII', { host: 'caf\u00e9' }, 403],
    ['an Origin with bytes beyond ASCII', { origin: 'http://caf\u00e9' }, 403],
    ['a length and chunks', { 'transfer-encoding': 'chunked' }, 400],
    ['two lengths', { 'content-length': ['5', '6'] }, 400],
    ['headers of 70 kB', { 'x-large': 'x'.repeat(70_000) }, 431],
  ] as [string, Record<string, unknown>, number][])('%s', async (_, headers, status) => {
    const { client, text, served } = await open(door, child)
    client.write(text({ headers }))
    expect(await client.until('\r\n\r\n')).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`))
    const other = await RawClient.open(child.url)
    other.write(text({ headers: { 'x-other': 'caf\u00e9' } }))
    expect(await other.until('\r\n\r\n')).toMatch(new RegExp(`^HTTP/1\\.1 ${served}`))
  })

  test('a request that is not HTTP is 400, and closes the connection', async () => {
    const { client } = await open(door, child)
    client.write('\u0000\u0001 hello\r\n\r\n')
    await client.closed
    expect(client.received).toMatch(/^HTTP\/1\.1 400/)
  })
})

describe.each(['http', 'sse'] as const)('%s', LONG, (door) => {
  test.each([
    ['its headers', (text: string) => text.slice(0, 30)],
    ['its body', (text: string) => text.slice(0, -5)],
  ])('a client that sends %s slowly is disconnected', async (_, part) => {
    const child = await startHttp(door, { fastify: { requestTimeout: 200, http: { headersTimeout: 100, connectionsCheckingInterval: 50 } } })
    const { client, text, served } = await open(door, child)
    client.write(part(text()))
    await client.closed
    expect(client.received).toMatch(/^(HTTP\/1\.1 408|$)/)
    const other = await RawClient.open(child.url)
    other.write(text())
    expect(await other.until('\r\n\r\n')).toMatch(new RegExp(`^HTTP/1\\.1 ${served}`))
  })
})

describe.each(['http', 'plugin', 'node', 'fetch'] as const)('%s', LONG, (door) => {
  test('a session id that is forged, ended or expired, or an event of another session', async () => {
    const child = await startHttp(door, { sessionIdleTimeout: 1000 })
    const [ended, expired, one, two] = await Promise.all(Array.from({ length: 4 }, () => Peer.open(child.url, 'legacy'))) as [Peer, Peer, Peer, Peer]
    expect(await ended.send('DELETE')).toMatchObject({ status: 204 })
    const reasonFor = async (session: string): Promise<unknown> => {
      const reply = await ended.request(1, 'tools/list', {}, { 'mcp-session-id': session })
      expect(reply.status).toBe(404)
      return reply.messages[0]?.error?.data?.reason
    }
    expect(await reasonFor(ended.session)).toBe('session_ended')
    for (const session of [one.session.toUpperCase(), `${one.session}x`, '../x', '__proto__', 'x'.repeat(5000), '']) expect(await reasonFor(session)).toBe('session_unknown')

    const said = await one.request(2, 'tools/call', { name: 'log' })
    const [, event = ''] = /^id: (.+)$/m.exec(said.text) ?? []
    expect(event).not.toBe('')
    expect(await two.send('GET', { accept: 'text/event-stream', 'last-event-id': event })).toMatchObject({ status: 400, messages: [{ error: { data: { reason: 'events_lost' } } }] })

    await expect.poll(() => child.ask('stats'), { timeout: 10_000 }).toMatchObject({ sessions: 0 })
    expect(await reasonFor(expired.session)).toBe('session_expired')
  })
})
