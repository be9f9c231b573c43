/** The memory that bodies take: the estimate is near the truth, and floods do not exhaust a small heap. */
import { execFile } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startHttp, type HttpChild } from '../harness/http-child.ts'
import { Peer } from '../harness/http-peer.ts'
import { initializeParams, requestText } from '../harness/message.ts'
import { rawRequest } from '../harness/raw-http.ts'
import { join } from '../harness/sse-peer.ts'

const PROGRAM = fileURLToPath(new URL('../programs/json-memory.mjs', import.meta.url))
const SMALL_HEAP = ['--max-old-space-size=192']

describe('the estimate is at least 70% of what V8 takes', () => {
  test.each([
    'empty arrays',
    'empty objects',
    'arrays in arrays',
    'arrays of one number',
    'integers',
    'fractions',
    'short strings',
    'long strings',
    'strings with escapes',
    'strings with escapes, not Latin-1',
    'one object with many keys',
    'objects of one shape',
    'objects with keys of their own',
    'objects in objects with keys of their own',
    'objects with a small number as key',
    'objects with a large number as key',
    'objects with a large number as key, with an array',
    'objects of fractions',
    'one text',
    'one text, not Latin-1',
  ])('%s', async (shape) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, shape])
    const { taken, estimated } = JSON.parse(stdout) as { taken: number; estimated: number }
    expect(taken).toBeGreaterThan(1_000_000)
    expect(estimated / taken).toBeGreaterThan(0.7)
    expect(estimated / taken).toBeLessThan(4.5)
  })
})

/** Arrays without items, in about as many bytes. */
const dense = (bytes: number): string => `[${'[],'.repeat(bytes / 3)}[]]`
/** A request with members that nothing reads. */
const padded = (text: string, bytes: number): string => `${text.slice(0, -1)},"padding":${dense(bytes)}}`

async function openSocket(child: HttpChild): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect({ port: Number(new URL(child.url).port), host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, received: () => received }
}

/** Callers are told apart by this header, where the child is told to trust it. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
const OPTIONS = { fastify: { trustProxy: true } }

async function isServed(child: HttpChild): Promise<void> {
  const peer = await Peer.open(child.url, 'modern', undefined, from('198.51.100.7'))
  expect(await peer.request(1, 'tools/call', { name: 'pid' })).toMatchObject({ status: 200, messages: [{ result: {} }] })
  const legacy = await Peer.open(child.url, 'legacy', undefined, from('198.51.100.7'))
  expect(await legacy.request(1, 'tools/call', { name: 'pid' })).toMatchObject({ status: 200, messages: [{ result: {} }] })
}

test('[case 16] pending elicitations of 6 sessions, 64 each with 60 KB of dense JSON: some are refused, and others are served', async () => {
  const child = await startHttp('http', OPTIONS, SMALL_HEAP)
  const sockets: Awaited<ReturnType<typeof openSocket>>[] = []
  for (let session = 0; session < 6; session++) {
    const peer = await Peer.open(child.url, 'legacy', undefined, { capabilities: { elicitation: {} } })
    for (let id = 1; id <= 64; id++) {
      const opened = await openSocket(child)
      sockets.push(opened)
      const body = padded(peer.text(id, 'tools/call', { name: 'ask' }), 60_000)
      opened.socket.write(rawRequest(child.url, { headers: peer.headers(body), body }))
    }
    await expect.poll(() => sockets.every(({ received }) => /elicitation\/create|too_many_bytes/.test(received())), { timeout: 30_000 }).toBe(true)
  }
  const refused = sockets.filter(({ received }) => received().startsWith('HTTP/1.1 503') && received().includes('too_many_bytes'))
  expect(refused.length).toBeGreaterThan(100)
  expect(sockets.length - refused.length).toBeGreaterThan(50)
  await isServed(child)
  for (const { socket } of sockets) socket.destroy()
})

describe.each(['http', 'node', 'fetch'] as const)('%s', (door) => {
  test('[case 16] calls with 4 MB of dense JSON: one at a time is served, and several at once get 503', async () => {
    const child = await startHttp(door, door === 'http' ? OPTIONS : {}, SMALL_HEAP)
    const peer = await Peer.open(child.url, 'modern')
    const body = padded(peer.text(1, 'tools/call', { name: 'slow', arguments: { ms: 60_000 } }), 4_000_000)
    const sockets: Awaited<ReturnType<typeof openSocket>>[] = []
    for (let count = 0; count < 8; count++) {
      const opened = await openSocket(child)
      sockets.push(opened)
      opened.socket.write(rawRequest(child.url, { headers: peer.headers(body), body }))
    }
    await expect.poll(() => sockets.filter(({ received }) => received().startsWith('HTTP/1.1 503') && received().includes('too_many_bytes')).length, { timeout: 60_000 }).toBe(7)
    if (door === 'http') await isServed(child)
    else expect(await peer.request(1, 'tools/list')).toMatchObject({ status: 200 })
    for (const { socket } of sockets) socket.destroy()
  })
})

test('[case 16] connections that send all but the end of their small bodies: some get 503, and others are served', async () => {
  const child = await startHttp('http', { ...OPTIONS, totalBodyLimit: 32 * 2 ** 20 }, SMALL_HEAP)
  const peer = await Peer.open(child.url, 'modern')
  const headers = { ...peer.headers(peer.text(1, 'tools/list')), 'content-length': 65_000 }
  const sockets = await Promise.all(Array.from({ length: 700 }, () => openSocket(child)))
  for (const { socket } of sockets) socket.write(rawRequest(child.url, { headers }) + 'x'.repeat(64_900))
  await expect.poll(() => sockets.filter(({ received }) => received().includes('too_many_bytes')).length, { timeout: 30_000 }).toBeGreaterThan(200)
  await isServed(child)
  for (const { socket } of sockets) socket.destroy()
})

test('[case 16] over HTTP+SSE, calls with 60 KB of dense JSON in many sessions: some are refused, and others are served', async () => {
  const child = await startHttp('sse', OPTIONS, SMALL_HEAP)
  const statuses: number[] = []
  for (let session = 0; session < 4; session++) {
    const peer = await join(child.url)
    onTestFinished(() => void peer.reply.destroy())
    await peer.ask(0, requestText(0, 'initialize', initializeParams('2024-11-05')))
    for (let id = 1; id <= 64; id++) statuses.push((await peer.post(padded(requestText(id, 'tools/call', { name: 'slow', arguments: { ms: 60_000 } }), 60_000))).status)
  }
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(100)
  const other = await join(child.url, from('198.51.100.7').headers)
  onTestFinished(() => void other.reply.destroy())
  expect(await other.ask(1, requestText(1, 'ping'), from('198.51.100.7').headers)).toMatchObject({ result: {} })
})
