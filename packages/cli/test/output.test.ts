/** What the command writes: whole, at its reader's pace; nothing where nobody reads; on a terminal, nothing that steers it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { describe, expect, test, vi } from 'vitest'
import { logLine } from '../src/output.ts'
import { bin, ended, fixtures, project, start } from './gangway.ts'

const NOISY = `
import { McpServer } from '@gangway/core'
for (let line = 0; line < 3000; line++) process.stderr.write('x'.repeat(200) + '\\n')
export default new McpServer({ name: 'noisy', version: '1.0.0' })
`

async function slowly(...[args, options]: Parameters<typeof start>): ReturnType<typeof ended> {
  const child = start(args, options)
  child.stdin.end()
  await sleep(1500)
  return ended(child)
}

describe.concurrent('a full pipe', { timeout: 60_000 }, () => {
  test('loses no data', async () => {
    const args = Array.from({ length: 8 }, () => 'x'.repeat(100_000))
    const { stdout, code } = await slowly(['install', 'mcp-json', 'default-export.ts', '--no-check', '--', ...args])
    expect(JSON.parse(stdout)).toMatchObject({ mcpServers: { 'default-export': { args: expect.arrayContaining(args) } } })
    expect(code).toBe(0)
  })

  test('loses no messages', async () => {
    const { stdout, stderr, code } = await slowly(['list', 'noisy.mjs'], { cwd: project({ 'noisy.mjs': NOISY }) })
    expect({ stdout, code }).toEqual({ stdout: 'Tools (0)\n', code: 0 })
    expect(stderr.replaceAll(/[x\n]/g, '')).toBe('') // And no error. The last of it is lost where nobody reads for too long.
    expect(stderr.length).toBeGreaterThan(2 ** 16)
  })
})

describe.concurrent('a closed reader', { timeout: 60_000 }, () => {
  test.each([['run', '--help'], ['version'], ['completion', 'bash'], ['run', 'default-export.ts', '--explain'], ['list', 'shop.ts']])('%s %s', async (...args) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: fixtures, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    expect([await text(child.stderr), child.exitCode ?? (await once(child, 'exit'))[0]]).toEqual(['', 0])
  })

  test('its words', async () => {
    const child = start(['run', 'default-export.ts'], { env: { GANGWAY_FOO: '1' } })
    child.stderr.destroy()
    child.stdin.end()
    expect((await ended(child)).code).toBe(0)
  })
})

test('escapes control characters on a terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-output-'))
  const file = openSync(join(folder, 'terminal'), 'w')
  const stderr = vi.spyOn(process, 'stderr', 'get')
  try {
    for (const isTTY of [true, false]) {
      stderr.mockReturnValue({ fd: file, isTTY } as unknown as typeof process.stderr)
      logLine('\u001B[31mred\n\tnext')
    }
    expect(readFileSync(join(folder, 'terminal'), 'utf8')).toBe('\\u001b[31mred\n\tnext\n\u001B[31mred\n\tnext\n')
  } finally {
    stderr.mockRestore()
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
})
