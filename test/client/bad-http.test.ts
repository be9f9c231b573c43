/** Servers that are bad at HTTP: what the client says of each. */
import type { ServerResponse } from 'node:http'
import { connect, type ClientError, type ClientOptions } from '@gangway/core/client'
import { httpClient, type HttpClientOptions } from '@gangway/transport-http/client'
import { sseClient } from '@gangway/transport-sse/client'
import { describe, expect, test } from 'vitest'
import { event, events, html, json, legacyServer, modernServer, scripted, type Scripted } from './scripted-http.ts'
import { afterTest } from '../harness/cleanup.ts'
import { opened } from './ways.ts'

const failure = (promise: Promise<unknown>): Promise<ClientError> => promise.then(() => Promise.reject(new Error('It did not fail')), (error: ClientError) => error)
const connecting = (url: string, options: HttpClientOptions = {}): Promise<ClientError> => failure(connect(httpClient(url, options), { timeout: 5000 }))

describe('while connecting', () => {
  test('the connection is refused', async () => {
    const { url } = await scripted(() => {})
    const nowhere = url.replace(/:\d+/, ':1') // No server of ours may listen there.
    expect(await connecting(nowhere)).toMatchObject({ code: 'GANGWAY_E_UNREACHABLE', message: expect.stringMatching(/cannot be reached \(.*(ECONNREFUSED|bad port).*\)/) })
  })

  test('an invalid URL', () => {
    expect(() => httpClient('shop')).toThrow('"shop" is not an HTTP')
    expect(() => sseClient('file:///shop')).toThrow('"file:///shop" is not an HTTP')
  })

  test.each([[200, 'GANGWAY_E_NOT_MCP', 'answered with text/html, which is not MCP'], [404, 'GANGWAY_E_HTTP_STATUS', 'answered HTTP 404'], [500, 'GANGWAY_E_HTTP_STATUS', 'answered HTTP 500']])('a web page, with status %i', async (status, code, says) => {
    const { url } = await scripted((_, response) => html(response, status))
    const error = await connecting(url)
    expect(error).toMatchObject({ code, status, message: `${url} ${says}: "<!doctype html><title>Login</title>"` })
  })

  test('404 at the root suggests the path', async () => {
    const { url } = await scripted((_, response) => html(response, 404))
    const { origin } = new URL(url)
    expect(await connecting(origin)).toMatchObject({ code: 'GANGWAY_E_HTTP_STATUS', status: 404, message: `${origin} answered HTTP 404: "<!doctype html><title>Login</title>". Is a path such as /mcp missing?` })
  })

  test('401 from a gateway is reported, and no other attempt is made', async () => {
    const { url, methods } = await scripted((_, response) => void response.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="https://x"' }).end('{"error":"no"}'))
    expect(await connecting(url)).toMatchObject({ code: 'GANGWAY_E_HTTP_STATUS', status: 401, message: `${url} answered HTTP 401 (Bearer resource_metadata="https://x"): "{\\"error\\":\\"no\\"}"` })
    expect(methods()).toEqual(['server/discover'])
  })

  test('a connection that is cut', async () => {
    const { url } = await scripted((_, response) => response.destroy())
    expect(await connecting(url)).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining('closed the connection before') })
  })
})

describe('redirects', () => {
  test('to another server are not followed, and send it nothing', async () => {
    const other = await modernServer((_, response) => html(response))
    const { url } = await scripted((_, response) => void response.writeHead(307, { location: other.url }).end())
    expect(await connecting(url, { token: () => 'secret' })).toMatchObject({ code: 'GANGWAY_E_REDIRECT', message: `${url} redirects (HTTP 307) to "${other.url}", which is not followed. Use that URL if you trust it` })
    expect(other.asked).toEqual([])
  })

  test('that change the method are not followed', async () => {
    const { url } = await scripted((_, response) => void response.writeHead(302, { location: '/login' }).end())
    expect(await connecting(url)).toMatchObject({ code: 'GANGWAY_E_REDIRECT', message: expect.stringContaining('"/login"') })
  })

  test('in a circle end with an error', async () => {
    const { url, asked } = await scripted((_, response) => void response.writeHead(308, { location: '/mcp' }).end())
    expect(await connecting(url)).toMatchObject({ code: 'GANGWAY_E_REDIRECT' })
    expect(asked.length).toBeLessThan(10)
  })

  test('within the server are followed', async () => {
    const server = await scripted(({ path, message }, response) => {
      if (path === '/mcp') response.writeHead(307, { location: '/mcp/' }).end()
      else json(response, { id: message.id, result: { supportedVersions: ['2026-07-28'], capabilities: {} } })
    })
    const client = await opened(httpClient(server.url, { token: () => 'secret' }))
    expect(client.server.revision).toBe('2026-07-28')
    expect(server.asked.at(-1)).toMatchObject({ path: '/mcp/', headers: { authorization: 'Bearer secret' } })
  })
})

/** What becomes of a call that is answered in this way. */
type Bad = (response: ServerResponse, id: unknown) => void
const SERVERS: Readonly<Record<string, (bad: Bad) => Promise<Scripted>>> = {
  modern: (bad) => modernServer(({ message }, response) => bad(response, message.id)),
  legacy: (bad) => legacyServer(({ message }, response) => bad(response, message.id)),
}

describe.each(Object.keys(SERVERS))('during a call, %s', (era) => {
  const call = async (bad: Bad, { transport, ...options }: ClientOptions & { transport?: HttpClientOptions } = {}) => {
    const faults: ClientError[] = []
    const server = await SERVERS[era]!(bad)
    const client = await opened(httpClient(server.url, transport), { onFault: (fault) => faults.push(fault), ...options })
    return { server, client, faults, outcome: await client.callTool('x').catch((error: unknown) => error) }
  }

  test('a web page', async () => {
    expect((await call((response) => html(response))).outcome).toMatchObject({ code: 'GANGWAY_E_NOT_MCP', message: expect.stringContaining('<!doctype html>') })
  })

  test('JSON that is not a message', async () => {
    expect((await call((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":1}'))).outcome).toMatchObject({ code: 'GANGWAY_E_NOT_MCP', message: expect.stringContaining('{\\"hello\\":1}') })
  })

  test('a response to another request', async () => {
    expect((await call((response) => json(response, { id: 99, result: {} }))).outcome).toMatchObject({ code: 'GANGWAY_E_NOT_MCP', message: expect.stringContaining('responded to another request') })
  })

  test('an error without an id fails the only request in flight', async () => {
    expect((await call((response) => json(response, { id: null, error: { code: -32700, message: 'Parse error' } }, 400))).outcome).toMatchObject({ name: 'PeerError', code: -32700 })
  })

  test("[case 22] a response whose id is the request's number as a string", async () => {
    const { outcome } = await call((response, id) => json(response, { id: String(id), result: { content: [], resultType: 'complete' } }))
    expect(outcome).toMatchObject({ content: [] })
  })

  test('202 instead of a response', async () => {
    expect((await call((response) => void response.writeHead(202).end())).outcome).toMatchObject({ code: 'GANGWAY_E_NOT_MCP', message: expect.stringContaining('HTTP 202 without a response') })
  })

  test('an empty response', async () => {
    expect((await call(() => {}, { timeout: 300 })).outcome).toMatchObject({ code: 'GANGWAY_E_TIMEOUT' })
  })

  test('a connection that closes within the body', async () => {
    const { outcome } = await call((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"jsonrpc"')
      setImmediate(() => response.destroy())
    })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining('in the middle') })
  })

  test('a connection that closes within an event', async () => {
    const { outcome } = await call((response) => void events(response, 'event: message\ndata: {"jsonrpc').end())
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining('ended its stream before the response') })
  })

  test('an event that is not a message', async () => {
    expect((await call((response) => void events(response, 'data: oh dear\n\n'))).outcome).toMatchObject({ code: 'GANGWAY_E_NOT_MCP', message: expect.stringContaining('"oh dear"') })
  })

  test.each([
    ['an event', (response: ServerResponse) => events(response)],
    ['a body', (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' })],
  ])('64 MiB, as %s without an end', async (_, begin) => {
    const { outcome } = await call(
      (response) => {
        const chunk = Buffer.alloc(2 ** 20, 'x')
        begin(response).write('data: ')
        let left = 64
        const more = (): void => void (left-- > 0 && !response.destroyed && response.write(chunk, more))
        more()
      },
      { transport: { messageLimit: 2 ** 20 } },
    )
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_TOO_LARGE', message: expect.stringContaining('1048576 bytes') })
  })

  test('a repeated response, and a response to no request', async () => {
    const { outcome, faults } = await call((response, id) => void events(response, event({ id: 99, result: {} }), event({ id, result: { content: [] } }), event({ id, result: { content: [] } })).end())
    expect(outcome).toEqual({ content: [] })
    await expect.poll(() => faults.map(({ code }) => code)).toEqual(['GANGWAY_E_UNASKED', 'GANGWAY_E_UNASKED'])
  })

  test('a stream that stays open after the response is closed', async () => {
    let left = false
    const { outcome } = await call((response, id) => {
      events(response, event({ id, result: { content: [] } }))
      response.once('close', () => (left = true))
    })
    expect(outcome).toEqual({ content: [] })
    await expect.poll(() => left, { timeout: 5000 }).toBe(true)
  })
})

test('a server that rejects notifications', async () => {
  const { url } = await scripted(({ message }, response) => {
    if (message.method === 'initialize') json(response, { id: message.id, result: { protocolVersion: '2025-11-25', capabilities: {} } })
  })
  expect(await failure(connect(httpClient(url), { revision: '2025-11-25', timeout: 200 }))).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: `${url} did not accept notifications/initialized within 200 ms` })
})

test('requests of a modern server are reported as a fault', async () => {
  const server = await modernServer(({ message: { id } }, response) => void events(response, event({ id: 's1', method: 'roots/list' }), event({ id, result: { content: [] } })).end())
  const faults: ClientError[] = []
  const client = await opened(httpClient(server.url), { roots: [], onFault: (fault) => faults.push(fault) })
  expect(await client.callTool('x')).toEqual({ content: [] })
  expect(faults).toMatchObject([{ code: 'GANGWAY_E_UNASKED', message: expect.stringContaining('roots/list') }])
  expect(server.methods()).toEqual(['server/discover', 'tools/call'])
})

/** A server of 2024 that takes every message, and whose stream begins as the test says. */
const serving = (begin: (response: ServerResponse) => void) => scripted(({ method }, response) => (method === 'GET' ? begin(response) : void response.writeHead(202).end()))

describe('HTTP+SSE', () => {
  test('a web page instead of a stream', async () => {
    const { url } = await serving((response) => html(response))
    expect(await failure(connect(sseClient(url)))).toMatchObject({ code: 'GANGWAY_E_NOT_MCP', message: expect.stringContaining('<!doctype html>') })
  })

  test('a stream without events', async () => {
    const { url } = await serving((response) => void events(response))
    expect(await failure(connect(sseClient(url), { timeout: 200 }))).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: `${url} did not open within 200 ms` })
    expect(await failure(connect(sseClient(url), { signal: AbortSignal.timeout(100) }))).toMatchObject({ name: 'TimeoutError' })
  })

  test('a ping right after the endpoint event gets a response', async () => {
    const server = await serving((response) => void events(response, `event: endpoint\ndata: /messages\n\n${event({ id: 'p', method: 'ping' })}`))
    const connecting = failure(connect(sseClient(server.url), { signal: AbortSignal.timeout(5000) }))
    await expect.poll(() => server.asked.map(({ message }) => message)).toContainEqual({ jsonrpc: '2.0', id: 'p', result: {} })
    afterTest(() => connecting)
  })

  test('a message URL on another server', async () => {
    const { url } = await serving((response) => void events(response, 'event: endpoint\ndata: http://127.0.0.1:9/messages\n\n'))
    expect(await failure(connect(sseClient(url, { token: () => 'secret' })))).toMatchObject({ code: 'GANGWAY_E_REDIRECT' })
  })

  test('a stream that closes before the endpoint event', async () => {
    const { url } = await serving((response) => void events(response, ': hello\n\n').end())
    expect(await failure(connect(sseClient(url)))).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining('ended its event stream') })
  })

  test('a stream that closes while a request is in flight', async () => {
    const { url } = await serving((response) => {
      events(response, 'event: endpoint\ndata: /messages\n\n')
      setTimeout(() => response.end(), 100)
    })
    expect(await failure(connect(sseClient(url), { revision: '2024-11-05' }))).toMatchObject({ code: 'GANGWAY_E_CLOSED' })
  })

  test('an endless event', async () => {
    const { url } = await serving((response) => void events(response, 'event: endpoint\ndata: /messages\n\n', `data: ${'x'.repeat(2 ** 21)}`))
    expect(await failure(connect(sseClient(url, { messageLimit: 2 ** 20 }), { revision: '2024-11-05' }))).toMatchObject({ code: 'GANGWAY_E_TOO_LARGE' })
  })
})
