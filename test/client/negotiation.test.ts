/** How a client finds out what its server speaks. */
import { connect } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'
import { describe, expect, test } from 'vitest'
import { DISCOVERED, html, json, legacyServer, modernServer, scripted } from './scripted-http.ts'
import { opened } from './ways.ts'

describe('over HTTP, the client falls back to the handshake', () => {
  const answers: readonly (readonly [string, (response: Parameters<typeof html>[0]) => void])[] = [
    ['400 with an error of the past', (response) => json(response, { id: null, error: { code: -32000, message: 'no session' } }, 400)],
    ['400 with a page', (response) => html(response, 400)],
    ['404', (response) => html(response, 404)],
    ['405', (response) => html(response, 405)],
    ['method not found', (response) => json(response, { id: 1, error: { code: -32601, message: 'Method not found' } })],
    ['a revision that is refused, with those of the past', (response) => json(response, { id: 1, error: { code: -32022, message: 'Unsupported', data: { supported: ['2025-11-25'], requested: '2026-07-28' } } }, 400)],
    ['revisions that are not spoken here', (response) => json(response, { id: 1, result: { ...DISCOVERED, supportedVersions: ['2025-11-25'] } })],
  ]

  test.each(answers)('%s', async (_, answer) => {
    const old = await scripted(({ message }, response) => {
      if (message.method === 'server/discover') answer(response)
      else if (message.method === 'initialize') json(response, { id: message.id, result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'old', version: '1' } } })
      else response.writeHead(202).end()
    })
    const client = await opened(httpClient(old.url))
    expect(client.server).toMatchObject({ revision: '2025-06-18', info: { name: 'old' } })
    await expect.poll(old.methods).toEqual(['server/discover', 'initialize', 'notifications/initialized', 'GET'])
    expect(old.asked[3]).toMatchObject({ headers: { 'mcp-protocol-version': '2025-06-18', accept: 'text/event-stream' } })
  })
})

test.each([401, 403, 503])('HTTP %i does not lead to a handshake', async (status) => {
  const server = await scripted((_, response) => html(response, status))
  await expect(connect(httpClient(server.url))).rejects.toMatchObject({ code: 'GANGWAY_E_HTTP_STATUS', status })
  expect(server.methods()).toEqual(['server/discover'])
})

test('a rejected revision is tried again where the server lists it', async () => {
  let refusals = 0
  const server = await scripted(({ message: { id } }, response) => {
    if (refusals++ === 0) json(response, { id, error: { code: -32022, message: 'Not now', data: { supported: ['2026-07-28'], requested: '2026-07-28' } } }, 400)
    else json(response, { id, result: DISCOVERED })
  })
  const client = await opened(httpClient(server.url))
  expect(client.server.revision).toBe('2026-07-28')
})

test('a server with only unknown revisions is an error', async () => {
  const server = await scripted(({ message: { id } }, response) => json(response, { id, error: { code: -32022, message: 'Unsupported', data: { supported: ['2031-01-01'], requested: '2026-07-28' } } }, 400))
  await expect(connect(httpClient(server.url))).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: `${server.url} and this client have no protocol revision in common (2031-01-01)` })
})

describe('a pinned revision', () => {
  test('of the legacy era skips discovery', async () => {
    const server = await legacyServer((_, response) => html(response))
    const client = await opened(httpClient(server.url), { revision: '2025-11-25' })
    expect(client.server.revision).toBe('2025-11-25')
    expect(server.methods()[0]).toBe('initialize')
  })

  test('is the only one that is accepted', async () => {
    const server = await legacyServer((_, response) => html(response))
    await expect(connect(httpClient(server.url), { revision: '2025-03-26' })).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: `${server.url} speaks 2025-11-25, and this client is pinned to 2025-03-26` })
    await expect(connect(httpClient(server.url), { revision: '2026-07-28' })).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: expect.stringMatching(/2026-07-28.*Bad Request: no session/), cause: { name: 'PeerError' } })
    expect(server.methods().at(-1)).toBe('server/discover')
  })
})

const answering = (method: string, answer: (response: Parameters<typeof json>[0], id: unknown) => void): ReturnType<typeof scripted> =>
  scripted(({ message }, response) => (message.method === method ? answer(response, message.id) : void response.writeHead(202).end()))
const error = (code: number, data?: object) => (response: Parameters<typeof json>[0], id: unknown): void => json(response, { id, error: { code, message: 'no', ...(data && { data }) } })

describe('a pinned revision of the other era', () => {
  test.each<[string, (response: Parameters<typeof json>[0], id: unknown) => void]>([
    ['an unknown method', error(-32601)],
    ['a server error', error(-32000)],
    ['a page with status 400', (response) => html(response, 400)],
  ])('rejects with GANGWAY_E_REVISION on a legacy server that responds with %s', async (_, answer) => {
    const { url } = await answering('server/discover', answer)
    await expect(connect(httpClient(url), { revision: '2026-07-28' })).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: expect.stringContaining('2026-07-28') })
  })

  test.each([-32601, -32022])('rejects with GANGWAY_E_REVISION on a modern server that responds with %i', async (code) => {
    const { url } = await answering('initialize', error(code, { supported: ['2026-07-28'] }))
    await expect(connect(httpClient(url), { revision: '2025-11-25' })).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: expect.stringContaining('2025-11-25') })
  })

  test('keeps other errors of the server', async () => {
    const handshake = await answering('initialize', error(-32000))
    await expect(connect(httpClient(handshake.url), { revision: '2025-11-25' })).rejects.toMatchObject({ name: 'PeerError', code: -32000 })
    const broken = await answering('server/discover', error(-32603))
    await expect(connect(httpClient(broken.url), { revision: '2026-07-28' })).rejects.toMatchObject({ name: 'PeerError', code: -32603 })
    const wrongPath = await answering('server/discover', (response) => html(response, 404))
    await expect(connect(httpClient(wrongPath.url), { revision: '2026-07-28' })).rejects.toMatchObject({ code: 'GANGWAY_E_HTTP_STATUS', status: 404 })
  })
})

test('`knownServer` skips the negotiation', async () => {
  const server = await modernServer(({ message: { id } }, response) => json(response, { id, result: { resultType: 'complete', tools: [] } }))
  const { server: known } = await opened(httpClient(server.url))
  const client = await opened(httpClient(server.url), { knownServer: JSON.parse(JSON.stringify(known)) })
  expect(client.server).toEqual(known)
  expect(await client.listTools()).toEqual([])
  expect(server.methods()).toEqual(['server/discover', 'tools/list'])
})

test('a server that does not respond gets a handshake, and a late response still counts', async () => {
  const server = await scripted(({ message }, response) => {
    if (message.method === 'server/discover') setTimeout(() => json(response, { id: message.id, result: DISCOVERED }), 300)
    // The handshake is not answered at all.
  })
  const client = await opened(httpClient(server.url), { probeTimeout: 50 })
  expect(client.server.revision).toBe('2026-07-28')
  expect(server.methods()).toEqual(['server/discover', 'initialize'])
})
