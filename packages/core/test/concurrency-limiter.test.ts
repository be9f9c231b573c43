/** Requests wait for their turn, and what waits is bounded. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConcurrencyLimiter } from '../src/jsonrpc/concurrency-limiter.ts'

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
      leave.push(limiter.enter(() => void begun.push(number), bytes))
    }
  }
  return { limiter, begun, leave, enter }
}

const numbers = (end: number): number[] => Array.from({ length: end }, (_, index) => index)

test('of many at once some begin, and one more for each that is answered, in their order', () => {
  const { begun, leave, enter } = open()
  enter(100)
  expect(begun).toEqual(numbers(16))
  for (const end of leave.slice(0, 4)) end()
  expect(begun).toEqual(numbers(16))
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(24)) // Four have made room, and shown that four more may be served.
})

test('one that is answered lets two in, until 64 are served', () => {
  const { begun, leave, enter } = open()
  enter(200)
  for (let served = 0; served < 100; served++) {
    leave[served]?.()
    vi.advanceTimersByTime(0)
  }
  expect(begun).toEqual(numbers(164))
})

test('64 begin in time even if none is answered, and the next when one is', () => {
  const { begun, leave, enter } = open()
  enter(70)
  vi.advanceTimersByTime(60_000)
  expect(begun).toEqual(numbers(64))
  leave[10]?.()
  vi.advanceTimersByTime(0)
  expect(begun).toEqual(numbers(65))
})

test('ones that come one after the other show nothing', () => {
  const { begun, leave, enter } = open()
  for (let index = 0; index < 50; index++) {
    enter()
    leave[index]?.()
  }
  enter(50)
  expect(begun).toEqual(numbers(66))
})

test('after a pause few begin at once again', () => {
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

describe('while answers wait to leave', () => {
  test('256 KiB leave room for 16, a MiB for none', () => {
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

  test('the next begin as soon as they have left', () => {
    const { limiter, begun, enter } = open()
    limiter.unsent = 2 * MIB
    enter(3)
    vi.advanceTimersByTime(10_000)
    expect(begun).toEqual([])
    limiter.unsent = MIB - 1
    expect(begun).toEqual([0, 1, 2])
  })
})

test('one that gives up while it waits never begins, and takes nobody’s turn', () => {
  const { begun, leave, enter } = open()
  enter(18)
  leave[16]?.()
  leave[0]?.()
  vi.advanceTimersByTime(0)
  expect(begun).toEqual([...numbers(16), 17])
})

describe('there is room for more', () => {
  test('until 4 MiB wait for their turn, and again when some of them begin', async () => {
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

  test('until 16 MiB wait to leave, and again when some of them have left', async () => {
    const { limiter } = open()
    limiter.unsent = 16 * MIB
    const room = limiter.room()
    expect(room).toBeDefined()
    limiter.unsent = 16 * MIB - 1
    await room
  })
})
