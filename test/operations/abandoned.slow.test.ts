/** Clients that come, and are never heard of again: what was kept for them is let go. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CHILD_DOORS, startHttp, type HttpChild } from '../harness/http-child.ts'
import { send } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { Peer } from '../harness/http-peer.ts'
import { initializeParams, NEWEST_LEGACY, requestText } from '../harness/message.ts'
import { RawClient, rawRequest } from '../harness/raw-http.ts'
import { Agent } from 'node:http'

const SESSIONS = 10_000
const CLIENTS = 200
const NOTHING = { sessions: 0, streams: 0, subscriptions: 0, inflight: 0, eventLogBytes: 0 }

interface Memory {
  heapUsed: number
}

/** So many handshakes, 16 at a time, none of which is followed by anything. */
async function abandon(url: string, sessions: number): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  let left = sessions
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const reply = await send(url, { headers: legacyHeaders(undefined, NEWEST_LEGACY), body: requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)), agent })
      reply.resume()
      await new Promise((resolve) => reply.once('end', resolve))
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  agent.destroy()
}

const nothingIsLeft = (child: HttpChild) => expect.poll(() => child.ask('stats'), { timeout: 60_000, interval: 200 }).toEqual(NOTHING)

const ENDPOINTS = CHILD_DOORS.filter((door) => door !== 'sse')

test.each(ENDPOINTS)('%s: the memory of 10,000 sessions is freed when they expire', async (door) => {
  const child = await startHttp(door, { sessionIdleTimeout: 3000 })
  await abandon(child.url, 2000) // The process is as large as it gets.
  await nothingIsLeft(child)
  const before = await child.ask<Memory>('memory')
  await abandon(child.url, SESSIONS)
  await nothingIsLeft(child)
  const after = await child.ask<Memory>('memory')
  expect(after.heapUsed - before.heapUsed).toBeLessThan(2 * 2 ** 20) // 200 bytes a session; one takes ten times as much.
})

test('no file of 10,000 sessions in a folder is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gangway-sessions-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const child = await startHttp('http', { sessionIdleTimeout: 3000, folder })
  await abandon(child.url, SESSIONS)
  await nothingIsLeft(child)
  await expect.poll(() => readdir(folder), { timeout: 30_000 }).toEqual([])
})

describe.each(ENDPOINTS)('%s', (door) => {
  test.each([
    ['vanish', (client: RawClient) => client.close()],
    ['half-close', async (client: RawClient) => client.end()],
  ])('streams of clients that %s are freed, and so are their sessions', async (_, leave) => {
    const child = await startHttp(door, { sessionIdleTimeout: 3000 })
    const modern = await Peer.open(child.url, 'modern')
    const listen = modern.text(1, 'subscriptions/listen', { notifications: {} })
    const clients: RawClient[] = []
    for (let number = 0; number < CLIENTS; number++) {
      const legacy = await Peer.open(child.url, 'legacy')
      const [standing, listening] = [await RawClient.open(child.url), await RawClient.open(child.url)]
      standing.write(rawRequest(child.url, { method: 'GET', headers: { 'mcp-session-id': legacy.session, accept: 'text/event-stream' } }))
      listening.write(rawRequest(child.url, { headers: modern.headers(listen), body: listen }))
      await Promise.all([standing.until('keep-alive'), listening.until('acknowledged')])
      clients.push(standing, listening)
    }
    expect(await child.ask('stats')).toMatchObject({ sessions: CLIENTS, streams: CLIENTS, subscriptions: CLIENTS })
    await Promise.all(clients.map(leave))
    await nothingIsLeft(child)
  })
})

// Behind /fetch, the host has the connections.
test.each(ENDPOINTS.filter((door) => door !== 'fetch'))('%s: pipelined requests are also freed when their client disconnects', async (door) => {
  const child = await startHttp(door, { sessionIdleTimeout: 3000 })
  const modern = await Peer.open(child.url, 'modern')
  const legacy = await Peer.open(child.url, 'legacy')
  const client = await RawClient.open(child.url)
  const texts = Array.from({ length: 20 }, (_, id) => modern.text(id, 'subscriptions/listen', { notifications: {} }))
  client.write(...texts.map((body) => rawRequest(child.url, { headers: modern.headers(body), body })))
  client.write(rawRequest(child.url, { method: 'GET', headers: { 'mcp-session-id': legacy.session, accept: 'text/event-stream' } }))
  await expect.poll(() => child.ask('stats')).toMatchObject({ subscriptions: 20, streams: 1 })
  await client.close()
  await nothingIsLeft(child)
})
