/** A stream that outlives its connections. */
import { McpServer } from '@gangway/core'
import type { RequestMessage, ResponseMessage } from '@gangway/core/internal'
import type { EventStream } from '@gangway/core/internal/http'
import { afterEach, describe, expect, test } from 'vitest'
import { SessionStream } from '../src/session-stream.ts'
import { toLimits } from '../src/endpoint-options.ts'
import { EventLog, LogBudget } from '../src/event-log.ts'
import { HttpSession } from '../src/http-session.ts'
import { PostReply } from '../src/replies.ts'

const streams: EventStream[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.end()
})

/** Has its timer stopped when the test is over. */
const keep = <S extends EventStream | undefined>(stream: S): S => {
  if (stream) streams.push(stream)
  return stream
}

const event = (id: string, data: string): string => `event: message\nid: ${id}\ndata: ${data}\n\n`
const KEEP_ALIVE = ': keep-alive\n\n'

function open({ perSession = 2 ** 20, prime = false } = {}) {
  const log = new EventLog(new LogBudget(perSession, 2 ** 26))
  return { log, channel: new SessionStream('1', { log, prime, stream: {} }) }
}

test("starts with an event that has only an id, if the client's revision has it [H11]", async () => {
  const { channel } = open({ prime: true })
  expect(await keep(channel.connect()).next()).toBe(event('1_0', ''))
})

test('starts with no such event in other revisions [H11]', async () => {
  const { channel } = open()
  const stream = keep(channel.connect())
  channel.send('a')
  expect(await stream.next()).toBe(event('1_0', 'a'))
})

test('sends that event once, and not again after a reconnection', async () => {
  const { channel } = open({ prime: true })
  keep(channel.connect())
  channel.send('a')
  const resumed = keep(channel.resume(0))
  expect(await resumed?.next()).toBe(event('1_1', 'a'))
})

test('a later connection replaces the previous one', async () => {
  const { channel } = open()
  const [older, newer] = [keep(channel.connect()), keep(channel.connect())]
  channel.send('a')
  expect([older.ended, await older.next(), await newer.next()]).toEqual([true, undefined, event('1_0', 'a')])
})

describe('resumes', () => {
  test('with the events after the last one, and continues', async () => {
    const { channel } = open()
    keep(channel.connect()).cancel()
    for (const data of ['a', 'b', 'c']) channel.send(data)
    const stream = keep(channel.resume(0))
    channel.send('d')
    expect(await stream?.next()).toBe([event('1_1', 'b'), event('1_2', 'c'), event('1_3', 'd')].join(''))
    expect(channel.connected).toBe(true)
  })

  test('with a comment if there are none, so that the headers are sent', async () => {
    const { channel } = open()
    channel.send('a')
    expect(await keep(channel.resume(0))?.next()).toBe(KEEP_ALIVE)
  })

  test('a finished stream, and ends again', async () => {
    const { channel } = open()
    for (const data of ['a', 'b']) channel.send(data)
    channel.end()
    const stream = keep(channel.resume(0))
    expect([await stream?.next(), await stream?.next()]).toEqual([event('1_1', 'b'), undefined])
  })

  test('not after an unknown event', () => {
    const { channel } = open()
    channel.send('a')
    for (const sequence of [1, 2, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) expect(channel.resume(sequence)).toBeUndefined()
  })

  test('not if an event in between was dropped', () => {
    const { channel } = open({ perSession: 2 * event('1_0', 'x').length })
    keep(channel.connect())
    for (const data of ['a', 'b', 'c', 'd']) channel.send(data)
    expect(channel.resume(0)).toBeUndefined()
    expect(keep(channel.resume(1))).toBeDefined()
  })

  test('not if all events were dropped because of other streams', () => {
    const { channel, log } = open({ perSession: 2 * event('1_0', 'x').length })
    keep(channel.connect())
    for (const data of ['a', 'b', 'c']) channel.send(data)
    for (let sequence = 0; sequence < 2; sequence++) log.append('2', sequence, 'x')
    expect(channel.resume(0)).toBeUndefined()
    expect(channel.resume(1)).toBeUndefined()
    expect(keep(channel.resume(2))).toBeDefined() // Nothing came after it, so nothing is missing.
  })

  test('with more events than a stream can queue', async () => {
    const { channel } = open({ perSession: 2 ** 22 })
    for (let sequence = 0; sequence < 4; sequence++) channel.send('x'.repeat(2 ** 19))
    const stream = keep(channel.resume(0))
    expect(stream?.ended).toBe(false)
    expect(await stream?.next()).toHaveLength(3 * event('1_0', 'x'.repeat(2 ** 19)).length)
  })
})

describe('is lost', () => {
  const small = { perSession: 2 * event('1_0', 'x').length }

  test('when an event is dropped that no client has', () => {
    const { channel } = open(small)
    keep(channel.connect())
    for (const data of ['a', 'b', 'c']) channel.send(data)
    channel.disconnect(1000)
    for (const data of ['d', 'e']) channel.send(data)
    expect(channel.lost).toBe(false)
    channel.send('f')
    expect(channel.lost).toBe(true)
    for (let sequence = 0; sequence < 7; sequence++) expect(channel.resume(sequence)).toBeUndefined()
  })

  test('also because of events of other streams', () => {
    const { channel, log } = open(small)
    keep(channel.connect()).cancel()
    channel.send('a')
    for (let sequence = 0; sequence < 2; sequence++) {
      expect(channel.lost).toBe(false)
      log.append('2', sequence, 'x')
    }
    expect(channel.lost).toBe(true)
  })

  test('not while a client is connected, nor after it reconnected in time', async () => {
    const { channel } = open(small)
    keep(channel.connect())
    for (const data of ['a', 'b', 'c', 'd']) channel.send(data)
    channel.disconnect(1000)
    channel.send('e')
    keep(channel.resume(3))
    for (const data of ['f', 'g', 'h']) channel.send(data)
    channel.disconnect(1000)
    channel.send('i')
    expect(channel.lost).toBe(false)
    expect(await keep(channel.resume(7))?.next()).toBe(event('1_8', 'i'))
  })
})

test('nothing is stored for a lost stream: later messages of the handler cost nothing', async () => {
  const { channel } = open({ perSession: 100 })
  const server = new McpServer({ name: 'suite', version: '1.0.0' })
  const reply = new PostReply(server, { json: true, events: true }, { stream: {}, openChannel: () => channel })
  let written = 0
  const say = (): void => reply.send({ jsonrpc: '2.0', method: 'notifications/message', params: { get data() { return `${++written}`.padEnd(200) } } })
  say()
  channel.disconnect(1000)
  say() // Nobody has it, and it is more than is kept.
  expect(channel.lost).toBe(true)
  say()
  reply.end({ jsonrpc: '2.0', id: 1, result: {} })
  expect([written, channel.ended]).toEqual([2, true])
})

test('disconnects its client with a retry time [H11]', async () => {
  const { channel } = open({ prime: true })
  const stream = keep(channel.connect())
  channel.disconnect(1000)
  expect([await stream.next(), await stream.next()]).toEqual([`${event('1_0', '')}retry: 1000\n\n`, undefined])
  expect([channel.connected, channel.ended]).toEqual([false, false])
  channel.disconnect(1000) // There is nobody to send away.
  channel.send('a')
  expect(await keep(channel.resume(0))?.next()).toBe(event('1_1', 'a'))
})

const request = (id: number, method: string, params: Record<string, unknown>): RequestMessage => ({ jsonrpc: '2.0', id, method, params })

/** The ids of the streams that can be resumed after the first event of theirs. */
const resumable = (session: HttpSession, channels: SessionStream[]): string[] => channels.map(({ id }) => id).filter((id) => resumes(session, `${id}_0`))
function resumes(session: HttpSession, event: string): boolean {
  try {
    keep(session.resume(event))
    return true
  } catch (error) {
    expect(error).toMatchObject({ status: 400, data: { reason: 'events_lost' } })
    return false
  }
}

describe('a session', () => {
  const server = new McpServer({ name: 'suite', version: '1.0.0' }).tool('wait', {}, () => new Promise<never>(() => {}))
  async function openSession(perSession = 2 ** 20) {
    const budget = new LogBudget(perSession, 2 ** 26)
    const session = new HttpSession({ server, logBudget: budget, limits: toLimits({}), stream: {}, store: undefined }, undefined)
    await session.session.receive(request(0, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } }))
    return { budget, session }
  }

  test('drops finished streams, the oldest first, and no open ones', async () => {
    const { session } = await openSession()
    const running = session.openChannel()
    running.send('a')
    const over = Array.from({ length: 200 }, () => {
      const channel = session.openChannel()
      channel.send('x')
      channel.end()
      return channel
    })
    expect(resumable(session, [running, ...over])).toEqual([running, ...over.slice(-64)].map(({ id }) => id))
    session.close()
  })

  test('also drops them if many ran concurrently', async () => {
    const { session } = await openSession()
    const channels = Array.from({ length: 200 }, () => session.openChannel())
    for (const channel of channels) {
      channel.send('x')
      channel.end()
    }
    const last = session.openChannel()
    last.send('x')
    expect(resumable(session, [...channels, last])).toEqual([...channels.slice(-63), last].map(({ id }) => id))
    session.close()
  })

  const FOREIGN = ['', '1', 'ID', 'ID_', '_0', 'ID_0_0', 'ID_x', ' ID_0', 'ID_0 ', '-ID_0', 'ID_-1', 'ID_0.0', '0ID_0', 'ID0_0', 'ID_1', '__proto__', 'ID_1e0', 'ID\n_0', 'ID_٠', 's1_0', 'IDr1_0']
  test.each(FOREIGN)('rejects the event "%s"', async (event) => {
    const { session } = await openSession()
    const channel = session.openChannel()
    channel.send('a')
    expect(resumes(session, event.replace('ID', channel.id))).toBe(false)
    session.close()
  })

  test('frees the bytes of its log when it ends', async () => {
    const { budget, session } = await openSession()
    keep(session.openStandaloneStream())
    session.openChannel().send('a')
    expect(budget.used).toBeGreaterThan(0)
    session.close()
    expect(budget.used).toBe(0)
  })

  test('also frees the bytes of messages after its end, such as cancellations', async () => {
    const { budget, session } = await openSession()
    const reply = new PostReply(server, { json: false, events: true }, { stream: {}, openChannel: () => session.openChannel() })
    const answered = Promise.resolve(session.session.receive(request(1, 'tools/call', { name: 'wait' }), { send: reply.send })).then((response?: ResponseMessage) => (response ? reply.end(response) : reply.giveUp(1)))
    session.close()
    await answered
    expect(await reply.reply).toMatchObject({ status: 200 })
    expect(budget.used).toBe(0)
  })
})
