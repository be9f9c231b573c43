/** Floods of requests from clients that nobody knows, against processes with a small heap: what they hold stays within its bounds, and others are served. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startHttp, type HttpChild } from '../harness/http-child.ts'
import { post } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { Peer } from '../harness/http-peer.ts'
import { requestText } from '../harness/message.ts'
import { rawRequest } from '../harness/raw-http.ts'

const ENDPOINTS = ['http', 'fetch'] as const
const heapOf = (mebibytes: number): string[] => [`--max-old-space-size=${mebibytes}`]
const REVISION = '2025-11-25'
const initialize = (info: object): string => requestText(1, 'initialize', { protocolVersion: REVISION, capabilities: {}, clientInfo: { name: 'x', version: '1', ...info } })
const handshake = (child: HttpChild, info: object) => post(child.url, initialize(info), legacyHeaders(undefined, REVISION))

async function isServed(child: HttpChild): Promise<void> {
  const peer = await Peer.open(child.url, 'modern')
  expect(await peer.request(1, 'tools/call', { name: 'pid' })).toMatchObject({ status: 200, messages: [{ result: {} }] })
}

describe.each(ENDPOINTS)('%s', (door) => {
  test('[case 16] handshakes of 4 MB each are rejected, and leave nothing in memory', async () => {
    const child = await startHttp(door, {}, heapOf(128))
    const title = 'x'.repeat(4_000_000)
    for (let count = 0; count < 40; count++) expect((await handshake(child, { title })).messages).toMatchObject([{ error: { code: -32602 } }])
    expect(await child.ask('stats')).toMatchObject({ sessions: 0 })
    await isServed(child)
  })
})

test('[case 16] sessions use at most maxSessions times the memory of one, however many are opened', async () => {
  const MOST = 300
  const child = await startHttp('http', { maxSessions: (MOST / 3) * 4 }, heapOf(96)) // Of which one client gets three quarters.
  const memory = async (): Promise<number> => (await child.ask<{ heapUsed: number }>('memory')).heapUsed
  /** As much as is accepted, in as many small pieces as possible. */
  const open = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const { messages } = await handshake(child, { members: Object.fromEntries(Array.from({ length: 70 }, (_, member) => [`${index}-${member}-${Math.random().toString(36).slice(2, 6)}`, {}])) })
      expect(messages).toMatchObject([{ result: {} }])
    }
  }
  await open(20)
  const before = await memory()
  await open(MOST - 20)
  const full = await memory()
  await open(2 * MOST)
  const after = await memory()
  const OTHERWISE = 8 * 1024 // What a session takes besides.
  expect(full - before).toBeLessThan(MOST * (16 * 1024 + OTHERWISE))
  expect(after - full).toBeLessThan((full - before) / 4)
  expect(await child.ask('stats')).toMatchObject({ sessions: MOST })
})

test('[case A1] the store has at most as many sessions as the process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gangway-flood-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const child = await startHttp('http', { folder, maxSessions: 50 })
  for (let count = 0; count < 300; count++) await handshake(child, {})
  await expect.poll(async () => (await readdir(folder)).length).toBeLessThanOrEqual(50)
})

describe.each(['http', 'plugin', 'node'] as const)('%s', (door) => {
  test('[case 19] 240,000 slow calls on one connection: a bounded number is in flight, and most are not read', async () => {
    const COUNT = 240_000
    const child = await startHttp(door, {}, heapOf(96))
    const peer = await Peer.open(child.url, 'modern')
    const body = peer.text(1, 'tools/call', { name: 'slow', arguments: { ms: 600_000 } })
    const chunk = rawRequest(child.url, { headers: peer.headers(body), body }).repeat(100)
    const socket = connect({ port: Number(new URL(child.url).port), host: '127.0.0.1' })
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    socket.resume()
    const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')))
    let written = 0
    for (; written < COUNT; written += 100) {
      if (socket.write(chunk)) continue
      const stalled = new Promise((resolve) => setTimeout(() => resolve('stalled'), 3000))
      const drained = new Promise((resolve) => socket.once('drain', () => resolve('drained')))
      if ((await Promise.race([drained, stalled, closed])) !== 'drained') break // The server reads no more, or has cut the connection off.
    }
    expect(written).toBeLessThan(COUNT)
    expect((await child.ask<{ inflight: number }>('stats')).inflight).toBeLessThanOrEqual(256)
    expect((await child.ask<{ heapUsed: number }>('memory')).heapUsed).toBeLessThan(48 * 2 ** 20)
    await isServed(child)
  })
})
