/** How a client finds out what its server speaks. */
import { connect } from '@gangway/core/client'
import { http } from '@gangway/transport-http/client'
import { describe, expect, test } from 'vitest'
import { DISCOVERED, html, json, legacyServer, modernServer, scripted } from './scripted-http.ts'
import { opened } from './ways.ts'

describe('over HTTP, the handshake follows', () => {
  const answers: readonly (readonly [string, (response: Parameters<typeof html>[0]) => void])[] = [
    ['400 with an error of the past', (response) => json(response, { id: null, error: { code: -32000, message: 'no session' } }, 400)],
    ['400 with a page', (response) => html(response, 400)],
    ['404', (response) => html(response, 404)],
    ['405', (response) => html(response, 405)],
    ['an error that the method is not there', (response) => json(response, { id: 1, error: { code: -32601, message: 'Method not found' } })],
    ['a revision that is refused, with those of the past', (response) => json(response, { id: 1, error: { code: -32022, message: 'Unsupported', data: { supported: ['2025-11-25'], requested: '2026-07-28' } } }, 400)],
    ['revisions that are not spoken here', (response) => json(response, { id: 1, result: { ...DISCOVERED, supportedVersions: ['2025-11-25'] } })],
  ]

  test.each(answers)('%s', async (_, answer) => {
    const old = await scripted(({ message }, response) => {
      if (message.method === 'server/discover') answer(response)
      else if (message.method === 'initialize') json(response, { id: message.id, result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'old', version: '1' } } })
      else response.writeHead(202).end()
    })
    const client = await opened(http(old.url))
    expect(client.server).toMatchObject({ revision: '2025-06-18', info: { name: 'old' } })
    await expect.poll(old.methods).toEqual(['server/discover', 'initialize', 'notifications/initialized', 'GET'])
    expect(old.asked[3]).toMatchObject({ headers: { 'mcp-protocol-version': '2025-06-18', accept: 'text/event-stream' } })
  })
})

test.each([401, 403, 503])('HTTP %i is about something else: there is no handshake', async (status) => {
  const server = await scripted((_, response) => html(response, status))
  await expect(connect(http(server.url))).rejects.toMatchObject({ code: 'GANGWAY_E_HTTP_STATUS', status })
  expect(server.methods()).toEqual(['server/discover'])
})

test('a refused revision is asked for again where it is served after all', async () => {
  let refusals = 0
  const server = await scripted(({ message: { id } }, response) => {
    if (refusals++ === 0) json(response, { id, error: { code: -32022, message: 'Not now', data: { supported: ['2026-07-28'], requested: '2026-07-28' } } }, 400)
    else json(response, { id, result: DISCOVERED })
  })
  const client = await opened(http(server.url))
  expect(client.server.revision).toBe('2026-07-28')
})

test('a server of the future and this client have nothing in common', async () => {
  const server = await scripted(({ message: { id } }, response) => json(response, { id, error: { code: -32022, message: 'Unsupported', data: { supported: ['2031-01-01'], requested: '2026-07-28' } } }, 400))
  await expect(connect(http(server.url))).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: `${server.url} and this client have no protocol revision in common (2031-01-01)` })
})

describe('a pinned revision', () => {
  test('of the legacy era is not asked about', async () => {
    const server = await legacyServer((_, response) => html(response))
    const client = await opened(http(server.url), { revision: '2025-11-25' })
    expect(client.server.revision).toBe('2025-11-25')
    expect(server.methods()[0]).toBe('initialize')
  })

  test('is the only one: another is an error', async () => {
    const server = await legacyServer((_, response) => html(response))
    await expect(connect(http(server.url), { revision: '2025-03-26' })).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: `${server.url} speaks 2025-11-25, and this client is pinned to 2025-03-26` })
    await expect(connect(http(server.url), { revision: '2026-07-28' })).rejects.toMatchObject({ name: 'PeerError', message: 'Bad Request: no session' })
    expect(server.methods().at(-1)).toBe('server/discover')
  })
})

test('what one client learnt, the next need not ask', async () => {
  const server = await modernServer(({ message: { id } }, response) => json(response, { id, result: { resultType: 'complete', tools: [] } }))
  const { server: known } = await opened(http(server.url))
  const client = await opened(http(server.url), { known: JSON.parse(JSON.stringify(known)) })
  expect(client.server).toEqual(known)
  expect(await client.listTools()).toEqual([])
  expect(server.methods()).toEqual(['server/discover', 'tools/list'])
})

test('silence is met with a handshake as well, and a late answer still counts', async () => {
  const server = await scripted(({ message }, response) => {
    if (message.method === 'server/discover') setTimeout(() => json(response, { id: message.id, result: DISCOVERED }), 300)
    // The handshake is not answered at all.
  })
  const client = await opened(http(server.url), { probeTimeout: 50 })
  expect(client.server.revision).toBe('2026-07-28')
  expect(server.methods()).toEqual(['server/discover', 'initialize'])
})
