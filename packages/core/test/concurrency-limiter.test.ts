/** Requests wait for their turn, and what waits is bounded. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConcurrencyLimiter } from '../src/util/concurrency-limiter.ts'

const KIB = 1024
const MIB = 1024 * KIB

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Requests numbered in the order in which they come. */
function open(limiter = new ConcurrencyLimiter()) {
  const begun: number[] = []
  const leave: (() => void)[] = []
  const enter = (count = 1, bytes = 100): void => {
    for (; count > 0; count--) {
      const number = leave.length
      const turn = limiter.enter(() => void begun.push(number), bytes)
      if (!turn.waits) begun.push(number)
      leave.push(() => {
        turn.leave()
        turn.release?.()
      })
    }
  }
  return { limiter, begun, leave, enter }
}

const numbers = (end: number): number[] => Array.from({ length: end }, (_, index) => index)

test('some of many concurrent requests start, and one more for each response, in order', () => {
  const { begun, leave, enter } = open()
  enter(100)
  expect(begun).toEqual(numbers(16))
  for (const end of leave.slice(0, 4)) end()
  expect(begun).toEqual(numbers(16))
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(24)) // Four have made room, and shown that four more may be served.
})

test('each response lets two more start, until 64 run', () => {
  const { begun, leave, enter } = open()
  enter(200)
  for (let served = 0; served < 100; served++) {
    leave[served]?.()
    vi.advanceTimersByTime(0)
  }
  expect(begun).toEqual(numbers(164))
})

test('64 start in time even without a response, and the next after one', () => {
  const { begun, leave, enter } = open()
  enter(70)
  vi.advanceTimersByTime(60_000)
  expect(begun).toEqual(numbers(64))
  leave[10]?.()
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(65))
})

test('sequential requests do not raise the limit', () => {
  const { begun, leave, enter } = open()
  for (let index = 0; index < 50; index++) {
    enter()
    leave[index]?.()
  }
  enter(50)
  expect(begun).toEqual(numbers(66))
})

test('after a pause, few start at once again', () => {
  const { begun, leave, enter } = open()
  enter(64)
  vi.advanceTimersByTime(10_000)
  for (const end of leave) end()
  vi.advanceTimersByTime(50)
  enter(64)
  expect(begun).toHaveLength(128)
  for (const end of leave.slice(64)) end()
  vi.advanceTimersByTime(1000)
  enter(64)
  expect(begun).toHaveLength(144)
})

describe('while responses wait to be written', () => {
  test('256 KiB allow 16 requests, and 1 MiB none', () => {
    const { limiter, begun, leave, enter } = open()
    enter(64)
    vi.advanceTimersByTime(10_000)
    expect(begun).toHaveLength(64)
    limiter.unsent = 256 * KIB
    enter(16)
    for (const end of leave.slice(0, 48)) end()
    vi.advanceTimersByTime(10_000)
    expect(begun).toHaveLength(64)
    leave[48]?.()
    vi.advanceTimersByTime(0)
    expect(begun).toHaveLength(65)
    limiter.unsent = MIB
    for (const end of leave.slice(49, 64)) end()
    vi.advanceTimersByTime(10_000)
    expect(begun).toHaveLength(65)
  })

  test('the next start as soon as the responses are written', () => {
    const { limiter, begun, enter } = open()
    limiter.unsent = 2 * MIB
    enter(3)
    vi.advanceTimersByTime(10_000)
    expect(begun).toEqual([])
    limiter.unsent = MIB - 1
    expect(begun).toEqual([0, 1, 2])
  })
})

test('a request that is cancelled while it waits never starts, and takes no turn', () => {
  const { begun, leave, enter } = open()
  enter(18)
  leave[16]?.()
  leave[0]?.()
  vi.advanceTimersByTime(0)
  expect(begun).toEqual([...numbers(16), 17])
})

describe('there is room for more', () => {
  test('until 4 MiB wait for their turn, and again when some start', async () => {
    const { limiter, leave, enter } = open()
    enter(16 + 3, MIB)
    expect(limiter.room()).toBeUndefined()
    enter(1, MIB)
    const room = limiter.room()
    expect(room).toBeDefined()
    leave[0]?.()
    vi.advanceTimersByTime(0)
    await room
    expect(limiter.room()).toBeUndefined()
  })

  test('until 16 MiB wait to be written, and again when some are written', async () => {
    const { limiter } = open()
    limiter.unsent = 16 * MIB
    const room = limiter.room()
    expect(room).toBeDefined()
    limiter.unsent = 16 * MIB - 1
    await room
  })
})

test('while the requests in service take 256 MiB of memory, they are served one at a time', () => {
  const { limiter, begun, leave, enter } = open()
  enter(3, 100 * MIB)
  enter(2)
  expect(begun).toEqual(numbers(3))
  leave[0]?.()
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(5))
  const huge = limiter.enter(() => {}, 300 * MIB)
  enter()
  huge.leave() // Cancelled, but its handler goes on.
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(5))
  for (const end of leave.slice(1, 5)) end()
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(6))
  enter()
  expect(begun).toEqual(numbers(6))
  huge.release?.()
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(7))
})
