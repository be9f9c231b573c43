/** Clients that ask for much and read nothing: what waits for them is bounded, and nobody else notices. */
import { describe, expect, test } from 'vitest'
import { CHILD_DOORS, startHttp, type ChildDoor, type HttpChild } from '../harness/http-child.ts'
import { exchange } from '../harness/http-client.ts'
import { BASE_HEADERS } from '../harness/http-headers.ts'
import { Peer, type Era } from '../harness/http-peer.ts'
import { LOG_LEVEL } from '../harness/message.ts'
import { RawClient, rawRequest } from '../harness/raw-http.ts'
import { connect } from '../harness/index.ts'
import { sseWire } from '../harness/sse.ts'

const BYTES = 512 * 1024
const COUNT = 600
/** Bytes by which the process may have grown. */
const BOUND = 32 * 2 ** 20

interface Memory {
  rss: number
}

/** Makes the process as large as it gets with clients that read. */
async function warmUp(peers: readonly Peer[]): Promise<void> {
  for (const peer of peers) {
    for (let round = 0; round < 10; round++) await peer.request(`warm ${round}`, 'tools/call', { name: 'large', arguments: { bytes: BYTES } })
    await peer.stream(textOf(peer, 'warm', 'talk', { bytes: BYTES, count: 20 }), () => {})
  }
}

const textOf = (peer: Peer, id: string, name: string, args: object): string => peer.text(id, 'tools/call', { name, arguments: args }, peer.era === 'modern' ? { [LOG_LEVEL]: 'error' } : undefined)

const open = async (door: ChildDoor): Promise<{ child: HttpChild; peers: Record<Era, Peer> }> => {
  const child = await startHttp(door)
  const peers = { legacy: await Peer.open(child.url, 'legacy'), modern: await Peer.open(child.url, 'modern') }
  await warmUp([peers.legacy, peers.modern])
  return { child, peers }
}

/** By how many bytes the process is larger afterwards, with the client still there. */
async function growth(child: HttpChild, client: () => Promise<unknown>, others: () => Promise<void>): Promise<number> {
  const before = await child.ask<Memory>('memory')
  await client()
  await others()
  await expect.poll(() => child.ask('working'), { timeout: 60_000 }).toBe(0)
  const after = await child.ask<Memory>('memory')
  return after.rss - before.rss
}

/** Another client calls on: each call is answered. */
async function callsAreAnswered(peer: Peer): Promise<void> {
  for (let round = 0; round < 50; round++) expect(await peer.request(`other ${round}`, 'tools/call', { name: 'pid' })).toMatchObject({ status: 200, messages: [{ result: {} }] })
}

const writeTo = async (peer: Peer, ...texts: string[]): Promise<void> => {
  const client = (await RawClient.open(peer.url)).stopReading()
  client.write(...texts.map((body) => rawRequest(peer.url, { headers: peer.headers(body), body })))
}

const ENDPOINTS = CHILD_DOORS.filter((door) => door !== 'sse')

describe.each(ENDPOINTS)('%s', (door) => {
  test.each([
    ['legacy', 'talk'],
    ['legacy', 'shout'],
    ['modern', 'talk'],
    ['modern', 'shout'],
  ] as const)('notifications of a %s call before its response (%s)', async (era, tool) => {
    const { child, peers } = await open(door)
    const ask = () => writeTo(peers[era], textOf(peers[era], 'unread', tool, { bytes: BYTES, count: COUNT }))
    expect(await growth(child, ask, () => callsAreAnswered(peers.modern))).toBeLessThan(BOUND)
  })

  test('the standalone stream of a session', async () => {
    const { child, peers } = await open(door)
    await peers.legacy.request('subscribe', 'resources/subscribe', { uri: 'news://x' })
    const ask = async () => {
      const client = await RawClient.open(child.url)
      client.write(rawRequest(child.url, { method: 'GET', headers: { 'mcp-session-id': peers.legacy.session, accept: 'text/event-stream' } }))
      await client.until('keep-alive')
      client.stopReading()
      await child.ask('changed', { bytes: BYTES, count: COUNT })
    }
    expect(await growth(child, ask, () => callsAreAnswered(peers.modern))).toBeLessThan(BOUND)
  })

  test('subscriptions/listen', async () => {
    const { child, peers } = await open(door)
    const body = peers.modern.text('listen', 'subscriptions/listen', { notifications: { resourceSubscriptions: ['news://x'] } })
    const ask = async () => {
      const client = await RawClient.open(child.url)
      client.write(rawRequest(child.url, { headers: peers.modern.headers(body), body }))
      await client.until('acknowledged')
      client.stopReading()
      await child.ask('changed', { bytes: BYTES, count: COUNT })
    }
    expect(await growth(child, ask, () => callsAreAnswered(peers.modern))).toBeLessThan(BOUND)
    await expect.poll(() => child.ask('stats')).toMatchObject({ subscriptions: 0 }) // It was cut off.
  })

  test('one large result on each of many connections', async () => {
    const { child, peers } = await open(door)
    const body = textOf(peers.modern, 'unread', 'large', { bytes: BYTES })
    const ask = async () => {
      for (let number = 0; number < COUNT; number++) await writeTo(peers.modern, body)
    }
    expect(await growth(child, ask, () => callsAreAnswered(peers.modern))).toBeLessThan(BOUND)
  })
})

// Behind /fetch, the host has the connections.
describe.each(ENDPOINTS.filter((door) => door !== 'fetch'))('%s', (door) => {
  test.each(['legacy', 'modern'] as const)('%s calls that are pipelined on one connection', async (era) => {
    const { child, peers } = await open(door)
    const texts = Array.from({ length: COUNT }, (_, number) => textOf(peers[era], `unread ${number}`, 'large', { bytes: BYTES }))
    expect(await growth(child, () => writeTo(peers[era], ...texts), () => callsAreAnswered(peers.modern))).toBeLessThan(BOUND)
  })
})

describe('sse', () => {
  test.each(['talk', 'shout', 'large', 'changed'])('the stream of a client (%s)', async (name) => {
    const child = await startHttp('sse')
    const other = await connect({ url: child.url, connect: sseWire(child.url), close: async () => {} }, '2024-11-05')
    await other.handshake()
    for (let round = 0; round < 20; round++) await other.call('talk', { bytes: BYTES, count: 1 }) // More at once than it reads would have it cut off, too.

    const client = await RawClient.open(child.url)
    client.write(rawRequest(child.url, { method: 'GET', headers: { accept: 'text/event-stream' } }))
    const [, endpoint = ''] = /data: (\S+)\n\n/.exec(await client.until('\n\n')) ?? []
    client.stopReading()
    const post = (method: string, params: object, id: number) => exchange(new URL(endpoint, child.url).href, { headers: BASE_HEADERS, body: JSON.stringify({ jsonrpc: '2.0', id, method, params }) })
    await post('initialize', { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'suite', version: '1' } }, 0)
    await exchange(new URL(endpoint, child.url).href, { headers: BASE_HEADERS, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' })
    const ask = async () => {
      if (name === 'changed') {
        await post('resources/subscribe', { uri: 'news://x' }, 1)
        await child.ask('changed', { bytes: BYTES, count: COUNT })
      } else if (name === 'large') {
        for (let id = 1; id <= COUNT; id++) await post('tools/call', { name, arguments: { bytes: BYTES } }, id)
      } else await post('tools/call', { name, arguments: { bytes: BYTES, count: COUNT } }, 1)
    }
    const others = async () => {
      for (let round = 0; round < 50; round++) await other.call('pid')
    }
    expect(await growth(child, ask, others)).toBeLessThan(BOUND)
    await expect.poll(async () => (await post('ping', {}, 9999)).status).toBe(404) // It was cut off, and so its session has ended.
  })
})
