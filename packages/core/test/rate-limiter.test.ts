/** So many at once, and then so many a second. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RateLimiter } from '../src/jsonrpc/rate-limiter.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const take = (limiter: RateLimiter, times: number): number => Array.from({ length: times }, () => limiter.take()).filter(Boolean).length

test('it is used up, and comes back with time, up to where it was', () => {
  const limiter = new RateLimiter(5, 2)
  expect(take(limiter, 10)).toBe(5)
  vi.advanceTimersByTime(500)
  expect(take(limiter, 10)).toBe(1)
  vi.advanceTimersByTime(2000)
  expect(take(limiter, 10)).toBe(4)
  vi.advanceTimersByTime(60_000)
  expect(take(limiter, 10)).toBe(5)
})
