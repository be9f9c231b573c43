/** What is remembered of tokens is bounded, in number and in time. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { VerifiedTokens } from '../src/verified-tokens.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const ADA = { subject: 'ada', scopes: [] }

test('of too many, the oldest is forgotten', async () => {
  const tokens = new VerifiedTokens({ max: 2, lifetime: 1000 })
  const verify = vi.fn(async () => ADA)
  for (const token of ['one', 'two', 'three', 'two', 'three', 'one']) await tokens.getOrVerify(token, verify)
  expect(verify.mock.calls).toEqual([['one'], ['two'], ['three'], ['one']])
})

test.each([
  ['for its time', undefined],
  ['until the token expires, if that is earlier', 500],
])('it is kept %s', async (_, expiresIn) => {
  const tokens = new VerifiedTokens({ lifetime: 1000 })
  const auth = { ...ADA, ...(expiresIn !== undefined && { expiresAt: Date.now() + expiresIn }) }
  const later = { ...ADA, subject: 'bob' }
  await tokens.getOrVerify('token', async () => auth)
  vi.setSystemTime(Date.now() + (expiresIn ?? 1000) - 1)
  expect(await tokens.getOrVerify('token', async () => later)).toBe(auth)
  vi.setSystemTime(Date.now() + 1)
  expect(await tokens.getOrVerify('token', async () => later)).toBe(later)
})

test('without a time, nothing is', async () => {
  const tokens = new VerifiedTokens({ lifetime: 0 })
  const verify = vi.fn(async () => ADA)
  for (const token of ['token', 'token']) await tokens.getOrVerify(token, verify)
  expect(verify).toHaveBeenCalledTimes(2)
})
