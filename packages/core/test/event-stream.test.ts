/** The body of an event stream: in order, whole, kept alive, and cut off when nobody reads it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EventStream } from '../src/web/event-stream.ts'
import { QueueBudget } from '../src/web/queue-budget.ts'
import { KEEP_ALIVE } from '../src/web/sse.ts'

const event = (data: string) => `event: message\ndata: ${data}\n\n`
const rest = async (stream: EventStream) => {
  let text = ''
  for await (const piece of stream) text += piece
  return text
}

test('events arrive in order, and waiting events arrive together', async () => {
  const stream = new EventStream()
  stream.send({ data: '1' })
  stream.send({ data: '2', event: 'endpoint', id: 'a' })
  expect(await stream.next()).toBe(`${event('1')}event: endpoint\nid: a\ndata: 2\n\n`)
  const waiting = stream.next()
  stream.send({ data: '3' })
  expect(await waiting).toBe(event('3'))
  stream.end()
  expect(await stream.next()).toBeUndefined()
})

test('events that wait at the end are still delivered, and later ones are not', async () => {
  const stream = new EventStream()
  stream.send({ data: '1' })
  stream.end()
  stream.send({ data: '2' })
  stream.keepAlive()
  expect(stream.ended).toBe(true)
  expect(await rest(stream)).toBe(event('1'))
})

test('a waiting reader learns of the end', async () => {
  const stream = new EventStream()
  const reading = rest(stream)
  stream.end()
  expect(await reading).toBe('')
})

describe('a slow reader', () => {
  test('is disconnected: waiting events are dropped, and the listeners are called once', async () => {
    const told: string[] = []
    const stream = new EventStream({ queueBytes: 100 })
    stream.onCancel(() => told.push('first'))
    stream.onCancel(() => told.push('second'))
    stream.send({ data: 'first' })
    await stream.next()
    stream.send({ data: 'x'.repeat(40) })
    expect([stream.ended, stream.overrun]).toEqual([false, false])
    stream.send({ data: 'x'.repeat(40) })
    expect([stream.ended, stream.overrun]).toEqual([true, true])
    stream.send({ data: 'more' })
    stream.cancel()
    expect(told).toEqual(['first', 'second'])
    expect(await stream.next()).toBeUndefined()
  })

  test('is not disconnected because of one event, however large', async () => {
    const stream = new EventStream({ queueBytes: 100 })
    stream.send({ data: 'x'.repeat(1000) })
    expect(stream.ended).toBe(false)
    expect(await stream.next()).toBe(event('x'.repeat(1000)))
    stream.send({ data: 'y'.repeat(1000) })
    expect(await stream.next()).toBe(event('y'.repeat(1000)))
    stream.end()
  })

  test('is not disconnected by a burst before it can read, up to eight times the limit', async () => {
    const stream = new EventStream({ queueBytes: 100 })
    for (let count = 0; count < 8; count++) stream.send({ data: 'x'.repeat(70) })
    expect(stream.ended).toBe(false)
    const waiting = stream.next().then(() => stream.next())
    await Promise.resolve()
    for (let count = 0; count < 8; count++) stream.send({ data: 'x'.repeat(70) })
    expect(await waiting).toHaveLength(8 * event('x'.repeat(70)).length)
    const fresh = new EventStream({ queueBytes: 100 })
    for (let count = 0; count < 9; count++) fresh.send({ data: 'x'.repeat(90) })
    expect(fresh.overrun).toBe(true)
    stream.end()
  })

  test('can catch up any number of times', async () => {
    const stream = new EventStream({ queueBytes: 100 })
    for (let round = 0; round < 50; round++) {
      stream.send({ data: 'x'.repeat(50) })
      expect(await stream.next()).toHaveLength(event('x'.repeat(50)).length)
    }
    stream.end()
  })
})

describe('a reader that disconnects', () => {
  test('cancels the stream', async () => {
    let cancelled = 0
    const stream = new EventStream()
    stream.onCancel(() => cancelled++)
    stream.send({ data: '1' })
    for await (const piece of stream) {
      expect(piece).toBe(event('1'))
      break
    }
    expect([stream.ended, cancelled]).toEqual([true, 1])
  })

  test('after the end cancels nothing', async () => {
    let cancelled = 0
    const stream = new EventStream()
    stream.onCancel(() => cancelled++)
    stream.send({ data: '1' })
    stream.end()
    await rest(stream)
    stream.cancel()
    expect(cancelled).toBe(0)
  })

  test('before it has read the rest cancels it', () => {
    let cancelled = 0
    const stream = new EventStream()
    stream.onCancel(() => cancelled++)
    stream.send({ data: '1' })
    stream.end()
    stream.cancel()
    expect(cancelled).toBe(1)
  })
})

describe('a silent stream', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('gets a comment every 15 seconds', async () => {
    const stream = new EventStream()
    vi.advanceTimersByTime(14_999)
    const waiting = stream.next()
    vi.advanceTimersByTime(1)
    expect(await waiting).toBe(KEEP_ALIVE)
    stream.end()
  })

  test('has at most one waiting comment', async () => {
    const stream = new EventStream({ keepAliveInterval: 10 })
    vi.advanceTimersByTime(1000)
    expect(await stream.next()).toBe(KEEP_ALIVE)
    stream.end()
  })

  test('has no timer after it ends', () => {
    new EventStream().end()
    const cut = new EventStream()
    cut.cancel()
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('an interval above the maximum of timers is very long, not zero', () => {
  vi.useFakeTimers()
  const stream = new EventStream({ keepAliveInterval: Number.POSITIVE_INFINITY })
  const spoken = vi.spyOn(stream, 'keepAlive')
  vi.advanceTimersByTime(60_000)
  expect(spoken).not.toHaveBeenCalled()
  stream.end()
  vi.useRealTimers()
})

describe('with an expiry of the caller', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('it is kept alive until then, and then closed', async () => {
    const cut = vi.fn()
    const stream = new EventStream({ keepAliveInterval: 1000, expiresAt: Date.now() + 2500 })
    stream.onCancel(cut)
    const reading = rest(stream)
    await vi.advanceTimersByTimeAsync(2499)
    expect([stream.ended, cut.mock.calls.length]).toEqual([false, 0])
    await vi.advanceTimersByTimeAsync(1)
    expect([stream.ended, cut.mock.calls.length, stream.overrun]).toEqual([true, 1, false])
    expect(await reading).toBe(KEEP_ALIVE.repeat(2))
  })

  test('waiting events are dropped then', async () => {
    const stream = new EventStream({ keepAliveInterval: 1000, expiresAt: Date.now() })
    stream.send({ data: '1' })
    vi.advanceTimersByTime(1)
    expect(await rest(stream)).toBe('')
  })

  test('[case 7] it is also closed without keep-alive comments, however late the expiry is', () => {
    const LATER = 2 ** 32
    const stream = new EventStream({ keepAliveInterval: Number.POSITIVE_INFINITY, expiresAt: Date.now() + LATER })
    vi.advanceTimersByTime(LATER - 1)
    expect(stream.ended).toBe(false)
    vi.advanceTimersByTime(1)
    expect([stream.ended, vi.getTimerCount()]).toEqual([true, 0])
  })

  test('[case 7] an infinite expiry needs no timer', () => {
    const stream = new EventStream({ keepAliveInterval: 1000, expiresAt: Number.POSITIVE_INFINITY })
    expect(vi.getTimerCount()).toBe(1)
    stream.end()
  })
})

/** A stream whose reader has taken one event and never asks for more. */
const behind = async (total: QueueBudget): Promise<EventStream> => {
  const stream = new EventStream({ total })
  stream.write('x')
  await stream.next()
  return stream
}

describe('[case 4] streams that share a budget', () => {
  test('are cut off when they have fallen behind and all together hold too much', async () => {
    const total = new QueueBudget(250)
    const [first, second] = [await behind(total), await behind(total)]
    first.write('a'.repeat(100))
    second.write('b'.repeat(100))
    expect(total.used).toBe(200)
    second.write('b'.repeat(100))
    expect([first.ended, second.ended, second.overrun]).toEqual([false, true, true])
    expect(total.used).toBe(100)
    expect(await first.next()).toBe('a'.repeat(100))
    expect(total.used).toBe(0)
  })

  test('stay open for clients that keep up, until there is twice as much', async () => {
    const total = new QueueBudget(250)
    const slow = await behind(total)
    slow.write('s'.repeat(250))
    const fast = new EventStream({ total })
    fast.write('f'.repeat(200))
    expect(fast.ended).toBe(false)
    fast.write('f'.repeat(100))
    expect(fast.overrun).toBe(true)
    expect(total.used).toBe(250)
  })

  test('deliver one event of any size, and count what is dropped or read after the end', async () => {
    const total = new QueueBudget(10)
    const stream = new EventStream({ total })
    stream.write('x'.repeat(1000))
    stream.end()
    expect(total.used).toBe(1000)
    expect(await stream.next()).toBe('x'.repeat(1000))
    expect(total.used).toBe(0)
    const left = new EventStream({ total })
    left.write('x'.repeat(1000))
    left.end()
    left.cancel()
    left.cancel()
    expect(total.used).toBe(0)
  })
})
