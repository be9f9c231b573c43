/** How many requests are in flight in total, and those without a session on one connection. */
import { Agent } from 'node:http'
import type { RequestHead } from '@gangway/core/web'
import { describe, expect, test } from 'vitest'
import { post } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { HOST_NAMES, HOSTS, type HostOptions } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { initializeParams, modernText, requestText } from '../harness/message.ts'
import { RawClient, rawRequest } from '../harness/raw-http.ts'
import { gate, newServer, type RequestGate } from '../harness/server.ts'

function newSlow(): { server: ReturnType<typeof newServer>; release: RequestGate } {
  const release = gate()
  const server = newServer().tool('wait', {}, async () => {
    await release
    return 'done'
  })
  return { server, release }
}

/** A call of one era that has no session. */
const ERAS = {
  modern: { options: {}, text: (id: number) => modernText(id, 'tools/call', { name: 'wait' }) },
  'legacy without sessions': { options: { sessions: 'none' }, text: (id: number) => requestText(id, 'tools/call', { name: 'wait' }) },
} as const satisfies Record<string, { options: HostOptions; text: (id: number) => string }>

const busy = (status: 429 | 503) => ({ status, headers: { 'retry-after': '1' }, messages: [{ error: { code: status === 503 ? -32603 : -32600, data: { reason: 'too_many_requests' } } }] })

const CASES = HOST_NAMES.flatMap((name) => (Object.keys(ERAS) as (keyof typeof ERAS)[]).map((era) => [name, era] as const))

function opener(name: (typeof HOST_NAMES)[number], era: keyof typeof ERAS) {
  const { options, text } = ERAS[era]
  return async (limits: HostOptions) => {
    const { server, release } = newSlow()
    const host = await HOSTS[name](server, { ...options, ...limits, drainTimeout: 1 })
    const peer = await Peer.open(host.url, 'modern')
    const headers = (id: number) => (era === 'modern' ? peer.headers(text(id)) : { 'content-type': 'application/json', accept: 'application/json, text/event-stream' })
    return { ...host, peer, release, headers }
  }
}

describe.each(CASES)('[case 19] %s, %s', (name, era) => {
  const { text } = ERAS[era]
  const open = opener(name, era)

  test('in total: 503 beyond the bound, before the body is read', async () => {
    const { url, peer, release, headers, stats } = await open({ maxTotalInflight: 2 })
    const agent = new Agent({ keepAlive: true })
    closing({ close: async () => agent.destroy() })
    const calls = [1, 2].map((id) => peer.post(text(id), headers(id)))
    await expect.poll(() => stats().inflight).toBe(2)
    expect(await peer.post(text(3), headers(3), { agent })).toMatchObject(busy(503))
    const raw = await RawClient.open(url)
    raw.write(rawRequest(url, { headers: { ...headers(4), 'content-length': 1000 } })) // The body never comes.
    expect(await raw.until('too_many_requests')).toMatch(/^HTTP\/1\.1 503/)
    release.open()
    for (const { status } of await Promise.all(calls)) expect(status).toBe(200)
    expect(await peer.post(text(5), headers(5))).toMatchObject({ status: 200 })
    expect(stats().inflight).toBe(0)
  })
})

// Behind /fetch, the host has the connections.
describe.each(CASES.filter(([name]) => name !== 'fetch'))('[case 19] %s, %s', (name, era) => {
  const { text } = ERAS[era]
  const open = opener(name, era)

  test('on one connection: 429 beyond the bound, while other connections are served', async () => {
    const { url, release, headers, stats } = await open({ maxConnectionInflight: 3 })
    const client = await RawClient.open(url)
    client.write(...Array.from({ length: 10 }, (_, id) => rawRequest(url, { headers: headers(id), body: text(id) })))
    await expect.poll(() => stats().inflight).toBe(3)
    const other = await RawClient.open(url)
    other.write(rawRequest(url, { headers: headers(20), body: text(20) }))
    await expect.poll(() => stats().inflight).toBe(4)
    release.open()
    const statuses = () => [...client.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
    await expect.poll(statuses).toEqual([200, 200, 200, 429, 429, 429, 429, 429, 429, 429])
    expect(client.received.match(/retry-after: 1/gi)).toHaveLength(7)
    expect(await other.until('done')).toMatch(/^HTTP\/1\.1 200/)
    client.write(rawRequest(url, { headers: headers(30), body: text(30) })) // There is room again.
    await expect.poll(() => statuses().at(-1)).toBe(200)
    expect(stats().inflight).toBe(0)
  })
})

test('[case 19] requests and handshakes of sessions count in total, and subscriptions have a separate bound', async () => {
  const { server, release } = newSlow()
  const { url, stats } = await HOSTS.http(server, { maxTotalInflight: 1, drainTimeout: 1 })
  const [modern, legacy] = [await Peer.open(url, 'modern'), await Peer.open(url, 'legacy')]
  const call = legacy.request(1, 'tools/call', { name: 'wait' })
  await expect.poll(() => stats().inflight).toBe(1)
  expect(await modern.request(1, 'tools/list')).toMatchObject(busy(503))
  expect(await legacy.request(2, 'ping')).toMatchObject(busy(503))
  expect(await post(url, requestText(1, 'initialize', initializeParams('2025-11-25')), legacyHeaders(undefined, '2025-11-25'))).toMatchObject(busy(503))
  expect(await legacy.post('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}')).toMatchObject({ status: 202 })
  release.open()
  await call
  const listening = new AbortController()
  const listen = modern.post(modern.text(2, 'subscriptions/listen', { notifications: {} }), {}, { signal: listening.signal }).catch(() => {})
  await expect.poll(() => stats().subscriptions).toBe(1)
  expect(await modern.request(3, 'tools/list')).toMatchObject({ status: 200 })
  listening.abort()
  await listen
})

const authenticate = ({ header }: RequestHead) => ({ subject: header('authorization') ?? '', scopes: [] })

test('one caller leaves a quarter of the places to others', async () => {
  const { server, release } = newSlow()
  const { url, stats } = await HOSTS.http(server, { maxTotalInflight: 4, drainTimeout: 1, authenticate })
  const [mallory, ada] = [await Peer.open(url, 'modern', undefined, { headers: { authorization: 'mallory' } }), await Peer.open(url, 'modern', undefined, { headers: { authorization: 'ada' } })]
  const calls = [1, 2, 3].map((id) => mallory.request(id, 'tools/call', { name: 'wait' }))
  await expect.poll(() => stats().inflight).toBe(3)
  expect(await mallory.request(4, 'tools/list')).toMatchObject(busy(503))
  expect(await ada.request(1, 'tools/list')).toMatchObject({ status: 200 })
  release.open()
  await Promise.all(calls)
})

const batch = (size: number) => `[${Array.from({ length: size }, (_, id) => requestText(id, 'tools/call', { name: 'wait' })).join(',')}]`

test('[case 19] a batch counts as its number of requests', async () => {
  const { server, release } = newSlow()
  release.open()
  const { url, stats } = await HOSTS.http(server, { sessions: 'none', maxTotalInflight: 3 })
  const peer = await Peer.open(url, 'modern')
  const headers = { 'mcp-protocol-version': '2025-03-26', 'mcp-method': undefined, 'mcp-name': undefined }
  expect(await peer.post(batch(4), headers)).toMatchObject(busy(503))
  expect((await peer.post(batch(3), headers)).messages.flat()).toHaveLength(3)
  expect(stats().inflight).toBe(0)
})
