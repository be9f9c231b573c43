/** What is shown while something is installed. */
import process from 'node:process'
import { afterEach, expect, test, vi } from 'vitest'
import { progress } from '../src/environment/progress.ts'

const line = (seconds: number): string => `\r\u001B[Kgangway: installing zod … ${seconds} s`
const { isTTY } = process.stderr
afterEach(() => {
  process.stderr.isTTY = isTTY
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('a terminal gets one line, which is redrawn and then removed', () => {
  vi.useFakeTimers()
  process.stderr.isTTY = true
  const written: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  const done = progress('installing zod')
  vi.advanceTimersByTime(2000)
  done()
  done()
  vi.advanceTimersByTime(2000)
  expect(written).toEqual([line(0), line(1), line(2), '\r\u001B[K'])
})

test('other outputs get nothing', () => {
  process.stderr.isTTY = false
  const write = vi.spyOn(process.stderr, 'write')
  progress('installing zod')()
  expect(write).not.toHaveBeenCalled()
})
