/** The life of a server on a port: where it listens, what its end waits for, and its hooks around it all. */
import { createServer, type AddressInfo } from 'node:net'
import { http } from '@gangway/transport-http'
import { sse } from '@gangway/transport-sse'
import { stdio } from '@gangway/transport-stdio'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eachEvent } from '../harness/events.ts'
import { exchange, send } from '../harness/http-client.ts'
import { ERAS, Peer } from '../harness/http-peer.ts'
import { closing, connect, serve } from '../harness/index.ts'
import { aborted, gate, newServer, textOf } from '../harness/server.ts'

const HERE = { host: '127.0.0.1', port: 0 }
const TRANSPORTS = [
  ['http', (options: object) => http({ ...HERE, path: '/mcp', ...options })],
  ['sse', (options: object) => sse({ ...HERE, path: '/sse', ...options })],
] as const

function slowServer() {
  const started = gate()
  const release = gate()
  const stopped = gate<unknown>()
  const server = newServer().tool('slow', {}, async (_, { signal }) => {
    started.open()
    await Promise.race([release, aborted(signal)])
    stopped.open(signal.aborted)
    return 'done'
  })
  return { server, started, release, stopped }
}

/** A port of a program that is not ours. */
async function takenPort(): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  onTestFinished(() => void other.close())
  return (other.address() as AddressInfo).port
}

describe.each(TRANSPORTS)('%s', (name, transport) => {
  test('serves at its URL', async () => {
    const running = closing(await transport({}).serve(newServer()))
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(mcp|sse)$/)
    const reply = await send(running.url ?? '', { method: 'GET', headers: { accept: 'text/event-stream' } })
    reply.destroy()
    expect(reply.statusCode).toBe(name === 'sse' ? 200 : 400)
  })

  test('the root responds with the URL of the endpoint', async () => {
    const running = closing(await transport({}).serve(newServer()))
    const { origin, pathname } = new URL(running.url ?? '')
    const reply = await fetch(`${origin}/?token=x`)
    expect([reply.status, await reply.json()]).toEqual([404, { statusCode: 404, error: 'Not Found', message: `No route for GET /. The MCP endpoint is ${pathname}` }])
  })

  test('a port in use is GANGWAY_E_PORT_IN_USE, and everything that was opened is closed', async () => {
    const port = await takenPort()
    const told: string[] = []
    const server = newServer()
      .onStart(() => void told.push('start'))
      .onClose(() => void told.push('close'))
    await expect(transport({ port }).serve(server)).rejects.toMatchObject({ code: 'GANGWAY_E_PORT_IN_USE', message: expect.stringContaining(String(port)) })
    expect(told).toEqual(['start', 'close'])
  })

  test('an address of another machine is GANGWAY_E_BIND', async () => {
    await expect(transport({ host: '192.0.2.1', allowedHosts: 'any' }).serve(newServer())).rejects.toMatchObject({ code: 'GANGWAY_E_BIND' })
  })

  test.each([-1, 1.5, 65_536, Number.NaN])('port %s is GANGWAY_E_USAGE', async (port) => {
    await expect(transport({ port }).serve(newServer())).rejects.toMatchObject({ code: 'GANGWAY_E_USAGE' })
  })

  test.each([{ path: 'mcp' }, { keepAliveInterval: 0 }, { keepAliveInterval: Number.NaN }])('%j is misleading, and gets GANGWAY_E_USAGE', async (options) => {
    const [option = ''] = Object.keys(options)
    await expect(transport(options).serve(newServer())).rejects.toMatchObject({ code: 'GANGWAY_E_USAGE', message: expect.stringMatching(`^${option} must`) })
  })

  test.each(['0.0.0.0', '::', 'example.com'])('a bind to %s without allowedHosts does not start', async (host) => {
    const told: string[] = []
    const server = newServer().onStart(() => void told.push('start'))
    await expect(transport({ host }).serve(server)).rejects.toMatchObject({ code: 'GANGWAY_E_ALLOWED_HOSTS', message: expect.stringContaining('allowedHosts') })
    expect(told).toEqual([])
  })

  test("listens there with allowed hosts, or with 'any'", async () => {
    for (const allowedHosts of [['api.example.com'], 'any']) {
      const running = closing(await transport({ host: '0.0.0.0', allowedHosts }).serve(newServer()))
      expect(await exchange(running.url ?? '', { method: 'PUT', headers: { host: 'api.example.com' } })).not.toMatchObject({ status: 403 })
    }
  })

  test('an onStart hook that fails prevents the start', async () => {
    const port = await takenPort()
    const server = newServer().onStart(() => Promise.reject(new Error('no database')))
    await expect(transport({ port }).serve(server)).rejects.toThrow('no database')
  })

  test('after close(), nothing listens', async () => {
    const running = await transport({}).serve(newServer())
    await running.close()
    await running.closed
    await expect(exchange(running.url ?? '', { method: 'GET' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('close() rejects with the error of an onClose hook', async () => {
    const server = newServer().onClose(() => Promise.reject(new Error('disk full')))
    const running = await transport({}).serve(server)
    await expect(running.close()).rejects.toThrow('disk full')
    await expect(running.closed).rejects.toThrow('disk full')
  })
})

describe.each(ERAS)('%s', (era) => {
  test('close() lets a call in flight finish and send its response', async () => {
    const { server, started, release, stopped } = slowServer()
    const running = await http({ ...HERE, path: '/mcp' }).serve(server)
    const peer = await Peer.open(running.url ?? '', era)
    const reply = peer.request(7, 'tools/call', { name: 'slow' })
    await started
    const closed = running.close()
    release.open()
    expect(await reply).toMatchObject({ status: 200, messages: [{ id: 7, result: { content: [{ text: 'done' }] } }] })
    await closed
    expect(await stopped).toBe(false)
  })

  test('a second close() aborts the call', async () => {
    const { server, started, stopped } = slowServer()
    const running = await http({ ...HERE, path: '/mcp' }).serve(server)
    const peer = await Peer.open(running.url ?? '', era)
    const reply = peer.request(7, 'tools/call', { name: 'slow' })
    await started
    const closed = running.close()
    await Promise.all([closed, running.close()])
    expect(await stopped).toBe(true)
    expect((await reply).messages).toMatchObject([{ id: 7, error: { code: -32800 } }])
  })

  test('close() waits without limit if drain is Infinity', async () => {
    const { server, started, release, stopped } = slowServer()
    const running = await http({ ...HERE, path: '/mcp', drainTimeout: Number.POSITIVE_INFINITY }).serve(server)
    const peer = await Peer.open(running.url ?? '', era)
    const reply = peer.request(7, 'tools/call', { name: 'slow' })
    await started
    const closed = running.close()
    while ((await exchange(new URL('/readyz', peer.url).href, { method: 'GET' })).status === 200) await setTimeout(1)
    await setTimeout(20) // A timer that has overflowed fires at once.
    release.open()
    expect((await reply).messages).toMatchObject([{ id: 7, result: {} }])
    await closed
    expect(await stopped).toBe(false)
  })

  test('a call that exceeds the drain time is aborted', async () => {
    const { server, started, stopped } = slowServer()
    const running = await http({ ...HERE, path: '/mcp', drainTimeout: 1 }).serve(server)
    const peer = await Peer.open(running.url ?? '', era)
    const reply = peer.request(7, 'tools/call', { name: 'slow' })
    await started
    await running.close()
    expect(await stopped).toBe(true)
    await reply
  })
})

test('close() lets a large response be sent completely', async () => {
  const LENGTH = 3_000_000
  const started = gate()
  const release = gate()
  const server = newServer().tool('large', {}, async () => {
    started.open()
    await release
    return 'x'.repeat(LENGTH)
  })
  const running = await http({ ...HERE, path: '/mcp' }).serve(server)
  const peer = await Peer.open(running.url ?? '', 'modern')
  const body = peer.text(7, 'tools/call', { name: 'large' })
  const reply = send(peer.url, { headers: peer.headers(body) as Record<string, string>, body })
  await started
  const closed = running.close()
  release.open()
  expect((await text(await reply)).length).toBeGreaterThan(LENGTH)
  await closed
})

test('close() ends the streams of sessions, and does not wait for them', async () => {
  const running = await http({ ...HERE, path: '/mcp' }).serve(newServer())
  const peer = await Peer.open(running.url ?? '', 'legacy')
  const reply = await send(peer.url, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session } })
  const ended = eachEvent(reply, () => {})
  await running.close()
  await ended
})

test('sse: close() lets a call in flight finish, and then ends the stream', async () => {
  const { server, started, release, stopped } = slowServer()
  const served = await serve('sse', server)
  const client = await connect(served, '2024-11-05')
  await client.handshake()
  const call = client.call('slow')
  await started
  const closed = served.running?.close()
  release.open()
  expect(textOf(await call)).toBe('done')
  await closed
  expect(await stopped).toBe(false)
})

test('hooks run once for two transports, onClose hooks in reverse order', async () => {
  const told: string[] = []
  const server = newServer()
    .tool('t', {}, () => 'ok')
    .onStart(async () => void told.push('start 1'))
    .onStart(() => void told.push('start 2'))
    .onClose(() => void told.push('close 1'))
    .onClose(async () => void told.push('close 2'))
  const [web, line] = await Promise.all([http({ ...HERE, path: '/mcp' }).serve(server), stdio({ stdin: new PassThrough(), stdout: new PassThrough() }).serve(server)])
  expect(told).toEqual(['start 1', 'start 2'])
  await line.close()
  const peer = await Peer.open(web.url ?? '', 'modern')
  expect(await peer.request(7, 'tools/list')).toMatchObject({ status: 200 })
  expect(told).toEqual(['start 1', 'start 2'])
  await web.close()
  expect(told).toEqual(['start 1', 'start 2', 'close 2', 'close 1'])
})

test('a server that was closed can run again', async () => {
  const told: string[] = []
  const server = newServer()
    .onStart(() => void told.push('start'))
    .onClose(() => void told.push('close'))
  for (let round = 0; round < 2; round++) await (await http({ ...HERE, path: '/mcp' }).serve(server)).close()
  expect(told).toEqual(['start', 'close', 'start', 'close'])
})
