/** The lock around an installation. */
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DEAD, lockUnless } from '../src/environment/install-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'gangway-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('[case A14] one of six processes does the work, and the others get its result', async () => {
  const path = join(folder, 'six')
  let result: string | undefined
  let worked = 0
  const attempt = async (): Promise<string> => {
    const lock = await lockUnless(path, () => result)
    if ('result' in lock) return lock.result
    worked++
    await new Promise((resolve) => setTimeout(resolve, 20))
    result = 'made'
    lock.release()
    return result
  }
  expect(await Promise.all([1, 2, 3, 4, 5, 6].map(attempt))).toEqual(Array.from({ length: 6 }).fill('made'))
  expect([worked, readdirSync(folder)]).toEqual([1, []])
})

test('[case A14] if the work fails, another process does it', async () => {
  const path = join(folder, 'failing')
  const first = await lockUnless(path, () => undefined)
  const second = lockUnless(path, () => undefined)
  if ('release' in first) first.release()
  const next = await second
  expect('release' in next && existsSync(path)).toBe(true)
  if ('release' in next) next.release()
  expect(existsSync(path)).toBe(false)
})

test('[case A14] the lock of a dead process is taken over', async () => {
  const path = join(folder, 'dead')
  writeFileSync(path, '')
  const then = new Date(Date.now() - DEAD - 1000)
  utimesSync(path, then, then)
  const lock = await lockUnless(path, () => undefined)
  expect('release' in lock).toBe(true)
  if ('release' in lock) lock.release()
  expect(readdirSync(folder)).toEqual([])
})
