/** Which client, and which of its calls, a legacy upstream's input requests reach. */
import { McpServer, type Logger } from '@gangway/core'
import { proxy } from '@gangway/core/proxy'
import { connectInMemory, memory, type TestClient } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { connectTo } from '../../packages/core/src/client/connect.ts'
import { inRounds } from '../../packages/core/src/client/multi-round-trip.ts'
import { gate } from '../harness/server.ts'
import { playedUpstream, type Played } from './played-upstream.ts'
import { afterTest } from '../harness/cleanup.ts'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 })

const ignore = (): void => {}
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const LEGACY = '2025-11-25'
const MODERN = '2026-07-28'
const FORM = { type: 'object', properties: { yes: { type: 'boolean' } } }
const question = (id: string, message = id): object => ({ id, method: 'elicitation/create', params: { message, requestedSchema: FORM } })
const decline = { elicit: () => ({ action: 'decline' as const }) }

const stop = (running: { close(): Promise<void> }): Promise<void> => {
  void running.close()
  return running.close()
}

async function overHttp(server: ReturnType<typeof proxy>): Promise<string> {
  const running = await httpServer({ port: 0, sessions: 'none' }).serve(server)
  afterTest(() => stop(running))
  return running.url ?? ''
}

const answerTo = ({ heard }: Played, id: string): unknown => heard.find((message) => 'id' in message && message.id === id && !('method' in message))

/** The calls, by their argument, whose results carried these messages to the client. */
function askedIn({ messages }: TestClient<never>): Record<string, string[]> {
  const calls = new Map(messages.flatMap(({ message }) => ('method' in message && message.method === 'tools/call' && 'id' in message ? [[message.id, String((message.params?.arguments as { which?: string })?.which)] as const] : [])))
  const asked: Record<string, string[]> = {}
  for (const { message } of messages) {
    if (!('result' in message) || !('inputRequests' in message.result)) continue
    const requests = Object.values(message.result.inputRequests as Record<string, { params: { message: string } }>)
    ;(asked[calls.get(message.id as number) ?? ''] ??= []).push(...requests.map(({ params }) => params.message))
  }
  return asked
}

/** A client whose calls `first` and `second` have reached the upstream. */
async function withTwoCalls() {
  const calls: unknown[] = []
  const upstream = playedUpstream((id) => void calls.push(id))
  const client = await connectInMemory(proxy(upstream.transport, { revision: LEGACY, logger }), { revision: MODERN, answers: decline })
  afterTest(() => client.close())
  for (const one of ['first', 'second']) client.callTool('ask', { which: one }).catch(ignore)
  await expect.poll(() => calls).toHaveLength(2)
  return { upstream, client, calls }
}

describe('with several calls of one client in flight', () => {
  test.each([['first', 0], ['second', 1]] as const)('an input request on the stream of the %s call is asked in that call', async (which, index) => {
    const { upstream, client, calls } = await withTwoCalls()
    upstream.say(question('q'), calls[index] as number)
    await expect.poll(() => answerTo(upstream, 'q')).toMatchObject({ result: { action: 'decline' } })
    expect(askedIn(client as never)).toEqual({ [which]: ['q'] })
  })

  test('one without a stream of its own is asked in the oldest call', async () => {
    const { upstream, client } = await withTwoCalls()
    upstream.say(question('q'))
    await expect.poll(() => answerTo(upstream, 'q')).toMatchObject({ result: { action: 'decline' } })
    expect(askedIn(client as never)).toEqual({ first: ['q'] })
  })

  test.each([LEGACY, MODERN] as const)('the end of one call over HTTP does not affect what another asks of %s', async (revision) => {
    const behind = new McpServer({ name: 'behind', version: '1', logger })
      .tool('wait', {}, () => new Promise<string>(ignore))
      .tool('ask', {}, async (_, ctx) => (await ctx.elicit('q', 'Sure?', { yes: z.boolean() })).action)
    const running = await httpServer({ port: 0 }).serve(behind)
    afterTest(() => stop(running))
    const [asked, release] = [gate(), gate()]
    const server = proxy(httpClient(running.url ?? ''), { revision: LEGACY, logger })
    const client = await opened(memory(server), { revision, elicit: () => (asked.open(), release.then(() => ({ action: 'decline' as const }))) })
    const enough = new AbortController()
    const waiting = client.callTool('wait', {}, { signal: enough.signal }).catch(ignore)
    const asking = client.callTool('ask')
    await asked
    enough.abort()
    await waiting
    release.open()
    expect(await asking).toMatchObject({ content: [{ text: 'decline' }] })
  })
})

test.each([LEGACY, MODERN] as const)('the answer of a client of %s passes unchanged: defaults of the form are not filled in', async (revision) => {
  const upstream = playedUpstream((_, say) => say({ id: 'q', method: 'elicitation/create', params: { message: 'Which?', requestedSchema: { type: 'object', properties: { name: { type: 'string' }, size: { type: 'string', default: 'm' } } } } }))
  const server = memory(proxy(upstream.transport, { revision: LEGACY, logger }))
  // As a client sends it that knows no defaults.
  const client = await connectTo(server, { revision, capabilities: { elicitation: { form: {} } } }, async () => ({ action: 'accept', content: { name: 'Ada' } }))
  afterTest(() => client.connection.close())
  inRounds(client.connection, client.connection.requireEra(), 'tools/call', { name: 'ask', arguments: {} }, {}).catch(ignore)
  await expect.poll(() => answerTo(upstream, 'q')).toMatchObject({ result: {} })
  expect((answerTo(upstream, 'q') as { result: { content: object } }).result.content).toEqual({ name: 'Ada' })
})

test.each([LEGACY, MODERN] as const)('of several clients of %s, only the one whose connection it comes over is asked', async (revision) => {
  const upstreams: ((message: object) => void)[] = []
  const upstream = playedUpstream((_, say) => void upstreams.push(say))
  const asked: string[] = []
  const server = proxy(upstream.transport, { revision: LEGACY, logger })
  for (const name of ['ada', 'bob']) {
    const client = await opened(memory(server), { revision, elicit: ({ message }) => (asked.push(`${name}: ${message}`), { action: 'decline' }) })
    client.callTool('ask').catch(ignore)
    await expect.poll(() => upstreams).toHaveLength(name === 'ada' ? 1 : 2)
  }
  for (const [index, say] of upstreams.entries()) say(question(`q${index}`))
  await expect.poll(() => asked.toSorted()).toEqual(['ada: q0', 'bob: q1'])
})

describe('clients without a session, whose calls share a connection one after the other', () => {
  test.each<[string, (upstream: Played, first: number) => void]>([
    ['between their calls', (upstream) => upstream.say(question('late'))],
    ['on the stream of a call that is finished', (upstream, first) => upstream.say(question('late'), first)],
  ])('an input request %s is refused, and the next client is not asked', async (where, ask) => {
    const calls: number[] = []
    const upstream = playedUpstream((id, say) => {
      calls.push(id as number)
      if (calls.length === 1) say({ id, result: { content: [] } })
    })
    const url = await overHttp(proxy(upstream.transport, { revision: LEGACY, logger }))
    const asked: string[] = []
    const elicit = ({ message }: { message: string }): { action: 'decline' } => (asked.push(message), { action: 'decline' })
    const [one, other] = [await opened(httpClient(url), { revision: MODERN, elicit }), await opened(httpClient(url), { revision: MODERN, elicit })]
    await one.callTool('ask')
    const next = where.startsWith('between') ? undefined : other.callTool('ask').catch(ignore)
    if (next) await expect.poll(() => calls).toHaveLength(2)
    ask(upstream, calls[0] ?? 0)
    await expect.poll(() => answerTo(upstream, 'late')).toMatchObject({ error: { code: -32600 } })
    expect(asked).toEqual([])
  })
})
