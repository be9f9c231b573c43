/** A wait with a timeout: what it settles with, and that it leaves no timer behind. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runWithTimeout, withTimeout } from '../src/util/with-timeout.ts'

const never = new Promise<never>(() => {})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('withTimeout() settles like its promise', async () => {
  expect(await withTimeout(10, Promise.resolve(1))).toBe(1)
  await expect(withTimeout(10, Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(vi.getTimerCount()).toBe(0)
})

test('after the timeout, withTimeout() resolves with undefined, or with what onTimeout returns or throws', async () => {
  const settled = Promise.allSettled([
    withTimeout(10, never),
    withTimeout(10, never, () => 'late'),
    withTimeout(10, never, () => {
      throw new Error('late')
    }),
  ])
  await vi.advanceTimersByTimeAsync(10)
  expect(await settled).toEqual([
    { status: 'fulfilled', value: undefined },
    { status: 'fulfilled', value: 'late' },
    { status: 'rejected', reason: new Error('late') },
  ])
})

test('a timeout longer than a timer supports does not end at once', async () => {
  const ended = vi.fn()
  void withTimeout(2 ** 40, never).then(ended)
  await vi.advanceTimersByTimeAsync(1000)
  expect(ended).not.toHaveBeenCalled()
})

test.each([
  ['on timeout', 'late', (_: AbortController) => vi.advanceTimersByTimeAsync(10)],
  ['on abort', 'unwanted', async (caller: AbortController) => caller.abort(new Error('unwanted'))],
] as const)('%s, runWithTimeout() aborts the work and rejects with the reason', async (_, reason, end) => {
  const caller = new AbortController()
  let own: AbortSignal | undefined
  const running = runWithTimeout(10, caller.signal, (signal) => ((own = signal), never), () => new Error('late'))
  const failed = expect(running).rejects.toThrow(reason)
  await end(caller)
  await failed
  expect(own?.reason).toEqual(new Error(reason))
  expect(vi.getTimerCount()).toBe(0)
})
