/** The memory for the bodies of all requests has a bound, from the arrival of a body until its handlers have settled. */
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { nodeHandler } from '@gangway/transport-http/node'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { HOST_NAMES, HOSTS, listen, SSE_HOSTS } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { initializeParams, requestText } from '../harness/message.ts'
import { RawClient, rawRequest } from '../harness/raw-http.ts'
import { gate, newServer } from '../harness/server.ts'
import { join } from '../harness/sse-peer.ts'

const KIB = 1024
const TOO_MANY = { status: 503, headers: { 'retry-after': '1' }, messages: [{ error: { code: -32603, data: { reason: 'too_many_bytes' } } }] }
const LARGE = { text: 'x'.repeat(35 * KIB) } // Counts as 105 KiB.
const DENSE = { items: Array.from({ length: 1700 }, () => []) } // Counts as about as much, with 5 KB of text.

/** A server whose tool `hold` returns when it is told to, even if the request was cancelled. */
function newHolder() {
  const [started, release, settled] = [gate(), gate(), gate()]
  const server = newServer()
    .tool('hold', { input: { type: 'object' } }, async () => {
      started.open()
      await release
      setTimeout(settled.open)
      return 'held'
    })
    .tool('t', { input: { type: 'object' } }, () => 'ok')
  return { server, started, release, settled }
}

const textOf = (peer: Peer, id: number, name: string, value: object): string => peer.text(id, 'tools/call', { name, arguments: value })

describe.each(HOST_NAMES)('%s', (name) => {
  test.each([
    ['legacy', 'large', LARGE],
    ['legacy', 'dense', DENSE],
    ['modern', 'large', LARGE],
    ['modern', 'dense', DENSE],
  ] as const)('[case 16] while a %s call holds its %s arguments, another such body gets 503, and a small one is served', async (era, _, value) => {
    const { server, started, release } = newHolder()
    const { url } = await HOSTS[name](server, { totalBodyLimit: 200 * KIB })
    const peer = await Peer.open(url, era)
    const call = peer.post(textOf(peer, 1, 'hold', value))
    await started
    expect(await peer.post(textOf(peer, 2, 't', value))).toMatchObject(TOO_MANY)
    expect(await peer.request(3, 'tools/list')).toMatchObject({ status: 200 })
    release.open()
    expect(await call).toMatchObject({ status: 200 })
    await expect.poll(async () => (await peer.post(textOf(peer, 4, 't', value))).status).toBe(200)
  })

  test('a client that leaves does not free what its handler holds', async () => {
    const { server, started, release, settled } = newHolder()
    const { url } = await HOSTS[name](server, { totalBodyLimit: 200 * KIB })
    const [leaving, peer] = [await Peer.open(url, 'modern'), await Peer.open(url, 'modern')]
    const away = new AbortController()
    const call = leaving.post(textOf(leaving, 1, 'hold', LARGE), {}, { signal: away.signal }).catch(() => {})
    await started
    away.abort()
    await call
    expect(await peer.post(textOf(peer, 2, 't', LARGE))).toMatchObject(TOO_MANY)
    release.open()
    await settled
    await expect.poll(async () => (await peer.post(textOf(peer, 3, 't', LARGE))).status).toBe(200)
  })

  test('what a request without an answer takes is free again at once', async () => {
    const { url } = await HOSTS[name](newHolder().server, { totalBodyLimit: 200 * KIB })
    const peer = await Peer.open(url, 'legacy')
    const notification = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/x', params: LARGE })
    for (const text of [notification, `${notification}}`, textOf(peer, 1, 't', LARGE)]) for (let count = 0; count < 4; count++) expect((await peer.post(text)).status).toBeLessThan(500)
  })

  test('a response to an elicitation counts until the handler that it is for has settled', async () => {
    const { server, started, release } = newHolder()
    server.tool('ask', {}, async (_, { elicit }) => {
      await elicit('name', 'Your name?', { name: z.string() })
      started.open()
      await release
      return 'done'
    })
    const { url } = await HOSTS[name](server, { totalBodyLimit: 200 * KIB })
    const peer = await Peer.open(url, 'legacy', undefined, { capabilities: { elicitation: {} } })
    const done = gate()
    const asked = new Promise<unknown>((resolve) => void peer.stream(peer.text(1, 'tools/call', { name: 'ask' }), ({ id, method }) => method === 'elicitation/create' && resolve(id)).then(() => done.open()))
    const result = { action: 'accept', content: { name: LARGE.text } }
    expect(await peer.post(JSON.stringify({ jsonrpc: '2.0', id: await asked, result }))).toMatchObject({ status: 202 })
    await started
    expect(await peer.post(textOf(peer, 2, 't', LARGE))).toMatchObject(TOO_MANY)
    release.open()
    await done
    expect(await peer.post(textOf(peer, 3, 't', LARGE))).toMatchObject({ status: 200 })
  })

  test('a body that would take more than all of the memory gets 413', async () => {
    const { url } = await HOSTS[name](newHolder().server, { totalBodyLimit: 64 * KIB })
    const peer = await Peer.open(url, 'modern')
    expect(await peer.post(textOf(peer, 1, 't', DENSE))).toMatchObject({ status: 413, messages: [{ error: { data: { reason: 'too_many_bytes' } } }] })
  })

  test('the bodies of routes count until they are answered', async () => {
    const [started, release] = [gate(), gate()]
    const server = newServer().route({ method: 'POST', path: '/upload' }, async (request) => {
      started.open()
      await release
      return new Response(String((await request.arrayBuffer()).byteLength))
    })
    const { base } = await HOSTS[name](server, { totalBodyLimit: 100 * KIB })
    const upload = () => fetch(`${base}/upload`, { method: 'POST', body: 'x'.repeat(60 * KIB) })
    const first = upload()
    await started
    expect((await upload()).status).toBe(503)
    release.open()
    expect(await (await first).text()).toBe(String(60 * KIB))
    await expect.poll(async () => (await upload()).status).toBe(200)
  })
})

// Behind /fetch, the host has the connections.
describe.each(HOST_NAMES.filter((name) => name !== 'fetch'))('%s', (name) => {
  test('[case 16] bodies that never arrive hold only what has arrived, until their connections close', async () => {
    const { url } = await HOSTS[name](newHolder().server, { totalBodyLimit: 200 * KIB })
    const peer = await Peer.open(url, 'modern')
    const text = textOf(peer, 1, 't', LARGE)
    const silent = await Promise.all(Array.from({ length: 8 }, () => RawClient.open(url)))
    for (const client of silent) client.write(rawRequest(url, { headers: { ...peer.headers(text), 'content-length': 128 * KIB } }))
    expect(await peer.post(text)).toMatchObject({ status: 200 })
    for (const client of silent.slice(0, 2)) client.write('x'.repeat(60 * KIB))
    await expect.poll(async () => (await peer.post(text)).status).toBe(503)
    for (const client of silent) await client.close()
    await expect.poll(async () => (await peer.post(text)).status).toBe(200)
  })

  test('a body in many pieces that there is no room for gets 503 while it is sent', async () => {
    const { url } = await HOSTS[name](newHolder().server, { totalBodyLimit: 100 * KIB })
    const peer = await Peer.open(url, 'modern')
    const client = await RawClient.open(url)
    client.write(rawRequest(url, { headers: { ...peer.headers(textOf(peer, 1, 't', {})), 'transfer-encoding': 'chunked' } }))
    for (let count = 0; count < 8; count++) client.write(`${(16 * KIB).toString(16)}\r\n${'x'.repeat(16 * KIB)}\r\n`)
    expect(await client.until('too_many_bytes')).toMatch(/^HTTP\/1\.1 503/)
  })
})

test('what a host application has parsed counts, too', async () => {
  const { server, started, release } = newHolder()
  const handler = nodeHandler(server, { totalBodyLimit: 200 * KIB })
  const url = await listen(
    createServer((request, response) => void json(request).then((body) => handler(Object.assign(request, { body }), response))),
    handler.close,
  )
  const peer = await Peer.open(url, 'modern')
  const call = peer.post(textOf(peer, 1, 'hold', DENSE))
  await started
  expect(await peer.post(textOf(peer, 2, 't', DENSE))).toMatchObject(TOO_MANY)
  release.open()
  expect(await call).toMatchObject({ status: 200 })
})

const call = (id: number, tool: string) => requestText(id, 'tools/call', { name: tool, arguments: LARGE })

test.each(['sse', 'sse plugin'] as const)('%s: a body counts until its request is answered, though the reply to its POST is sent before', async (name) => {
  const { server, started, release } = newHolder()
  const { url } = await SSE_HOSTS[name](server, { totalBodyLimit: 200 * KIB })
  const peer = await join(url)
  await peer.ask(0, requestText(0, 'initialize', initializeParams('2024-11-05')))
  expect(await peer.post(call(1, 'hold'))).toMatchObject({ status: 202 })
  await started
  expect(await peer.post(call(2, 't'))).toMatchObject(TOO_MANY)
  release.open()
  await peer.find(({ id }) => id === 1)
  expect(await peer.ask(3, call(3, 't'))).toMatchObject({ result: {} })
})

test('HTTP+SSE: requests in flight of all clients: 503 beyond maxTotalInflight', async () => {
  const { server, started, release } = newHolder()
  const { url } = await SSE_HOSTS.sse(server, { maxTotalInflight: 1 })
  const peers = [await join(url), await join(url)] as const
  for (const peer of peers) await peer.ask(0, requestText(0, 'initialize', initializeParams('2024-11-05')))
  await peers[0].post(requestText(1, 'tools/call', { name: 'hold', arguments: {} }))
  await started
  expect(await peers[1].post(requestText(1, 'ping'))).toMatchObject({ status: 503, messages: [{ error: { data: { reason: 'too_many_requests' } } }] })
  release.open()
  await peers[0].find(({ id }) => id === 1)
  expect(await peers[1].ask(2, requestText(2, 'ping'))).toMatchObject({ result: {} })
})
