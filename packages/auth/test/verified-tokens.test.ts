/** What is remembered of tokens is bounded, in number and in time. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { VerifiedTokens } from '../src/verified-tokens.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const ADA = { subject: 'ada', scopes: [] }

test('of too many, the oldest is forgotten', () => {
  const tokens = new VerifiedTokens({ max: 2, lifetime: 1000 })
  for (const token of ['one', 'two', 'three']) tokens.put(token, ADA)
  expect(['one', 'two', 'three'].map((token) => tokens.get(token))).toEqual([undefined, ADA, ADA])
})

test.each([
  ['for its time', undefined],
  ['until the token expires, if that is earlier', 500],
])('it is kept %s', (_, expiresIn) => {
  const tokens = new VerifiedTokens({ lifetime: 1000 })
  const auth = { ...ADA, ...(expiresIn !== undefined && { expiresAt: Date.now() + expiresIn }) }
  tokens.put('token', auth)
  vi.setSystemTime(Date.now() + (expiresIn ?? 1000) - 1)
  expect(tokens.get('token')).toBe(auth)
  vi.setSystemTime(Date.now() + 1)
  expect(tokens.get('token')).toBeUndefined()
})

test('without a time, nothing is', () => {
  const tokens = new VerifiedTokens({ lifetime: 0 })
  tokens.put('token', ADA)
  expect(tokens.get('token')).toBeUndefined()
})
