/** The endpoint as a web page of another origin sees it, in a real browser: its preflights, what it may read, and what it is refused. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { http } from '@gangway/transport-http'
import type { Running } from '@gangway/core'
import { gate, newServer, type RequestGate } from '../harness/server.ts'
import { browse, type Browser } from './chromium.ts'
import { servePages, type PageServer } from './page-server.ts'
import { missing } from './runtimes.ts'
import { skipFor } from './skipping.ts'

const skipped = missing('chromium')
const scripts = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-pages-'))
let pages: PageServer
let running: Running
let browser: Browser | undefined
let left: RequestGate<string>
let greeted = 0

const server = newServer()
  .tool('greet', {}, () => `Hello for the ${++greeted}. time`)
  .tool('count', {}, async (_args, { progress }) => {
    for (let step = 1; step <= 3; step++) progress(step)
    return 'counted'
  })
  .tool('region', { input: { region: z.string().meta({ 'x-mcp-header': 'Region' }) } }, ({ region }) => region)
  .tool('grow', {}, () => {
    server.tool('grown', {}, () => 'new')
    server.removeTool('grown')
    return 'grown'
  })
  .tool('wait', {}, (_args, { signal, progress }) => {
    progress(1)
    return new Promise<string>(() => signal.addEventListener('abort', () => left.open(String(signal.reason.name))))
  })

skipFor(skipped)
beforeAll(async () => {
  if (skipped) return
  const entry = Object.fromEntries(['legacy', 'modern', 'official', 'stranger'].map((name) => [name, fileURLToPath(new URL(`pages/${name}.js`, import.meta.url))]))
  await build({ config: false, entry, outDir: scripts, platform: 'browser', deps: { alwaysBundle: [/./], onlyBundle: false }, dts: false, hash: false, logLevel: 'warn' })
  pages = await servePages(scripts)
  running = await http({ host: '127.0.0.1', port: 0, allowedOrigins: [`http://localhost:${pages.port}`] }).serve(server)
})
beforeEach(() => {
  left = gate()
})
afterEach(async () => {
  await browser?.close()
  browser = undefined
})
afterAll(async () => {
  await running?.close()
  await pages?.close()
  rmSync(scripts, { recursive: true })
})

/** What the script gives, in a page that `host` has served. */
async function open(script: string, host = 'localhost'): Promise<unknown> {
  const report = pages.report()
  browser = browse(`http://${host}:${pages.port}/${script}?${encodeURIComponent(running.url ?? '')}`)
  return report
}

test('a page of an allowed origin has its own session', async () => {
  expect(await open('legacy')).toMatchObject({
    session: expect.stringMatching(/^[\x21-\x7e]+$/),
    opened: { result: { serverInfo: { name: 'suite' } } },
    counted: [{ params: { progress: 1 } }, { params: { progress: 2 } }, { params: { progress: 3 } }, { id: 2, result: { content: [{ text: 'counted' }] } }],
    changed: { method: 'notifications/tools/list_changed' },
    ended: 204,
    after: 404,
    reason: 'session_ended',
  })
})

test('a page of an allowed origin needs no session in the modern era, and can send the headers of any argument', async () => {
  expect(await open('modern')).toMatchObject({
    discovered: { result: { supportedVersions: ['2026-07-28'] } },
    routed: { result: { content: [{ text: 'eu' }] } },
    acknowledged: { method: 'notifications/subscriptions/acknowledged' },
    changed: { method: 'notifications/tools/list_changed' },
  })
  expect(await left).toBe('AbortError')
})

test('the official clients work in a page', async () => {
  const answer = { tools: ['greet', 'count', 'region', 'grow', 'wait'], content: [{ type: 'text', text: 'counted' }], steps: [1, 2, 3] }
  expect(await open('official')).toEqual([answer, answer])
})

test('a page of another origin can call no tool and read no response', async () => {
  expect(await open('stranger', '127.0.0.1')).toEqual(['TypeError', 'TypeError', 'opaque 0'])
  expect(greeted).toBe(0)
})
