/** Behind a reverse proxy that gathers what it passes on and drops what is silent, as they do: the comments keep the streams. */
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { http } from '@gangway/transport-http'
import { sse } from '@gangway/transport-sse'
import { eachEvent, type ServerEvent } from '../harness/events.ts'
import { send } from '../harness/http-client.ts'
import { Peer } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { gate, newServer } from '../harness/server.ts'

/** Milliseconds without a byte after which it drops a connection to the server. */
const PATIENCE = 400
const GATHERED = 4096

/** Resolves with the address of a path behind it. */
async function proxy(target: string): Promise<string> {
  const agent = new Agent()
  const app = createServer((incoming, outgoing) => {
    const { method, headers } = incoming
    const upstream = request(new URL(incoming.url ?? '/', target), { method, headers, agent }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      pass(reply, (bytes) => outgoing.write(bytes)).then(() => outgoing.end(), () => outgoing.destroy())
    })
    upstream.setTimeout(PATIENCE, () => upstream.destroy())
    upstream.on('error', () => outgoing.destroy())
    outgoing.on('close', () => upstream.destroy())
    incoming.pipe(upstream)
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  closing({ close: async () => void (app.closeAllConnections(), app.close()) })
  const { pathname } = new URL(target)
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}${pathname}`
}

/** Passes on at once what the server says must not be gathered, as nginx does; else whole buffers. */
async function pass(reply: IncomingMessage, write: (bytes: Buffer) => void): Promise<void> {
  const atOnce = reply.headers['x-accel-buffering'] === 'no'
  let gathered = Buffer.alloc(0)
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    gathered = Buffer.concat([gathered, chunk])
    if (!atOnce && gathered.length < GATHERED) continue
    write(gathered)
    gathered = Buffer.alloc(0)
  }
  write(gathered)
}

/** A stream through the proxy, with what has come of it. */
async function follow(options: Parameters<typeof send>): Promise<{ events: ServerEvent[]; ended: Promise<void>; reply: IncomingMessage }> {
  const events: ServerEvent[] = []
  const reply = await send(...options)
  reply.on('error', () => {}) // Its end tells.
  return { events, reply, ended: eachEvent(reply, (event) => void events.push(event)) }
}

const comments = (events: readonly ServerEvent[]): number => events.filter(({ event }) => event === '').length

/** More often than the proxy loses its patience, so that a stream that lives has seen several. */
const KEPT = 5
const options = (keepAliveInterval: number) => ({ host: '127.0.0.1', port: 0, keepAliveInterval, drainTimeout: 0 })

describe.each([
  ['with comments in time, a stream lives on and its message arrives', 100, true],
  ['without, the proxy drops it', 60_000, false],
] as const)('%s', (_, keepAlive, lives) => {
  const check = async (stream: Awaited<ReturnType<typeof follow>>, say: () => void, text: string): Promise<void> => {
    if (!lives) return stream.ended
    await expect.poll(() => comments(stream.events), { timeout: 10_000 }).toBeGreaterThan(KEPT + PATIENCE / keepAlive)
    say()
    await expect.poll(() => JSON.stringify(stream.events)).toContain(text)
  }

  test('a call', async () => {
    const release = gate()
    const server = newServer().tool('slow', {}, async (_args, { log }) => {
      log.error('begun')
      await release
      return 'done'
    })
    const running = closing(await http({ ...options(keepAlive), path: '/mcp' }).serve(server))
    const peer = await Peer.open(await proxy(running.url ?? ''), 'legacy')
    const body = peer.text(1, 'tools/call', { name: 'slow' })
    await check(await follow([peer.url, { headers: peer.headers(body) as Record<string, string>, body }]), () => release.open(), 'done')
  })

  test('the standalone stream of a session, and a subscription', async () => {
    const server = newServer().resource('a://b', {}, () => 'text')
    const running = closing(await http({ ...options(keepAlive), path: '/mcp' }).serve(server))
    const url = await proxy(running.url ?? '')
    const legacy = await Peer.open(url, 'legacy')
    const modern = await Peer.open(url, 'modern')
    await legacy.request(1, 'resources/subscribe', { uri: 'a://b' })
    const body = modern.text(1, 'subscriptions/listen', { notifications: { resourceSubscriptions: ['a://b'] } })
    const streams = await Promise.all([
      follow([url, { method: 'GET', headers: { 'mcp-session-id': legacy.session, accept: 'text/event-stream' } }]),
      follow([url, { headers: modern.headers(body) as Record<string, string>, body }]),
    ])
    await Promise.all(streams.map((stream) => check(stream, () => server.changed('a://b'), 'resources/updated')))
  })

  test('the stream of HTTP+SSE', async () => {
    const server = newServer()
    const running = closing(await sse({ ...options(keepAlive), path: '/sse' }).serve(server))
    const url = await proxy(running.url ?? '')
    const stream = await follow([url, { method: 'GET', headers: { accept: 'text/event-stream' } }])
    await check(stream, () => void running.close(), 'endpoint')
  })
})
