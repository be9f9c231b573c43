/** What is remembered of tokens is bounded, in number and in time. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { IssuerUnavailableError } from '../src/index.ts'
import { VerifiedTokens } from '../src/verified-tokens.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const ADA = { subject: 'ada', scopes: [] }

test('drops the oldest token when the cache is full', async () => {
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

test('caches nothing without a lifetime', async () => {
  const tokens = new VerifiedTokens({ lifetime: 0 })
  const verify = vi.fn(async () => ADA)
  for (const token of ['token', 'token']) await tokens.getOrVerify(token, verify)
  expect(verify).toHaveBeenCalledTimes(2)
})

test.each([0, 1000])('concurrent requests verify one token once, and a failure is not cached (lifetime %i) [case 12]', async (lifetime) => {
  const tokens = new VerifiedTokens({ lifetime })
  const verify = vi.fn(async (): Promise<typeof ADA> => Promise.reject(new Error('down')))
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => tokens.getOrVerify('token', verify)))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(verify).toHaveBeenCalledOnce()
  expect(await tokens.getOrVerify('token', async () => ADA)).toBe(ADA)
})

test('at most 1,000 tokens are verified at a time, and further requests get 503 [case 12]', async () => {
  const tokens = new VerifiedTokens({ lifetime: 1000 })
  const opening: ((auth: typeof ADA) => void)[] = []
  const verify = vi.fn(() => new Promise<typeof ADA>((resolve) => void opening.push(resolve)))
  const waiting = Array.from({ length: 1000 }, (_, index) => tokens.getOrVerify(`token ${index}`, verify))
  await expect(tokens.getOrVerify('one more', verify)).rejects.toBeInstanceOf(IssuerUnavailableError)
  const shared = tokens.getOrVerify('token 0', verify)
  for (const open of opening) open(ADA)
  await Promise.all([...waiting, shared])
  expect(verify).toHaveBeenCalledTimes(1000)
  expect(await tokens.getOrVerify('one more', async () => ADA)).toBe(ADA)
})
