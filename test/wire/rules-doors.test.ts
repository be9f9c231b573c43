/** Rules about doors that belong to no other conversation: where they listen by default, and what they do not offer. */
import { Connection, encodeMessage } from '@gangway/core/internal'
import { http } from '@gangway/transport-http'
import { sse } from '@gangway/transport-sse'
import { describe, expect, test } from 'vitest'
import { exchange, send } from '../harness/http-client.ts'
import { Peer } from '../harness/http-peer.ts'
import { closing, everywhere, serve } from '../harness/index.ts'
import { initializeParams, modernText, NEWEST_LEGACY, requestText, type Message } from '../harness/message.ts'
import { openStdio } from '../harness/stdio.ts'
import { aborted, gate, newServer, textOf } from '../harness/server.ts'

const server = newServer()
  .tool('auth', {}, (_, { auth }) => String(auth))
  .tool('work', {}, (_, { progress }) => {
    progress(1)
    return 'done'
  })

describe('http 2025-11-25', () => {
  test('POST, GET and DELETE have one URL [H1]', async () => {
    const peer = await Peer.open((await serve('http', server)).url ?? '', 'legacy')
    expect(await peer.request(1, 'tools/list')).toMatchObject({ status: 200 })
    const stream = await send(peer.url, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session } })
    expect(stream.statusCode).toBe(200)
    stream.destroy()
    expect(await peer.send('DELETE')).toMatchObject({ status: 204 })
  })

  test('it listens on loopback unless another host is set [H3]', async () => {
    const running = closing(await http({ port: 0 }).serve(server))
    expect(new URL(running.url ?? '').hostname).toBe('127.0.0.1')
    await expect(http({ port: 0, host: '0.0.0.0' }).serve(server)).rejects.toMatchObject({ code: 'GANGWAY_E_ALLOWED_HOSTS' })
  })
})

describe('sse 2024-11-05', () => {
  test('it listens on loopback unless another host is set [E1]', async () => {
    const running = closing(await sse({ port: 0 }).serve(server))
    expect(new URL(running.url ?? '').hostname).toBe('127.0.0.1')
    await expect(sse({ port: 0, host: '0.0.0.0' }).serve(server)).rejects.toMatchObject({ code: 'GANGWAY_E_ALLOWED_HOSTS' })
  })
})

describe('http 2026-07-28', () => {
  test('HTTP does not serve SSE unless configured [E6]', async () => {
    const { url = '' } = await serve('http', server)
    for (const path of ['/sse', '/messages']) for (const method of ['GET', 'POST']) expect(await exchange(new URL(path, url).href, { method })).toMatchObject({ status: 404 })
  })

  test('a client that closes the stream of its request cancels it, and gets no more messages [H35]', async () => {
    const started = gate()
    const stopped = gate<unknown>()
    const waiting = newServer().tool('wait', {}, async (_, { progress, signal }) => {
      progress(1)
      started.open()
      stopped.open(await aborted(signal))
      progress(2)
      return 'late'
    })
    const peer = await Peer.open((await serve('http', waiting)).url ?? '', 'modern')
    const text = peer.text(1, 'tools/call', { name: 'wait' }, { progressToken: 't' })
    const reply = await send(peer.url, { headers: peer.headers(text) as Record<string, string>, body: text })
    await started
    reply.destroy()
    expect(await stopped).toMatchObject({ name: 'AbortError' })
    expect(await peer.request(2, 'tools/list')).toMatchObject({ status: 200 })
  })

  test('streams have no event ids, and cannot be resumed [H44]', async () => {
    const peer = await Peer.open((await serve('http', server)).url ?? '', 'modern')
    const reply = await peer.post(peer.text(1, 'tools/call', { name: 'work' }, { progressToken: 't' }), { 'last-event-id': '1_0' })
    expect(reply.messages).toHaveLength(2)
    expect(reply.text).not.toMatch(/^(id|retry):/m)
    expect((await peer.send('GET', { accept: 'text/event-stream', 'last-event-id': '1_0', 'mcp-protocol-version': '2026-07-28' })).status).toBeGreaterThanOrEqual(400)
  })
})

describe.each(everywhere.filter(({ door }) => door === 'stdio'))('$name', ({ open }) => {
  test('callers are not authenticated on stdio [S8]', async () => {
    expect(textOf(await (await open(server)).call('auth'))).toBe('undefined')
  })
})

describe('stdio 2026-07-28', () => {
  test('the server cancels only subscriptions of the client, when they end [C30]', async () => {
    const started = gate()
    const waiting = newServer().tool('wait', {}, async (_, { signal }) => {
      started.open()
      await aborted(signal)
    })
    const received: Message[] = []
    const { stdin, running } = await openStdio(waiting, (text) => void received.push(JSON.parse(text)), { drainTimeout: 50 })
    stdin.write(`${modernText('subscription', 'subscriptions/listen', { notifications: { toolsListChanged: true } })}\n${modernText('call', 'tools/call', { name: 'wait' })}\n`)
    await started
    stdin.end()
    await running.closed
    expect(received.filter(({ method }) => method === 'notifications/cancelled').map(({ params }) => params?.requestId)).toEqual(['subscription'])
  })
})

test('a request after a rejected handshake is not served once the connection has closed', async () => {
  const ran: string[] = []
  const server = newServer().tool('late', {}, () => (ran.push('late'), 'ran'))
  const ready = gate()
  const connection = new Connection(Object.assign(server, { prepare: () => ready.then(() => undefined) }), () => {})
  connection.receive(requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)))
  connection.receive(modernText(2, 'tools/call', { name: 'late' }))
  connection.close()
  ready.open()
  await connection.drain()
  expect(ran).toEqual([])
})

test('a custom transport only exchanges strings, and serves both eras [S10]', async () => {
  const sent: string[] = []
  const connection = new Connection(server, (message) => void sent.push(encodeMessage(server, message)))
  for (const text of [
    requestText(1, 'tools/list'),
    requestText(2, 'initialize', initializeParams(NEWEST_LEGACY)),
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    requestText(3, 'tools/list'),
    modernText(4, 'tools/list'),
  ]) connection.receive(text)
  await connection.drain()
  connection.close()
  expect(sent.map((text) => JSON.parse(text))).toMatchObject([
    { jsonrpc: '2.0', id: 1, error: { code: -32600 } },
    { jsonrpc: '2.0', id: 2, result: { protocolVersion: NEWEST_LEGACY } },
    { jsonrpc: '2.0', id: 3, result: { tools: [{}, {}] } },
    { jsonrpc: '2.0', id: 4, result: { resultType: 'complete' } },
  ])
})
