/** Host and Origin over HTTP and SSE: a page of elsewhere reaches nothing, whatever it sends. */
import { describe, expect, test } from 'vitest'
import { sse } from '@gangway/transport-sse'
import { exchange } from '../harness/http-client.ts'
import { HOSTS, SSE_HOSTS } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { openHttp } from '../harness/http.ts'
import { closing } from '../harness/index.ts'
import { modernText } from '../harness/message.ts'
import { RawClient, rawRequest } from '../harness/raw-http.ts'
import { newServer } from '../harness/server.ts'

const server = newServer().tool('t', {}, () => 'ok')
type Options = Parameters<typeof openHttp>[1]

/** The statuses that POST, GET and DELETE get with these headers, and whether each refusal was JSON-RPC. */
async function statuses(options: Options, headers: Record<string, string>): Promise<number[]> {
  const { url } = closing(await openHttp(server, options))
  const resolved = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', new URL(url).port)]))
  const peer = await Peer.open(url, 'modern')
  const replies = [
    await peer.request(1, 'tools/list', {}, resolved),
    await exchange(url, { method: 'GET', headers: { accept: 'text/event-stream', ...resolved } }),
    await exchange(url, { method: 'DELETE', headers: resolved }),
    await exchange(url, { method: 'PUT', headers: resolved }),
  ]
  for (const { status, messages } of replies) if (status === 403) expect(messages).toMatchObject([{ jsonrpc: '2.0', error: { code: -32600 } }])
  return replies.map(({ status }) => status)
}

const SERVED = [200, 400, 400, 405] // GET and DELETE name no session.
const REFUSED = [403, 403, 403, 403]

describe('on loopback', () => {
  test.each([
    'localhost',
    'LOCALHOST:PORT',
    '127.0.0.1:PORT',
    '127.0.0.1',
    '127.9.9.9:1',
    '[::1]:PORT',
    '[::1]',
  ])('Host: %s is served', async (host) => {
    expect(await statuses({}, { host })).toEqual(SERVED)
  })

  test.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example',
    'evil.example#localhost',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '0.0.0.0:PORT',
    '[::2]:PORT',
    'localhost:PORT:1',
    'localhost/evil.example',
    'evil.example@localhost',
    'a b',
  ])('Host: %s is 403', async (host) => {
    expect(await statuses({}, { host })).toEqual(REFUSED)
  })

  test.each([
    'http://127.0.0.1:PORT',
    'http://localhost:PORT',
    'http://localhost:5173',
    'https://localhost',
    'http://[::1]:PORT',
    'HTTP://LOCALHOST:1',
  ])('Origin: %s is served [H2] [H30]', async (origin) => {
    expect(await statuses({}, { origin })).toEqual(SERVED)
  })

  test.each(['http://evil.example', 'https://evil.example:PORT', 'http://localhost.evil.example', 'null', '', 'file://', 'localhost', 'http://10.0.0.1:PORT', 'http://localhost@evil.example', 'http://evil.example@localhost', 'javascript://localhost', 'chrome-extension://localhost', 'chrome-extension://abc'])(
    'Origin: %s is 403 [H2] [H30]',
    async (origin) => {
      expect(await statuses({}, { origin })).toEqual(REFUSED)
    },
  )
})

describe('with allowed hosts', () => {
  const allowedHosts = ['api.example.com', 'other.example:8443', '127.0.0.1']

  test.each(['api.example.com', 'API.example.com:1', 'other.example:8443', '127.0.0.1:PORT'])('Host: %s is served', async (host) => {
    expect(await statuses({ allowedHosts }, { host })).toEqual(SERVED)
  })

  test.each(['localhost', 'example.com', 'api.example.com.evil.example', 'other.example', 'other.example:1', 'evil.example'])('Host: %s is 403', async (host) => {
    expect(await statuses({ allowedHosts }, { host })).toEqual(REFUSED)
  })

  test('only pages of these hosts can call', async () => {
    expect(await statuses({ allowedHosts }, { host: 'api.example.com', origin: 'https://api.example.com' })).toEqual(SERVED)
    expect(await statuses({ allowedHosts }, { host: 'api.example.com', origin: 'https://evil.example' })).toEqual(REFUSED)
  })
})

describe('with allowed origins', () => {
  const allowedOrigins = ['https://app.example.com']

  test.each(['https://app.example.com', 'https://APP.example.com'])('Origin: %s is served', async (origin) => {
    expect(await statuses({ allowedOrigins }, { origin })).toEqual(SERVED)
  })

  test.each(['http://app.example.com', 'https://app.example.com:8443', 'https://app.example.com.evil.example', 'http://localhost:1', 'null'])('Origin: %s is 403', async (origin) => {
    expect(await statuses({ allowedOrigins }, { origin })).toEqual(REFUSED)
  })

  test('a request without Origin is served', async () => {
    expect(await statuses({ allowedOrigins }, {})).toEqual(SERVED)
  })
})

describe("with 'any'", () => {
  test('any host is served, and a page can call the host that served it', async () => {
    expect(await statuses({ allowedHosts: 'any' }, { host: 'whatever.example' })).toEqual(SERVED)
    expect(await statuses({ allowedHosts: 'any' }, { host: 'whatever.example:1', origin: 'http://whatever.example:1' })).toEqual(SERVED)
    expect(await statuses({ allowedHosts: 'any' }, { host: 'whatever.example', origin: 'http://evil.example' })).toEqual(REFUSED)
  })

  test('any origin is served, on allowed hosts', async () => {
    expect(await statuses({ allowedOrigins: 'any' }, { origin: 'http://evil.example' })).toEqual(SERVED)
    expect(await statuses({ allowedOrigins: 'any' }, { origin: 'null' })).toEqual(SERVED)
    expect(await statuses({ allowedOrigins: 'any' }, { host: 'evil.example' })).toEqual(REFUSED)
  })
})

test('a disallowed page is rejected before its body is read', async () => {
  const { url } = closing(await openHttp(server, { bodyLimit: 1000 }))
  const headers = { origin: 'http://evil.example', 'content-type': 'application/json' }
  expect(await exchange(url, { headers, body: '{' })).toMatchObject({ status: 403 })
  expect(await exchange(url, { headers, body: 'x'.repeat(2000) })).toMatchObject({ status: 403 })
  expect(await exchange(url, { headers: { ...headers, 'content-type': 'text/plain' }, body: '{}' })).toMatchObject({ status: 403 })
})

describe('sse 2024-11-05', () => {
  test('both endpoints of SSE are protected [E1]', async () => {
    const running = closing(await sse({ host: '127.0.0.1', port: 0, path: '/sse' }).serve(server))
    const stream = running.url ?? ''
    const messages = new URL('/messages?sessionId=x', stream).href
    for (const headers of [{ origin: 'http://evil.example' }, { host: 'evil.example' }, { origin: 'null' }]) {
      expect(await exchange(stream, { method: 'GET', headers })).toMatchObject({ status: 403, messages: [{ error: { code: -32600 } }] })
      expect(await exchange(messages, { headers: { ...headers, 'content-type': 'application/json' }, body: '{}' })).toMatchObject({ status: 403, messages: [{ error: { code: -32600 } }] })
    }
  })
})

const TWO_HOSTS: readonly (readonly string[])[] = [['127.0.0.1', 'evil.example'], ['evil.example', '127.0.0.1'], ['127.0.0.1', '127.0.0.1']]

/** Behind `fetchHandler`, the host of the handler sees the headers. */
describe.each([...Object.entries(HOSTS).filter(([name]) => name !== 'fetch'), ...Object.entries(SSE_HOSTS)] as const)('%s', (name, open) => {
  const request = name.startsWith('sse') ? { method: 'GET' } : { body: modernText(1, 'tools/list') }

  test.each(TWO_HOSTS)('two Host headers, %s and %s, are 400', async (...host) => {
    const { url } = await open(newServer())
    const client = await RawClient.open(url)
    client.write(rawRequest(url, { ...request, headers: { host, 'content-type': 'application/json', accept: 'application/json, text/event-stream' } }))
    expect(await client.until('"error"')).toMatch(/^HTTP\/1\.1 400 [^]*-32600/)
  })
})
