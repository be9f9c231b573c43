/** Event streams that a client lost, or was sent away from, and comes back to. */
import type { IncomingMessage } from 'node:http'
import type { McpServer } from '@gangway/core'
import type { HttpOptions } from '@gangway/transport-http'
import { describe, expect, test } from 'vitest'
import { eachEvent, type ServerEvent } from '../harness/events.ts'
import { send } from '../harness/http-client.ts'
import { Peer } from '../harness/http-peer.ts'
import { openHttp } from '../harness/http.ts'
import { closing, everywhere } from '../harness/index.ts'
import { LEGACY, NEWEST_LEGACY, requestText, type Message, type Revision } from '../harness/message.ts'
import { gate, newServer, textOf, type RequestGate } from '../harness/server.ts'

const OLDER = LEGACY.filter((revision) => revision !== NEWEST_LEGACY)

/** One connection of a stream: its events as they come. */
class Stream {
  readonly reply: IncomingMessage
  readonly all: ServerEvent[] = []
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>
  #wake: () => void = () => {}

  constructor(reply: IncomingMessage) {
    this.reply = reply
    reply.on('error', () => {}) // Tests break connections.
    this.ended = eachEvent(reply, (event) => {
      if (event.event === '') return // A comment.
      this.all.push(event)
      this.#wake()
    })
  }

  get ids(): (string | undefined)[] {
    return this.all.filter(({ id }) => id !== undefined).map(({ id }) => id)
  }

  get messages(): Message[] {
    return this.all.filter(({ event, data }) => event === 'message' && data !== '').map(({ data }) => JSON.parse(data))
  }

  /** What is in them that tells them apart: progress, or the id that is answered. */
  get said(): unknown[] {
    return this.messages.map(({ id, params }) => id ?? params?.progress)
  }

  /** Resolves when so many messages have come. */
  async count(expected: number): Promise<this> {
    while (this.messages.length < expected) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this
  }

  /** The client loses the connection; resolves when the server must have noticed. */
  async lose(): Promise<void> {
    this.reply.destroy()
    await this.ended
  }
}

async function open(server: McpServer, { revision = NEWEST_LEGACY, ...options }: HttpOptions & { revision?: Revision } = {}): Promise<Peer> {
  return Peer.open(closing(await openHttp(server, options)).url, 'legacy', revision)
}

/** Starts a call, and resolves once the head of its stream is there. */
async function call(peer: Peer, name: string, id: number | string = 7): Promise<Stream> {
  const body = peer.text(id, 'tools/call', { name }, { progressToken: 't' })
  return new Stream(await send(peer.url, { headers: peer.headers(body) as Record<string, string>, body }))
}

const get = (peer: Peer, lastEventId?: string) =>
  send(peer.url, { method: 'GET', headers: { accept: 'text/event-stream', 'mcp-session-id': peer.session, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) } })

async function resume(peer: Peer, lastEventId: string): Promise<Stream> {
  const reply = await get(peer, lastEventId)
  expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'text/event-stream'])
  return new Stream(reply)
}

async function listen(peer: Peer): Promise<Stream> {
  return new Stream(await get(peer))
}

/** The status with which the resumption is refused. */
async function refusal(peer: Peer, lastEventId: string): Promise<number> {
  const { status, messages } = await peer.send('GET', { accept: 'text/event-stream', 'last-event-id': lastEventId })
  expect(messages).toMatchObject([{ jsonrpc: '2.0', error: { code: expect.any(Number), message: expect.any(String) } }])
  return status
}

/** A tool that says its progress when it is told to, and ends when it is told to. */
function newWorker(): { server: McpServer; say: RequestGate; end: RequestGate; done: RequestGate } {
  const [say, end, done] = [gate(), gate(), gate()]
  const server = newServer()
    .tool('work', {}, async (_, { progress }) => {
      progress(1)
      await say
      progress(2)
      await end
      done.open()
      return 'done'
    })
    .tool('quick', {}, (_, { progress }) => {
      for (let step = 1; step <= 3; step++) progress(step)
      return 'done'
    })
  return { server, say, end, done }
}

describe('events', () => {
  test('of 2025-11-25 start with an event that has only an id, on POST and GET [H11]', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const standing = await listen(peer)
    server.tool('more', {}, () => 'ok')
    await standing.count(1)
    const posted = await call(peer, 'quick')
    await posted.ended
    for (const stream of [standing, posted]) expect(stream.all[0]).toEqual({ event: 'message', id: expect.any(String), data: '' })
    expect(standing.ids).toHaveLength(2)
    expect(posted.ids).toHaveLength(5)
    await standing.lose()
  })

  test.each(OLDER)('of %s have ids, and every event has a message [H11]', async (revision) => {
    const { server } = newWorker()
    const peer = await open(server, { revision })
    const standing = await listen(peer)
    server.tool('more', {}, () => 'ok')
    await standing.count(1)
    const posted = await call(peer, 'quick')
    await posted.ended
    for (const { all, ids } of [standing, posted]) {
      expect(all.map(({ data }) => data)).not.toContain('')
      expect(ids).toHaveLength(all.length)
    }
    await standing.lose()
  })

  test('have ids that are unique in the session, and identify their stream [H10]', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const standing = await listen(peer)
    server.tool('more', {}, () => 'ok')
    const posted = await Promise.all(Array.from({ length: 10 }, (_, index) => call(peer, 'quick', index)))
    await Promise.all(posted.map(({ ended }) => ended))
    const streams = [await standing.count(1), ...posted]
    const all = streams.flatMap(({ ids }) => ids)
    expect(new Set(all).size).toBe(all.length)
    const names = streams.map(({ ids }) => new Set(ids.map((id) => id?.split('_')[0])))
    for (const name of names) expect(name.size).toBe(1)
    expect(new Set(names.flatMap((name) => [...name])).size).toBe(streams.length)
    await standing.lose()
  })
})

describe.each(LEGACY)('%s', (revision) => {
  test('a call whose client disconnects continues, and its response waits for the client [H6] [H8] [H10]', async () => {
    const { server, say, end, done } = newWorker()
    const peer = await open(server, { revision })
    const first = await (await call(peer, 'work')).count(1)
    await first.lose()
    say.open()
    end.open()
    await done
    const second = await resume(peer, first.ids.at(-1) ?? '')
    await second.ended
    expect(second.said).toEqual([2, 7])
    expect(textOf(second.messages.at(-1)?.result ?? {})).toBe('done')
  })

  test('a stream that is resumed during the call continues live, and ends with the response', async () => {
    const { server, say, end } = newWorker()
    const peer = await open(server, { revision })
    const first = await (await call(peer, 'work')).count(1)
    await first.lose()
    const second = await resume(peer, first.ids.at(-1) ?? '')
    say.open()
    await second.count(1)
    end.open()
    await second.ended
    expect(second.said).toEqual([2, 7])
    expect([...first.ids, ...second.ids]).toEqual([...new Set([...first.ids, ...second.ids])])
  })

  test('a resumed GET stream has the messages sent in the meantime, and continues', async () => {
    const { server } = newWorker()
    const peer = await open(server, { revision })
    const first = await listen(peer)
    server.tool('one', {}, () => 'ok')
    await first.count(1)
    await first.lose()
    server.tool('two', {}, () => 'ok')
    await peer.request(8, 'ping')
    const second = await (await resume(peer, first.ids.at(-1) ?? '')).count(1)
    server.tool('three', {}, () => 'ok')
    await second.count(2)
    expect(second.messages.map(({ method }) => method)).toEqual(Array(2).fill('notifications/tools/list_changed'))
    await second.lose()
  })
})

describe('Last-Event-ID', () => {
  test('replays the events after it, and closes a finished stream [H10]', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const first = await call(peer, 'quick')
    await first.ended
    expect(first.said).toEqual([1, 2, 3, 7])
    for (const [index, id = ''] of first.ids.slice(0, -1).entries()) {
      const again = await resume(peer, id)
      await again.ended
      expect(again.all).toEqual(first.all.slice(index + 1))
    }
  })

  test('of the last event of a finished stream gets 204, so that clients stop reconnecting', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const first = await call(peer, 'quick')
    await first.ended
    expect(await peer.send('GET', { accept: 'text/event-stream', 'last-event-id': first.ids.at(-1)! })).toMatchObject({ status: 204, messages: [] })
  })

  test('replays no events of other streams [H7] [H10]', async () => {
    const { server, say, end } = newWorker()
    const peer = await open(server)
    const standing = await listen(peer)
    server.tool('more', {}, () => 'ok')
    await standing.count(1)
    const [one, two] = await Promise.all([call(peer, 'work', 'one'), call(peer, 'work', 'two')])
    await Promise.all([one.count(1), two.count(1)])
    await one.lose()
    say.open()
    end.open()
    await two.ended
    const again = await resume(peer, one.ids.at(-1) ?? '')
    await again.ended
    expect(again.said).toEqual([2, 'one'])
    expect(two.said).toEqual([1, 2, 'two'])
    expect(standing.messages).toHaveLength(1)
    await standing.lose()
  })

  test('replays no events of other sessions with the same ids [H10]', async () => {
    const { server } = newWorker()
    const mine = await open(server)
    const theirs = await Peer.open(mine.url, 'legacy')
    const [first, second] = await Promise.all([call(mine, 'quick', 'mine'), call(theirs, 'quick', 'theirs')])
    await Promise.all([first.ended, second.ended])
    expect(first.ids).toEqual(second.ids)
    const again = await resume(theirs, first.ids[0] ?? '')
    await again.ended
    expect(again.said).toEqual([1, 2, 3, 'theirs'])
  })

  test('of another session is 400', async () => {
    const { server } = newWorker()
    const mine = await open(server)
    const first = await call(mine, 'quick')
    await first.ended
    const theirs = await Peer.open(mine.url, 'legacy')
    for (const id of first.ids) expect(await refusal(theirs, id ?? '')).toBe(400)
  })

  test.each(['', '1', '1_', 'x_0', '1_0_0', '2_0', '1_5', '1_-1', '01_0', '1_9007199254740993', 'constructor_0', '%31_0'])('that is "%s" is 400', async (id) => {
    const { server } = newWorker()
    const peer = await open(server)
    await (await call(peer, 'quick')).ended
    expect(await refusal(peer, id)).toBe(400)
  })

  test('in an ended session is 404', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const first = await call(peer, 'quick')
    await first.ended
    expect(await peer.send('DELETE')).toMatchObject({ status: 204 })
    expect(await refusal(peer, first.ids[0] ?? '')).toBe(404)
  })

  test('of a connected stream moves it to the new connection', async () => {
    const { server, say, end } = newWorker()
    const peer = await open(server)
    const older = await (await call(peer, 'work')).count(1)
    const newer = await resume(peer, older.ids.at(-1) ?? '')
    await older.ended
    say.open()
    end.open()
    await newer.ended
    expect([older.said, newer.said]).toEqual([[1], [2, 7]])
  })

  test('of a replaced GET stream replays its events, and ends', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const older = await listen(peer)
    server.tool('more', {}, () => 'ok')
    await older.count(1)
    const newer = await listen(peer)
    await older.ended
    const again = await resume(peer, older.ids[0] ?? '')
    await again.ended
    expect(again.messages).toHaveLength(1)
    server.removeTool('more')
    await newer.count(1)
    await newer.lose()
  })

  test('of a cancelled call replays its events, and ends without a response', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const first = await (await call(peer, 'work')).count(1)
    await first.lose()
    await peer.post(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } }))
    const again = await resume(peer, first.ids[0] ?? '')
    await again.ended
    expect(again.said).toEqual([1])
  })

  test('can be used repeatedly', async () => {
    const { server, say, end } = newWorker()
    const peer = await open(server)
    let stream = await (await call(peer, 'work')).count(1)
    const last = stream.ids.at(-1) ?? ''
    for (let round = 0; round < 10; round++) {
      await stream.lose()
      stream = await resume(peer, last)
    }
    say.open()
    end.open()
    await stream.ended
    expect(stream.said).toEqual([2, 7])
  })

  test('is a legacy feature: modern responses have no ids [H44]', async () => {
    const { server } = newWorker()
    const legacy = await open(server)
    const modern = await Peer.open(legacy.url, 'modern')
    const stream = await call(modern, 'quick')
    await stream.ended
    expect([stream.said, stream.ids]).toEqual([[1, 2, 3, 7], []])
  })
})

/** Says so many texts of a kilobyte. */
const newTalker = (count: number) =>
  newServer().tool('talk', {}, (_, { log }) => {
    for (let index = 0; index < count; index++) log.info('x'.repeat(1000))
    return 'done'
  })

describe('the event log', () => {
  test('is bounded by eventLogBytes, and dropped events are 400', async () => {
    const peer = await open(newTalker(10), { eventLogBytes: 5000 })
    const first = await call(peer, 'talk')
    await first.ended
    expect(first.messages).toHaveLength(11)
    const statuses: number[] = []
    for (const id of first.ids) {
      const reply = await get(peer, id)
      statuses.push(reply.statusCode ?? 0)
      reply.resume()
    }
    expect(statuses).toEqual([...Array(6).fill(400), ...Array(5).fill(200), 204])
  })

  test('drops events of older streams first, and dropped events are 400', async () => {
    const peer = await open(newTalker(3), { eventLogBytes: 5000 })
    const first = await call(peer, 'talk')
    await first.ended
    const second = await call(peer, 'talk')
    await second.ended
    expect(await refusal(peer, first.ids[0] ?? '')).toBe(400)
    const again = await resume(peer, second.ids[0] ?? '')
    await again.ended
    expect(again.messages).toHaveLength(4)
  })

  test('of all sessions is bounded by totalEventLogBytes: the sessions written least recently lose theirs', async () => {
    const one = await open(newTalker(3), { totalEventLogBytes: 5000 })
    const two = await Peer.open(one.url, 'legacy')
    const first = await call(one, 'talk')
    await first.ended
    const second = await call(two, 'talk')
    await second.ended
    expect(await refusal(one, first.ids[0] ?? '')).toBe(400)
    await (await resume(two, second.ids[0] ?? '')).ended
  })

  test('of size 0 still serves streams that stay connected', async () => {
    const peer = await open(newTalker(3), { eventLogBytes: 0 })
    const first = await call(peer, 'talk')
    await first.ended
    expect(first.messages).toHaveLength(4)
    expect(await refusal(peer, first.ids[0] ?? '')).toBe(400)
  })

  test('holds more than one stream can queue, and replays it', async () => {
    const [lost, said] = [gate(), gate()]
    const server = newServer().tool('talk', {}, async (_, { log, progress }) => {
      progress(1)
      await lost
      for (let index = 0; index < 4; index++) log.info('x'.repeat(2 ** 19))
      said.open()
      return 'done'
    })
    const peer = await open(server, { eventLogBytes: 2 ** 22 })
    const first = await (await call(peer, 'talk')).count(1)
    await first.lose()
    lost.open()
    await said
    const again = await resume(peer, first.ids.at(-1) ?? '')
    await again.ended
    expect(again.messages).toHaveLength(5)
    expect(again.messages.at(-1)).toMatchObject({ id: 7, result: {} })
  })

  test('knows only the latest streams', async () => {
    const { server } = newWorker()
    const peer = await open(server)
    const ids: string[] = []
    for (let index = 0; index < 80; index++) {
      const stream = await call(peer, 'quick', index)
      await stream.ended
      ids.push(stream.ids[0] ?? '')
    }
    expect(await refusal(peer, ids[0] ?? '')).toBe(400)
    await (await resume(peer, ids.at(-1) ?? '')).ended
    await (await resume(peer, ids.at(-64) ?? '')).ended
  })
})

const newLeaver = () => {
  const end = gate()
  const server = newServer()
    .tool('leave', {}, async (_, { closeStream }) => {
      closeStream()
      await end
      return 'done'
    })
    .tool('leave late', {}, async (_, { closeStream, progress }) => {
      progress(1)
      closeStream()
      progress(2)
      closeStream()
      await end
      return 'done'
    })
  return { server, end }
}

describe('closeStream', () => {
  test('disconnects the client with a retry time, and the response waits for it [H6] [H11]', async () => {
    const { server, end } = newLeaver()
    const peer = await open(server)
    const reply = await peer.post(requestText(7, 'tools/call', { name: 'leave' }))
    expect(reply.text).toBe('event: message\nid: 1_0\ndata: \n\nretry: 1000\n\n')
    const stream = await resume(peer, '1_0')
    end.open()
    await stream.ended
    expect(stream.said).toEqual([7])
  })

  test('keeps the order of messages before and after it', async () => {
    const { server, end } = newLeaver()
    const peer = await open(server)
    const first = await call(peer, 'leave late')
    await first.ended
    expect(first.said).toEqual([1])
    end.open()
    const second = await resume(peer, first.ids.at(-1) ?? '')
    await second.ended
    expect(second.said).toEqual([2, 7])
  })

  test('can disconnect the client again', async () => {
    const [again, end] = [gate(), gate()]
    const server = newServer().tool('leave', {}, async (_, { closeStream }) => {
      closeStream()
      await again
      closeStream()
      await end
      return 'done'
    })
    const peer = await open(server)
    const first = await call(peer, 'leave')
    await first.ended
    const second = await resume(peer, '1_0')
    again.open()
    await second.ended
    expect(second.messages).toEqual([])
    end.open()
    const third = await resume(peer, '1_0')
    await third.ended
    expect(third.said).toEqual([7])
  })

  test('does nothing after the response', async () => {
    const returned = gate<() => void>()
    const server = newServer().tool('work', {}, (_, { closeStream, progress }) => {
      returned.open(closeStream)
      progress(1)
      return 'done'
    })
    const peer = await open(server)
    const first = await call(peer, 'work')
    await first.ended
    ;(await returned)()
    const again = await resume(peer, '1_0')
    await again.ended
    expect(again.said).toEqual([1, 7])
  })

  test('does nothing to a client that accepts JSON only', async () => {
    const { server, end } = newLeaver()
    const peer = await open(server)
    end.open()
    const reply = await peer.request(7, 'tools/call', { name: 'leave' }, { accept: 'application/json' })
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, messages: [{ id: 7, result: {} }] })
  })

  test.each(OLDER)('does nothing in %s: the response is still JSON', async (revision) => {
    const { server, end } = newLeaver()
    const peer = await open(server, { revision })
    end.open()
    const reply = await peer.request(7, 'tools/call', { name: 'leave' })
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, messages: [{ id: 7, result: {} }] })
  })

  test('does nothing in the modern era', async () => {
    const { server, end } = newLeaver()
    const peer = await Peer.open((await open(server)).url, 'modern')
    end.open()
    expect(await peer.request(7, 'tools/call', { name: 'leave' })).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, messages: [{ id: 7, result: {} }] })
  })

  test.each(everywhere.filter(({ door, revision }) => door !== 'http' || revision !== NEWEST_LEGACY))('never throws: $name', async ({ open: openWay }) => {
    const { server, end } = newLeaver()
    end.open()
    const client = await openWay(server)
    for (const name of ['leave', 'leave late']) expect(textOf(await client.call(name))).toBe('done')
  })
})
