/** Sessions, streams and credentials of a client over HTTP. */
import type { ServerResponse } from 'node:http'
import { httpClient } from '@gangway/transport-http/client'
import { describe, expect, test } from 'vitest'
import { event, events, forgetfulServer, html, json, legacyServer, modernServer } from './scripted-http.ts'
import { afterTest } from '../harness/cleanup.ts'
import { opened } from './ways.ts'
import { http as httpServer } from '@gangway/transport-http'
import { newShop } from '../programs/shop.mjs'

const LEGACY = { revision: '2025-11-25' } as const
const empty = { content: [] }

describe('a session', () => {
  test('is sent with every message after the handshake, with its revision, and closed with DELETE', async () => {
    const server = await legacyServer(({ message: { id } }, response) => json(response, { id, result: empty }))
    const client = await opened(httpClient(server.url), LEGACY)
    await client.callTool('x')
    await client.close()
    const named = server.asked.map(({ method, message, headers }) => [message.method ?? method, headers['mcp-session-id'], headers['mcp-protocol-version']])
    expect(named[0]).toEqual(['initialize', undefined, undefined])
    expect(named.slice(1).map(([, ...headers]) => headers)).toEqual(named.slice(1).map(() => ['s1', '2025-11-25']))
    expect(named.at(-1)?.[0]).toBe('DELETE')
  })

  test('keeps its revision, whatever members a result has', async () => {
    const server = await legacyServer(({ message: { id } }, response) => json(response, { id, result: { ...empty, protocolVersion: '2024-11-05', serverInfo: {} } }))
    const client = await opened(httpClient(server.url), LEGACY)
    await client.callTool('x')
    await client.callTool('x')
    expect(server.asked.at(-1)?.headers['mcp-protocol-version']).toBe('2025-11-25')
  })

  test('that the server forgot is replaced, and the request is repeated once', async () => {
    const server = await legacyServer(({ message: { id }, headers }, response) => (headers['mcp-session-id'] === 's1' ? html(response, 404) : json(response, { id, result: empty })))
    const client = await opened(httpClient(server.url), LEGACY)
    expect(await Promise.all([client.callTool('x'), client.callTool('y'), client.callTool('z')])).toEqual([empty, empty, empty])
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2)
  })

  test('that the server forgets repeatedly is an error', async () => {
    const server = await legacyServer((_, response) => html(response, 404))
    const client = await opened(httpClient(server.url), LEGACY)
    await expect(client.callTool('x')).rejects.toMatchObject({ code: 'GANGWAY_E_SESSION_ENDED', status: 404 })
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2)
  })

  test('that replaces another has its log level and subscriptions', async () => {
    const server = await legacyServer(({ message: { id }, headers }, response) => (headers['mcp-session-id'] === 's1' && id !== undefined && server.asked.some(({ message }) => message.method === 'tools/call') ? html(response, 404) : json(response, { id, result: { ...empty } })))
    const client = await opened(httpClient(server.url), LEGACY)
    Object.assign(client.server.capabilities, { resources: { subscribe: true } })
    await client.setLogLevel('warning')
    await client.subscribe('shop://stock')
    await client.callTool('x')
    const again = server.asked.filter(({ headers }) => headers['mcp-session-id'] === 's2').map(({ message }) => [message.method, message.params])
    expect(again).toContainEqual(['logging/setLevel', { level: 'warning' }])
    expect(again).toContainEqual(['resources/subscribe', { uri: 'shop://stock' }])
  })

  test('whose stream gets 404 is replaced, and subscribers learn that everything may have changed', async () => {
    const streams: ServerResponse[] = []
    const server = await forgetfulServer(({ message: { id } }, response) => json(response, { id, result: empty }), (_, response) => void streams.push(events(response)))
    const client = await opened(httpClient(server.url, { retryDelay: 5 }), LEGACY)
    const changes = await client.listen({ toolsListChanged: true })
    await expect.poll(() => streams.length).toBe(1)
    server.forget()
    streams[0]!.end()
    expect(await changes.next()).toEqual({ done: false, value: { list: 'tools' } })
    expect(await client.callTool('x')).toEqual(empty)
    await expect.poll(() => streams.length).toBe(2)
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2)
    expect(server.asked.filter(({ message, headers }) => message.method !== 'initialize' && headers['mcp-session-id'] === undefined)).toEqual([])
  })

  test('that could not be replaced is replaced by the next request', async () => {
    let down = 0
    const server = await forgetfulServer(({ message: { id } }, response) => json(response, { id, result: empty }), (_, response) => void response.writeHead(405).end())
    const client = await opened(httpClient(server.url, { fetch: async (...request) => (String(request[1]?.body).includes('"initialize"') && down-- > 0 ? new Response('', { status: 503 }) : fetch(...request)) }), LEGACY)
    server.forget()
    down = 1
    await expect(client.callTool('x')).rejects.toMatchObject({ code: 'GANGWAY_E_HTTP_STATUS', status: 503 })
    expect(await client.callTool('x')).toEqual(empty)
  })

  test('is replaced once, even if a request gets 404 late', async () => {
    let late: (() => void) | undefined
    const server = await legacyServer(({ message: { id, params }, headers }, response) => {
      if (headers['mcp-session-id'] !== 's1') json(response, { id, result: empty })
      else if (params?.name === 'late') late = () => html(response, 404)
      else html(response, 404)
    })
    const client = await opened(httpClient(server.url), LEGACY)
    const waiting = client.callTool('late')
    await expect.poll(() => late).toBeDefined()
    await client.callTool('x')
    late?.()
    expect(await waiting).toEqual(empty)
    expect(server.methods().filter((method) => method === 'initialize')).toHaveLength(2)
  })

  test('has its stream retried for as long as it lasts, whatever arrives on it', async () => {
    let tries = 0
    const faults: string[] = []
    const told: string[] = []
    const server = await forgetfulServer(({ message: { id } }, response) => json(response, { id, result: empty }), (_, response) => {
      tries++
      if (tries % 2 === 1 && tries < 10) events(response).end() // It is there, and has nothing to say.
      else if (tries < 10) html(response, 503)
      else events(response, 'data: oh dear\n\n', event({ method: 'notifications/tools/list_changed' }))
    })
    await opened(httpClient(server.url, { retryDelay: 1, maxRetries: 2 }), { ...LEGACY, onFault: ({ code }) => faults.push(code), onNotification: (method) => told.push(method) })
    await expect.poll(() => told).toEqual(['notifications/tools/list_changed'])
    expect(faults).toEqual(['GANGWAY_E_CLOSED', 'GANGWAY_E_NOT_MCP'])
  })

  test('survives the restart of a Gangway server', async () => {
    const first = await httpServer({ port: 0 }).serve(newShop())
    const port = Number(new URL(first.url ?? '').port)
    const client = await opened(httpClient(first.url ?? '', { retryDelay: 50, maxRetries: 100 }), LEGACY)
    const changes = await client.subscribe('shop://stock')
    await first.close()
    const second = await httpServer({ port }).serve(newShop())
    afterTest(async () => (void second.close(), second.close()))
    // A connection that the old server has just cut may still be taken for a good one.
    await expect.poll(() => client.listTools().then(() => 'listed', String)).toBe('listed')
    expect(await client.callTool('add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } })
    await client.callTool('sell')
    expect(await changes.next()).toEqual({ done: false, value: { uri: 'shop://stock' } })
  })
})

describe('a broken stream', () => {
  test('is resumed after its last event, repeatedly, after the delay that the server sends', async () => {
    const times: number[] = []
    const server = await legacyServer(({ method, message }, response) => {
      times.push(Date.now())
      if (method === 'POST') events(response, `retry: 120\n\n`, event({ method: 'notifications/progress', params: { progressToken: message.id, progress: 1 } }, 'e1')).end()
      else if (times.length === 2) events(response, event({ method: 'notifications/progress', params: { progressToken: 2, progress: 2 } }, 'e2')).destroy()
      else events(response, event({ id: 2, result: empty }, 'e3')).end()
    })
    const reports: number[] = []
    const client = await opened(httpClient(server.url, { retryDelay: 10_000 }), LEGACY)
    expect(await client.callTool('x', {}, { onProgress: ({ progress }) => reports.push(progress) })).toEqual(empty)
    expect(server.asked.slice(-2).map(({ method, headers }) => [method, headers['last-event-id'], headers['mcp-session-id']])).toEqual([['GET', 'e1', 's1'], ['GET', expect.stringMatching(/^e[12]$/), 's1']])
    expect(reports[0]).toBe(1)
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(115)
  })

  test('waits for the delay that the server sends, even beyond the maximum of a timer', async () => {
    const server = await forgetfulServer(({ message: { id } }, response) => json(response, { id, result: empty }), (_, response) => void events(response, 'retry: 3000000000\n\n').end())
    const client = await opened(httpClient(server.url), LEGACY)
    await expect.poll(() => server.methods()).toContain('GET')
    for (let call = 0; call < 50; call++) await client.callTool('x')
    expect(server.methods().filter((method) => method === 'GET')).toHaveLength(1)
  })

  test('is given up if the server is unreachable', async () => {
    const server = await legacyServer(({ method }, response) => (method === 'POST' ? void events(response, ': x\n\nid: e1\ndata:\n\n').end() : response.destroy()))
    const client = await opened(httpClient(server.url, { retryDelay: 5, maxRetries: 3 }), LEGACY)
    await expect(client.callTool('x')).rejects.toMatchObject({ code: 'GANGWAY_E_CLOSED' })
    expect(server.asked.filter(({ headers }) => headers['last-event-id'] === 'e1')).toHaveLength(3)
  })

  test('is not resumed in the modern era', async () => {
    const server = await modernServer((_, response) => void events(response, 'id: e1\ndata:\n\n').end())
    const client = await opened(httpClient(server.url, { retryDelay: 5 }))
    await expect(client.callTool('x')).rejects.toMatchObject({ code: 'GANGWAY_E_CLOSED' })
    expect(server.methods()).toEqual(['server/discover', 'tools/call'])
  })

  test('ends a subscription of the modern era with an error', async () => {
    const server = await modernServer(({ message: { id } }, response) => {
      const meta = { _meta: { 'io.modelcontextprotocol/subscriptionId': id } }
      events(response, event({ method: 'notifications/subscriptions/acknowledged', params: { notifications: { toolsListChanged: true }, ...meta } }), event({ method: 'notifications/tools/list_changed', params: meta }))
      setTimeout(() => response.destroy(), 50)
    })
    const client = await opened(httpClient(server.url))
    const changes = await client.listen({ toolsListChanged: true })
    expect(await changes.next()).toEqual({ done: false, value: { list: 'tools' } })
    await expect(changes.next()).rejects.toMatchObject({ code: 'GANGWAY_E_CLOSED' })
  })
})

describe('credentials', () => {
  test('headers and a token are sent with every request, and `token` is called again after a 401', async () => {
    const seen: (string | undefined)[] = []
    const server = await modernServer(({ headers, message: { id } }, response) => {
      seen.push(headers.authorization)
      if (headers.authorization === 'Bearer old') response.writeHead(401).end()
      else json(response, { id, result: empty })
    })
    const rejected: (string | undefined)[] = []
    let token = 'old'
    const transport = httpClient(server.url, { headers: { 'x-tenant': 't1' }, token: (turnedDown) => (rejected.push(turnedDown), turnedDown === undefined ? token : (token = 'new')) })
    const client = await opened(transport)
    expect(await client.callTool('x')).toEqual(empty)
    expect(await client.callTool('y')).toEqual(empty)
    expect(seen).toEqual(['Bearer old', 'Bearer new', 'Bearer new'])
    expect(rejected).toEqual([undefined, undefined, 'old', undefined])
    expect(server.asked.every(({ headers }) => headers['x-tenant'] === 't1')).toBe(true)
  })

  test('a second rejected token is an error', async () => {
    const server = await modernServer((_, response) => void response.writeHead(401).end())
    const client = await opened(httpClient(server.url, { token: () => 'bad' }))
    await expect(client.callTool('x')).rejects.toMatchObject({ code: 'GANGWAY_E_HTTP_STATUS', status: 401 })
    expect(server.methods()).toEqual(['server/discover', 'tools/call', 'tools/call'])
  })
})

describe('cacheable results', () => {
  const LISTS = { tools: { tools: [], resultType: 'complete', ttlMs: 60_000, cacheScope: 'private' }, contents: { contents: [{ uri: 'a://b', text: 'x' }], resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' } }

  test('are cached until they change', async () => {
    const streams: ((body: object) => void)[] = []
    const server = await modernServer(({ message: { id, method } }, response) => {
      const meta = { _meta: { 'io.modelcontextprotocol/subscriptionId': id } }
      if (method === 'tools/list') json(response, { id, result: LISTS.tools })
      else if (method === 'resources/read') json(response, { id, result: LISTS.contents })
      else {
        const stream = events(response, event({ method: 'notifications/subscriptions/acknowledged', params: { notifications: { toolsListChanged: true }, ...meta } }))
        streams.push((params) => stream.write(event({ method: 'notifications/tools/list_changed', params: { ...params, ...meta } })))
      }
    })
    const client = await opened(httpClient(server.url))
    const changes = await client.listen({ toolsListChanged: true })
    const listed = await client.listTools()
    listed.push({ name: 'mine', inputSchema: {} })
    expect(await client.listTools()).toEqual([])
    await client.readResource('a://b')
    await client.readResource('a://b')
    expect(server.methods().slice(2)).toEqual(['tools/list', 'resources/read'])
    streams[0]!({})
    await changes.next()
    await client.listTools()
    await client.readResource('a://b')
    expect(server.methods().slice(4)).toEqual(['tools/list'])
  })

  test('without a time are requested again', async () => {
    const server = await modernServer(({ message: { id } }, response) => json(response, { id, result: { ...LISTS.tools, ttlMs: 0 } }))
    const client = await opened(httpClient(server.url))
    await client.listTools()
    await client.listTools()
    expect(server.methods().slice(1)).toEqual(['tools/list', 'tools/list'])
  })
})
