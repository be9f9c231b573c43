/** Who is shown the Inspector's page, and by what. */
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import process from 'node:process'
import { afterEach, expect, test, vi } from 'vitest'
import { openBrowser } from '../src/dev/open-browser.ts'

vi.mock('node:child_process', () => ({ spawn: vi.fn() }))

const { isTTY } = process.stderr
const url = 'http://127.0.0.1:1/?a=1&b=$(x)'
afterEach(() => {
  process.stderr.isTTY = isTTY
  vi.mocked(spawn).mockReset()
})

test.each([
  ['linux', 'xdg-open', [url]],
  ['darwin', 'open', [url]],
  ['win32', 'rundll32', ['url.dll,FileProtocolHandler', url]],
] as const)('on %s, opens a browser without a shell, and does not fail without one', (platform, program, args) => {
  const child = Object.assign(new EventEmitter(), { unref: vi.fn<() => void>() })
  vi.mocked(spawn).mockReturnValue(child as never)
  process.stderr.isTTY = true
  openBrowser(url, platform)
  expect(spawn).toHaveBeenCalledExactlyOnceWith(program, args, { stdio: 'ignore', detached: true })
  expect(child.unref).toHaveBeenCalledOnce()
  expect(() => child.emit('error', new Error('ENOENT'))).not.toThrow()
})

test('opens none on other systems', () => {
  process.stderr.isTTY = false
  openBrowser(url)
  expect(spawn).not.toHaveBeenCalled()
})
