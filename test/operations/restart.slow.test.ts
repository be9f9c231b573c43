/** A process that is killed, and one that takes its place with the same folder of sessions: clients do not notice. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client as SdkClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { LoggingMessageNotificationSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { expect, onTestFinished, test } from 'vitest'
import { startHttp, type ChildDoor, type HttpChild } from '../harness/http-child.ts'
import { Peer } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { RawClient, rawRequest } from '../harness/raw-http.ts'

const ROUNDS = 10
const SESSIONS = 5

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gangway-sessions-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** Kills it in the middle of whatever it does, and starts another one in its place. */
async function replace(child: HttpChild, door: ChildDoor, folder: string): Promise<HttpChild> {
  child.process.kill('SIGKILL')
  expect(await child.ended).toBe('SIGKILL')
  return startHttp(door, { folder, port: Number(new URL(child.url).port) })
}

test.each(['http', 'plugin', 'node', 'fetch'] as const)('%s: after kill -9, a session continues under its id, with its log level and subscriptions', async (door) => {
  const folder = await newFolder()
  let child = await startHttp(door, { folder })
  const peer = await Peer.open(child.url, 'legacy')
  expect((await peer.request(1, 'tools/call', { name: 'log' })).messages).toMatchObject([{ params: { level: 'error' } }, { id: 1 }])
  await peer.request(2, 'logging/setLevel', { level: 'debug' })
  await peer.request(3, 'resources/subscribe', { uri: 'news://x' })
  await peer.request(4, 'resources/subscribe', { uri: 'news://y' })
  await peer.request(5, 'resources/unsubscribe', { uri: 'news://y' })

  child = await replace(child, door, folder)
  expect((await peer.request(6, 'tools/call', { name: 'log' })).messages).toMatchObject([{ params: { level: 'debug' } }, { params: { level: 'error' } }, { id: 6 }])
  const stream = await RawClient.open(child.url)
  stream.write(rawRequest(child.url, { method: 'GET', headers: { 'mcp-session-id': peer.session, accept: 'text/event-stream' } }))
  await stream.until('keep-alive')
  await child.ask('changed', { bytes: 1, count: 1 })
  expect(await stream.until('news://x/0')).not.toContain('news://y')
})

test('kill -9 right after the handshake: the session is stored', async () => {
  const folder = await newFolder()
  let child = await startHttp('http', { folder })
  const peers = await Promise.all(Array.from({ length: SESSIONS }, () => Peer.open(child.url, 'legacy')))
  child = await replace(child, 'http', folder)
  for (const peer of peers) {
    const stream = await RawClient.open(child.url)
    stream.write(rawRequest(child.url, { method: 'GET', headers: { 'mcp-session-id': peer.session, accept: 'text/event-stream' } }))
    await stream.until('keep-alive')
    expect(await peer.request(1, 'resources/subscribe', { uri: 'news://x' })).toMatchObject({ status: 200, messages: [{ result: {} }] })
    await child.ask('changed', { bytes: 1, count: 1 })
    await stream.until('news://x/0') // So it is known that the client is initialized.
  }
})

test('kill -9 during calls, ten times: no client needs a new session', async () => {
  const folder = await newFolder()
  let child = await startHttp('http', { folder })
  const peers = await Promise.all(Array.from({ length: SESSIONS }, () => Peer.open(child.url, 'legacy')))
  for (let round = 0; round < ROUNDS; round++) {
    // The answer to some of them is cut off. To have them saved all the time, each changes its session.
    const level = round % 2 === 0 ? 'debug' : 'error'
    const before = peers.map((peer) => peer.request(`before ${round}`, 'logging/setLevel', { level }).catch(() => undefined))
    await Promise.race(before)
    child = await replace(child, 'http', folder)
    const told = await Promise.all(before)
    for (const [index, peer] of peers.entries()) {
      const reply = await peer.request(`after ${round}`, 'tools/call', { name: 'log' })
      expect(reply).toMatchObject({ status: 200 })
      const levels = reply.messages.filter(({ method }) => method === 'notifications/message').map(({ params }) => params?.level)
      if (told[index]?.status === 200) expect(levels).toEqual(level === 'debug' ? ['debug', 'error'] : ['error']) // What a client was told is so.
    }
  }
  expect((await readdir(folder)).filter((name) => name.endsWith('.json'))).toHaveLength(SESSIONS)
})

test('the official client continues without a new handshake', async () => {
  const folder = await newFolder()
  let child = await startHttp('http', { folder })
  const transport = new StreamableHTTPClientTransport(new URL(child.url), { reconnectionOptions: { initialReconnectionDelay: 10, maxReconnectionDelay: 50, reconnectionDelayGrowFactor: 1, maxRetries: 1000 } })
  const client = new SdkClient({ name: 'suite', version: '1.0.0' })
  const logged: unknown[] = []
  const updated: string[] = []
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params.data))
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updated.push(params.uri))
  await client.connect(transport as never)
  closing(client)
  const session = transport.sessionId
  await client.setLoggingLevel('debug')
  await client.subscribeResource({ uri: 'news://x' })

  child = await replace(child, 'http', folder)
  expect(await client.callTool({ name: 'pid' })).toMatchObject({ content: [{ text: String(child.process.pid) }] })
  await client.callTool({ name: 'log' })
  expect(logged).toEqual(['debug', 'error'])
  await expect.poll(async () => {
    await child.ask('changed', { bytes: 1, count: 1 }) // Until its stream is there again.
    return updated.length
  }).toBeGreaterThan(0)
  expect(transport.sessionId).toBe(session)
})
