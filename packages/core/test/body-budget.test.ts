/** The memory that large bodies may take together. */
import { expect, test } from 'vitest'
import { BodyBudget } from '../src/web/body-budget.ts'

const MIB = 2 ** 20
const REFUSED = expect.objectContaining({ status: 503, data: { reason: 'too_many_bytes' } })

test('large bodies are reserved by their announced length, up to the budget, and find room again when others leave', () => {
  const budget = new BodyBudget(4 * MIB)
  const held = Array.from({ length: 4 }, () => budget.reserve('POST', String(MIB), 4 * MIB))
  expect(budget.used).toBe(4 * MIB)
  expect(() => budget.reserve('POST', String(MIB), 4 * MIB)).toThrow(REFUSED)
  expect(budget.reserve('POST', '65536', 4 * MIB)).toBeUndefined()
  for (const one of held) one?.release()
  held[0]?.release()
  held[0]?.shrink(100)
  expect(budget.used).toBe(0)
})

test('a body without a length counts as the longest one, until it is read', () => {
  const budget = new BodyBudget(4 * MIB)
  const [large, small] = [budget.reserve('POST', undefined, MIB), budget.reserve('POST', undefined, MIB)]
  expect(budget.used).toBe(2 * MIB)
  large?.shrink(MIB / 2)
  small?.shrink(1000)
  expect(budget.used).toBe(MIB / 2)
  large?.release()
  small?.release()
  expect(budget.used).toBe(0)
})

test('work that goes on after the reply keeps the reservation until it ends', async () => {
  const budget = new BodyBudget(4 * MIB)
  const reservation = budget.reserve('POST', String(MIB), MIB)
  const failing = new AbortController()
  const work = new Promise<void>((_, reject) => failing.signal.addEventListener('abort', () => reject(new Error('failed'))))
  reservation?.holdUntil(work)
  reservation?.release()
  expect(budget.used).toBe(MIB)
  failing.abort()
  await work.catch(() => {})
  expect(budget.used).toBe(0)
})

test('methods without a body need none, and a length over the longest one is no more than that', () => {
  const budget = new BodyBudget(MIB)
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE']) expect(budget.reserve(method, undefined, MIB)).toBeUndefined()
  budget.reserve('POST', String(100 * MIB), MIB)
  expect(budget.used).toBe(MIB)
})
