/** So many at once, and then so many a second. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RateLimiter } from '../src/util/rate-limiter.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const take = (limiter: RateLimiter, times: number): number => Array.from({ length: times }, () => limiter.take()).filter(Boolean).length

test('the allowance is used up, and grows back over time to its maximum', () => {
  const limiter = new RateLimiter(5, 2)
  expect(take(limiter, 10)).toBe(5)
  vi.advanceTimersByTime(500)
  expect(take(limiter, 10)).toBe(1)
  vi.advanceTimersByTime(2000)
  expect(take(limiter, 10)).toBe(4)
  vi.advanceTimersByTime(60_000)
  expect(take(limiter, 10)).toBe(5)
})
