/** How callers share a bound. */
import { expect, test } from 'vitest'
import { FairBound } from '../src/web/endpoint-load.ts'

const REFUSED = expect.objectContaining({ status: 503, headers: { 'retry-after': '1' }, data: { reason: 'too_many_things' } })

/** Takes for one owner until it is refused. Returns how often it was not. */
function fill(bound: FairBound, owner: string, amount = 1): number {
  for (let count = 0; ; count++) {
    try {
      bound.requireRoom(owner, amount)
    } catch (error) {
      expect(error).toEqual(REFUSED)
      return count
    }
    bound.take(owner, amount)
  }
}

const newBound = (max: number) => new FairBound(max, 'things', 'too_many_things')

test('[case 9] a caller that takes all it gets leaves a quarter to others, who get 1% each once little is left', () => {
  const bound = newBound(1000)
  expect(fill(bound, 'mallory')).toBe(750)
  expect([fill(bound, 'ada'), fill(bound, 'ben')]).toEqual([10, 10])
  bound.giveBack(bound.take('mallory', 0), 750)
  expect(bound.used).toBe(20)
  expect(fill(bound, 'mallory')).toBe(730)
})

test('amounts count as much as they are', () => {
  const bound = newBound(1000)
  expect(fill(bound, 'mallory', 100)).toBe(7)
  expect(fill(bound, 'ada', 9)).toBe(5)
  expect(fill(bound, 'ben', 9)).toBe(2) // Until he holds 1%.
  expect(bound.used).toBe(763)
})

test('the whole bound is never exceeded, and a small one is used up', () => {
  const bound = newBound(2)
  expect([fill(bound, 'ada'), fill(bound, 'ben')]).toEqual([2, 0])
  expect(() => bound.requireRoom(undefined)).toThrow(REFUSED)
  bound.giveBack(bound.take('ada', 0))
  expect(fill(bound, 'ben', 2)).toBe(0)
  expect(fill(bound, 'ben')).toBe(1)
})

test('callers who hold nothing are forgotten, and those who hold something are not', () => {
  const bound = newBound(100_000)
  const held = bound.take('ada', 74_000)
  for (let caller = 0; caller < 5000; caller++) bound.giveBack(bound.take(`caller ${caller}`))
  expect(bound.used).toBe(74_000)
  expect(fill(bound, 'ada')).toBe(1000)
  bound.giveBack(held, 75_000)
  expect(bound.used).toBe(0)
})
