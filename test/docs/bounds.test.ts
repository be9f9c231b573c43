/** The tables of docs/limits.md and of refusals in docs/running.md: each row is provoked and gets the documented response. */
import { readFileSync } from 'node:fs'
import type { HttpOptions } from '@gangway/transport-http'
import { sse as sseTransport } from '@gangway/transport-sse'
import { expect, test } from 'vitest'
import { exchange, send, type WholeReply } from '../harness/http-client.ts'
import { Peer } from '../harness/http-peer.ts'
import { openHttp } from '../harness/http.ts'
import { closing } from '../harness/index.ts'
import { initializeParams, modernText, requestText } from '../harness/message.ts'
import { gate, newServer } from '../harness/server.ts'
import { join } from '../harness/sse-peer.ts'

const pages = ['limits', 'running'].map((page) => readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8'))
const rows = pages.flatMap((page) => [...page.matchAll(/^\| .+ \|$/gm)].map(([row]) => row))
/** The statuses and reasons in the answer cell of the row that begins with this text. */
function saidOf(beginning: string): { statuses: number[]; reasons: string[] } {
  const found = rows.filter((row) => row.startsWith(`| ${beginning}`))
  expect([beginning, found.length]).toEqual([beginning, 1])
  const answer = found[0]!.split('|').slice(2).join('|').replace(/`test\/[^`]*`/g, '')
  return { statuses: [...answer.matchAll(/\b(4\d\d|503)\b/g)].map(([status]) => Number(status)), reasons: [...answer.matchAll(/`(\w+_\w+)`/g)].map(([, reason]) => reason!) }
}

const waiting = gate() // Which nobody opens: the end of the server is the end of the calls.
const server = newServer()
  .tool('talk', {}, (_, { progress }) => {
    progress(1)
    progress(2)
    return waiting.then(() => 'ok')
  })
const open = async (options: HttpOptions = {}) => closing(await openHttp(server, { drainTimeout: 1, ...options }))
const batch = (size: number) => JSON.stringify(Array.from({ length: size }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' })))
const nested = (depth: number) => `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":${'['.repeat(depth)}${']'.repeat(depth)}}}`

async function legacy(options?: HttpOptions): Promise<Peer> {
  return Peer.open((await open(options)).url, 'legacy', '2025-03-26')
}

const listen = (id: number) => modernText(id, 'subscriptions/listen', { notifications: { toolsListChanged: true } })
const talk = (peer: Peer) => peer.text(1, 'tools/call', { name: 'talk' }, { progressToken: 't' })
/** Begins a call that goes on after its reply has begun. */
const begin = (peer: Peer, text: string) => send(peer.url, { headers: peer.headers(text) as Record<string, string>, body: text })

const PROVOKED: Record<string, () => Promise<WholeReply>> = {
  'bytes of a body': async () => (await legacy({ bodyLimit: 500 })).post(nested(300)),
  'levels of JSON': async () => (await legacy()).post(nested(64)),
  'messages of a batch': async () => (await legacy()).post(batch(51)),
  'requests in flight in one session': async () => {
    const peer = await legacy({ maxInflight: 1 })
    await begin(peer, talk(peer))
    return peer.request(2, 'ping')
  },
  'event streams of one session': async () => {
    const peer = await legacy({ maxStreams: 1 })
    await begin(peer, talk(peer))
    return peer.request(2, 'ping')
  },
  'open `subscriptions/listen`': async () => {
    const peer = await Peer.open((await open({ maxSubscriptions: 1 })).url, 'modern')
    await begin(peer, listen(1))
    return peer.post(listen(2))
  },
  'sessions |': async () => {
    const peer = await legacy({ maxSessions: 1 })
    await Peer.open(peer.url, 'legacy')
    return peer.request(1, 'ping')
  },
  'busy sessions |': async () => {
    const peer = await legacy({ maxSessions: 1 })
    await begin(peer, talk(peer))
    return peer.request(1, 'initialize', initializeParams('2025-06-18'), { 'mcp-session-id': undefined })
  },
  'busy sessions of HTTP+SSE': async () => {
    const running = closing(await sseTransport({ port: 0, maxSessions: 1, drainTimeout: 1 }).serve(server))
    const client = await join(running.url ?? '')
    await client.ask(0, requestText(0, 'initialize', initializeParams('2025-06-18')))
    await client.post(requestText(1, 'tools/call', { name: 'talk', _meta: { progressToken: 't' } }))
    await client.find(({ method }) => method === 'notifications/progress')
    return exchange(running.url ?? '', { method: 'GET', headers: { accept: 'text/event-stream' } })
  },
  'bytes of events kept': async () => {
    const peer = await legacy({ eventLogBytes: 1 })
    const reply = await begin(peer, talk(peer))
    reply.destroy()
    return peer.send('GET', { accept: 'text/event-stream', 'last-event-id': '1_0' })
  },
  'no credentials': async () => {
    const { url } = await open({ authenticate: () => undefined })
    return exchange(url, { method: 'DELETE' })
  },
  'a Host or an Origin': async () => exchange((await open()).url, { method: 'DELETE', headers: { host: 'evil.example' } }),
  'malformed JSON': async () => (await legacy()).post('{'),
  'a method that is not served': async () => exchange((await open()).url, { method: 'PUT' }),
}

test.each(Object.keys(PROVOKED))('%s', async (beginning) => {
  const { statuses, reasons } = saidOf(beginning)
  const { status, messages, headers } = await PROVOKED[beginning]!()
  const reason = messages[0]?.error?.data?.reason
  expect({ statuses: [status], reasons: reason === undefined ? [] : [reason] }).toEqual({ statuses: statuses.slice(0, 1), reasons })
  if (status === 429 || status === 503) expect(headers['retry-after']).toBeDefined()
  if (status === 401) expect(headers['www-authenticate']).toBeDefined()
  if (status === 405) expect(headers.allow).toBeDefined()
})

test('a session that was deleted, is unknown, or belongs to another principal', async () => {
  const { statuses, reasons } = saidOf('a session that its client ended')
  const { url } = await open({ authenticate: ({ header }) => ({ subject: header('x-who') ?? 'ada', scopes: [] }) })
  const peer = await Peer.open(url, 'legacy')
  const replies = [await peer.request(1, 'ping', {}, { 'x-who': 'bob' }), await peer.request(1, 'ping', {}, { 'mcp-session-id': 'forged' })]
  await peer.send('DELETE')
  replies.push(await peer.request(1, 'ping'))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set(statuses))
  expect(replies.map(({ messages }) => messages[0]?.error?.data?.reason)).toEqual([reasons[1], reasons[1], reasons[0]])
})

test('types that are not JSON', async () => {
  const { statuses } = saidOf('a body that is not')
  const peer = await legacy()
  const { status: body } = await peer.post('{}', { 'content-type': 'text/plain' })
  const { status: accept } = await peer.post(peer.text(1, 'ping'), { accept: 'text/html' })
  expect([body, accept]).toEqual(statuses)
})
