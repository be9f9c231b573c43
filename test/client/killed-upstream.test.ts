/** Five servers of an mcp.json behind one address: when one of them is killed, the others do not notice. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'
import { expect, test } from 'vitest'
import { afterTest } from '../harness/cleanup.ts'

const BIN = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../programs/shop.mjs', import.meta.url))
const NAMES = ['a', 'b', 'c', 'd', 'e']

async function serve(file: string): Promise<string> {
  const child = spawn(process.execPath, [BIN, 'run', file, '-t', 'http', '-p', '0'], { env: { PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  afterTest(async () => {
    child.kill('SIGTERM')
    await ended
  })
  let log = ''
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error(log)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec((log += text)) ?? []
      if (url) resolve(url)
    })
  })
}

test.each(['2025-11-25', '2026-07-28'] as const)('in %s, calls to the other four upstreams succeed, and the fifth works again afterwards', async (revision) => {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-killed-'))
  afterTest(async () => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: Object.fromEntries(NAMES.map((name) => [name, { command: process.execPath, args: [PROGRAM] }])) }))
  const client = await connect(httpClient(await serve(join(folder, 'mcp.json'))), { revision })
  afterTest(() => client.close())
  const sum = async (name: string): Promise<unknown> => (await client.callTool(`${name}_add`, { a: 1, b: 2 })).structuredContent
  const pid = async (): Promise<number> => Number(((await client.callTool('c_pid')).content[0] as { text: string }).text)

  const failed: unknown[] = []
  let calls = 0
  const enough = new AbortController()
  const load = NAMES.filter((name) => name !== 'c').map(async (name) => {
    for (; !enough.signal.aborted; calls++) await sum(name).catch((error: unknown) => failed.push(error))
  })
  const first = await pid()
  process.kill(first, 'SIGKILL')
  await expect.poll(() => sum('c').catch(String), { timeout: 30_000 }).toEqual({ sum: 3 })
  expect(await pid()).not.toBe(first)
  enough.abort()
  await Promise.all(load)
  expect(calls).toBeGreaterThan(NAMES.length)
  expect(failed).toEqual([])
}, 60_000)
