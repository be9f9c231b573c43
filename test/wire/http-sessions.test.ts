/** Sessions over HTTP: begun by initialize, found by their header, and over when they are ended. */
import { describe, expect, test } from 'vitest'
import { exchange, post } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { Peer } from '../harness/http-peer.ts'
import { openHttp } from '../harness/http.ts'
import { closing, serve } from '../harness/index.ts'
import { initializeParams, LEGACY, MODERN, requestText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const server = newServer().tool('t', {}, () => 'ok')
const UNKNOWN = '3f1c5a52-0000-4000-8000-000000000000'
const url = async () => (await serve('http', server)).url ?? ''

describe.each(LEGACY)('%s', (revision) => {
  const initialize = requestText(1, 'initialize', initializeParams(revision))

  test('initialize returns an unguessable id that is a valid header value [H12]', async () => {
    const at = await url()
    const ids = []
    for (let count = 0; count < 3; count++) {
      const { status, headers, messages } = await post(at, initialize, legacyHeaders(undefined, revision))
      expect(status).toBe(200)
      expect(messages).toMatchObject([{ id: 1, result: { protocolVersion: revision } }])
      ids.push(headers['mcp-session-id'])
    }
    for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{32,}$/)
    expect(new Set(ids).size).toBe(3)
  })

  test('a failed handshake returns no id', async () => {
    const { status, headers, messages } = await post(await url(), requestText(1, 'initialize', {}), legacyHeaders(undefined, revision))
    expect([status, messages[0]?.error?.code, headers['mcp-session-id']]).toEqual([200, -32602, undefined])
  })

  test('without an id: 400, and the error says what to do [H13]', async () => {
    const peer = await Peer.open(await url(), 'legacy', revision)
    const { status, messages } = await peer.request(7, 'tools/list', {}, { 'mcp-session-id': undefined })
    expect([status, messages]).toMatchObject([400, [{ id: 7, error: { code: -32600, message: expect.stringContaining('"initialize"') } }]])
    for (const method of ['GET', 'DELETE']) expect(await exchange(peer.url, { method, headers: { accept: 'text/event-stream' } })).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] })
    expect(await peer.post('{"jsonrpc":"2.0","method":"notifications/initialized"}', { 'mcp-session-id': undefined })).toMatchObject({ status: 400 })
  })

  test('with an unknown id: 404, for every method [H14]', async () => {
    const peer = await Peer.open(await url(), 'legacy', revision)
    for (const id of [UNKNOWN, '', `${peer.session}, ${peer.session}`, peer.session.toUpperCase()]) {
      expect(await peer.request(7, 'tools/list', {}, { 'mcp-session-id': id })).toMatchObject({ status: 404, messages: [{ id: 7, error: { code: -32600 } }] })
      expect(await peer.send('GET', { 'mcp-session-id': id, accept: 'text/event-stream' })).toMatchObject({ status: 404 })
      expect(await peer.send('DELETE', { 'mcp-session-id': id })).toMatchObject({ status: 404 })
    }
    expect(await peer.request(8, 'tools/list')).toMatchObject({ status: 200 })
  })

  test('DELETE ends the session: 204, and 404 from then on [H14] [H15]', async () => {
    const at = await url()
    const [peer, other] = [await Peer.open(at, 'legacy', revision), await Peer.open(at, 'legacy', revision)]
    expect(await peer.send('DELETE')).toMatchObject({ status: 204, text: '' })
    expect(await peer.request(7, 'tools/list')).toMatchObject({ status: 404, messages: [{ id: 7, error: { code: -32600 } }] })
    expect(await peer.send('GET', { accept: 'text/event-stream' })).toMatchObject({ status: 404 })
    expect(await peer.send('DELETE')).toMatchObject({ status: 404 })
    expect(await other.request(7, 'tools/list')).toMatchObject({ status: 200 })
  })

  test('[case 45] initialize in an open session restarts it under its id; in an unknown session it opens another one', async () => {
    const peer = await Peer.open(await url(), 'legacy', revision)
    const second = await peer.post(initialize)
    expect(second).toMatchObject({ status: 200, messages: [{ id: 1, result: {} }] })
    expect(second.headers['mcp-session-id']).toBe(peer.session)
    expect(await peer.request(2, 'tools/list')).toMatchObject({ status: 200 })
    const again = await peer.post(initialize, { 'mcp-session-id': UNKNOWN })
    expect(again).toMatchObject({ status: 200 })
    expect(again.headers['mcp-session-id']).not.toBe(UNKNOWN)
  })

  test.each(['1999-01-01', 'banana', '', '2025-11-25, 2025-11-25'])('the version header "%s" is 400 for every method [H16]', async (version) => {
    const peer = await Peer.open(await url(), 'legacy', revision)
    const headers = { 'mcp-protocol-version': version }
    expect(await peer.request(7, 'tools/list', {}, headers)).toMatchObject({ status: 400, messages: [{ id: 7, error: { code: -32600 } }] })
    expect(await peer.send('GET', { ...headers, accept: 'text/event-stream' })).toMatchObject({ status: 400 })
    expect(await peer.send('DELETE', headers)).toMatchObject({ status: 400 })
  })

  test('the version header can be missing, and is ignored on initialize [H16]', async () => {
    const peer = await Peer.open(await url(), 'legacy', revision)
    expect(await peer.request(7, 'tools/list', {}, { 'mcp-protocol-version': undefined })).toMatchObject({ status: 200 })
    expect(await post(peer.url, initialize, { ...legacyHeaders(undefined, revision), 'mcp-protocol-version': '1999-01-01' })).toMatchObject({ status: 200 })
  })

  test('initialize with a modern version header is rejected', async () => {
    const reply = await post(await url(), initialize, { ...legacyHeaders(undefined, revision), 'mcp-protocol-version': MODERN })
    expect(reply).toMatchObject({ status: 400, messages: [{ id: 1, error: { code: -32020 } }] })
    expect(reply.headers).not.toHaveProperty('mcp-session-id')
  })
})

test('beyond the limit, the session that was idle longest is closed', async () => {
  const { url } = closing(await openHttp(server, { maxSessions: 2 }))
  const [first, second] = [await Peer.open(url, 'legacy'), await Peer.open(url, 'legacy')]
  await first.request(1, 'tools/list')
  const third = await Peer.open(url, 'legacy')
  const statuses = [await first.request(2, 'tools/list'), await second.request(2, 'tools/list'), await third.request(2, 'tools/list')].map(({ status }) => status)
  expect(statuses).toEqual([200, 404, 200])
})
