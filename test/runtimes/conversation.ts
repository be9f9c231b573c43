/** What is said to `programs/server.js`, whatever runs it: each is a test of its own, over a server that has begun before. */
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { accept, answering } from '../harness/answering.ts'
import { send } from '../harness/http-client.ts'
import { connect } from '../harness/index.ts'
import { Peer } from '../harness/http-peer.ts'
import { MODERN, NEWEST_LEGACY, type Revision } from '../harness/message.ts'
import { textOf } from '../harness/server.ts'
import type { Served } from '../harness/wire.ts'

/** One revision of each era: what tells the others apart is no matter of the runtime. */
export const ERAS: readonly Revision[] = [NEWEST_LEGACY, MODERN]
const PROGRESS = { meta: { progressToken: 't' } }

/** Over any transport. `open` gives what there is to connect to: for stdio, a process for each test. */
export function answers(open: () => Served, revisions: readonly Revision[]): void {
  test.each(revisions)('responds in %s, with progress', async (revision) => {
    const client = await connect(open(), revision)
    await client.handshake()
    if (client.modern) expect(await client.result('server/discover')).toMatchObject({ supportedVersions: [MODERN] })
    expect(await client.call('greet', { name: 'Ada' })).toMatchObject({ structuredContent: { greeting: 'Hello, Ada' } })
    expect(await client.call('greet', { name: 1 })).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('expected string') }] })
    expect(textOf(await client.call('count', {}, PROGRESS))).toBe('counted')
    expect(client.notified('notifications/progress').map(({ params }) => params?.progress)).toEqual([1, 2, 3])
  })

  test.each(revisions)('notifies a client of %s of changes', async (revision) => {
    const client = await connect(open(), revision)
    await client.handshake()
    if (client.modern) {
      client.start('subscriptions/listen', { notifications: { toolsListChanged: true } })
      await client.untilNotified('notifications/subscriptions/acknowledged')
    }
    const told = client.next(({ method }) => method === 'notifications/tools/list_changed')
    await client.call('grow')
    await told
    expect(client.notified('notifications/tools/list_changed')).toHaveLength(1)
  })
}

/** Over Streamable HTTP: besides, what lies in more than one request. */
export function answersHttp(served: () => Served): void {
  answers(served, ERAS)
  const url = (): string => served().url ?? ''

  test('a session lasts from its handshake to its DELETE', async () => {
    const peer = await Peer.open(url(), 'legacy')
    expect(peer.session).toMatch(/^[\x21-\x7e]+$/)
    const standing = await send(url(), { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session } })
    expect((await peer.request(1, 'ping')).status).toBe(200)
    expect((await peer.send('DELETE')).status).toBe(204)
    expect(await text(standing)).toMatch(/: keep-alive\n\n$/) // It has ended.
    expect((await peer.request(2, 'ping')).status).toBe(404)
  })

  test.each(ERAS)('elicits input from a client of %s, and continues with the response', async (revision) => {
    const client = await connect(served(), revision, { capabilities: { elicitation: {} } })
    await client.handshake()
    const { result, questions } = await answering(client, 'tools/call', { name: 'order' }, () => accept({ sure: true }))
    expect(questions).toMatchObject([{ method: 'elicitation/create', params: { message: 'Really?' } }])
    expect(textOf(result ?? {})).toBe('accept')
  })

  test('a client that disconnects cancels its call, in the modern era', async () => {
    const client = await connect(served(), MODERN)
    const id = client.start('tools/call', { name: 'wait' }, PROGRESS)
    await client.untilNotified('notifications/progress')
    await client.cancel(id)
    expect(textOf(await client.call('left'))).toBe('AbortError')
  })

  test.each(['legacy', 'modern'] as const)('a disallowed Host or Origin is rejected, in the %s era', async (era) => {
    const peer = await Peer.open(url(), era)
    const status = async (headers: Record<string, string>): Promise<number> => (await peer.request(1, 'tools/list', {}, headers)).status
    expect(await status({ host: 'evil.example' })).toBe(403)
    expect(await status({ origin: 'https://evil.example' })).toBe(403)
    expect(await status({})).toBe(200)
  })
}

/** A server that is asked to end says so to whoever listens, before it does. `end` resolves with its exit code. */
export function endsInOrder(served: () => Served, end: () => Promise<unknown>): void {
  test('ends its streams gracefully, and then stops', async () => {
    const client = await connect(served(), MODERN)
    const id = client.start('subscriptions/listen', { notifications: { toolsListChanged: true } })
    await client.untilNotified('notifications/subscriptions/acknowledged')
    const answered = client.next((message) => message.id === id)
    const code = end()
    expect(await answered).toMatchObject({ result: { resultType: 'complete' } })
    expect(await code).toBe(0)
  })
}
