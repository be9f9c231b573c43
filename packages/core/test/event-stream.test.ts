/** The body of an event stream: in order, whole, kept alive, and cut off when nobody reads it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EventStream } from '../src/web/event-stream.ts'
import { KEEP_ALIVE } from '../src/web/sse.ts'

const event = (data: string) => `event: message\ndata: ${data}\n\n`
const rest = async (stream: EventStream) => {
  let text = ''
  for await (const piece of stream) text += piece
  return text
}

test('events come in order, and those that wait come together', async () => {
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

test('what waits at the end is still delivered, and nothing after it', async () => {
  const stream = new EventStream()
  stream.send({ data: '1' })
  stream.end()
  stream.send({ data: '2' })
  stream.keepAlive()
  expect(stream.ended).toBe(true)
  expect(await rest(stream)).toBe(event('1'))
})

test('a reader that waits is told of the end', async () => {
  const stream = new EventStream()
  const reading = rest(stream)
  stream.end()
  expect(await reading).toBe('')
})

describe('a reader that falls behind', () => {
  test('is cut off: what waits is dropped, and the listeners are told once', async () => {
    const told: string[] = []
    const stream = new EventStream({ maxQueued: 100 })
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

  test('is not cut off by one event, however large', async () => {
    const stream = new EventStream({ maxQueued: 100 })
    stream.send({ data: 'x'.repeat(1000) })
    expect(stream.ended).toBe(false)
    expect(await stream.next()).toBe(event('x'.repeat(1000)))
    stream.send({ data: 'y'.repeat(1000) })
    expect(await stream.next()).toBe(event('y'.repeat(1000)))
    stream.end()
  })

  test('is not meant by a burst before it had its turn, up to eight times the bound', async () => {
    const stream = new EventStream({ maxQueued: 100 })
    for (let count = 0; count < 8; count++) stream.send({ data: 'x'.repeat(70) })
    expect(stream.ended).toBe(false)
    const waiting = stream.next().then(() => stream.next())
    await Promise.resolve()
    for (let count = 0; count < 8; count++) stream.send({ data: 'x'.repeat(70) })
    expect(await waiting).toHaveLength(8 * event('x'.repeat(70)).length)
    const fresh = new EventStream({ maxQueued: 100 })
    for (let count = 0; count < 9; count++) fresh.send({ data: 'x'.repeat(90) })
    expect(fresh.overrun).toBe(true)
    stream.end()
  })

  test('may catch up any number of times', async () => {
    const stream = new EventStream({ maxQueued: 100 })
    for (let round = 0; round < 50; round++) {
      stream.send({ data: 'x'.repeat(50) })
      expect(await stream.next()).toHaveLength(event('x'.repeat(50)).length)
    }
    stream.end()
  })
})

describe('a reader that leaves', () => {
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

  test('before the rest is read cancels it', () => {
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

  test('is kept alive by a comment every 15 seconds', async () => {
    const stream = new EventStream()
    vi.advanceTimersByTime(14_999)
    const waiting = stream.next()
    vi.advanceTimersByTime(1)
    expect(await waiting).toBe(KEEP_ALIVE)
    stream.end()
  })

  test('has no more comments wait than one', async () => {
    const stream = new EventStream({ keepAlive: 10 })
    vi.advanceTimersByTime(1000)
    expect(await stream.next()).toBe(KEEP_ALIVE)
    stream.end()
  })

  test('has no timer once it has ended', () => {
    new EventStream().end()
    const cut = new EventStream()
    cut.cancel()
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('a time between comments that no timer can wait for is a very long one, not none', () => {
  vi.useFakeTimers()
  const stream = new EventStream({ keepAlive: Number.POSITIVE_INFINITY })
  const spoken = vi.spyOn(stream, 'keepAlive')
  vi.advanceTimersByTime(60_000)
  expect(spoken).not.toHaveBeenCalled()
  stream.end()
  vi.useRealTimers()
})

describe('where whoever reads is known until some time', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('it is kept alive until then, and cut off then', async () => {
    const cut = vi.fn()
    const stream = new EventStream({ keepAlive: 1000, expiresAt: Date.now() + 2500 })
    stream.onCancel(cut)
    const reading = rest(stream)
    await vi.advanceTimersByTimeAsync(2499)
    expect([stream.ended, cut.mock.calls.length]).toEqual([false, 0])
    await vi.advanceTimersByTimeAsync(1)
    expect([stream.ended, cut.mock.calls.length, stream.overrun]).toEqual([true, 1, false])
    expect(await reading).toBe(KEEP_ALIVE.repeat(2))
  })

  test('what waits then is dropped', async () => {
    const stream = new EventStream({ keepAlive: 1000, expiresAt: Date.now() })
    stream.send({ data: '1' })
    vi.advanceTimersByTime(1)
    expect(await rest(stream)).toBe('')
  })

  test('[case 7] it is cut off without keep-alive comments as well, however far the time is', () => {
    const LATER = 2 ** 32
    const stream = new EventStream({ keepAlive: Number.POSITIVE_INFINITY, expiresAt: Date.now() + LATER })
    vi.advanceTimersByTime(LATER - 1)
    expect(stream.ended).toBe(false)
    vi.advanceTimersByTime(1)
    expect([stream.ended, vi.getTimerCount()]).toEqual([true, 0])
  })

  test('[case 7] a time that never comes needs no timer', () => {
    const stream = new EventStream({ keepAlive: 1000, expiresAt: Number.POSITIVE_INFINITY })
    expect(vi.getTimerCount()).toBe(1)
    stream.end()
  })
})
