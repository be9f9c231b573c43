/** Servers that bundlers have put into one file, run from a folder that has no packages. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startChild, type Child } from '../harness/child.ts'
import { httpAt } from '../harness/http.ts'
import { closing, connect } from '../harness/index.ts'
import { NEWEST_LEGACY } from '../harness/message.ts'
import { textOf } from '../harness/server.ts'
import { addressOf } from './listening.ts'
import { skipFor } from './skipping.ts'

const packed = inject('packed')
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const installed = existsSync(here('node_modules/webpack'))
const skipped = 'skipped' in packed ? packed.skipped : installed ? undefined : 'SKIPPED: the bundlers are not installed'
const ENTRIES = ['stdio', 'stdio-entry', 'by-name', 'http', 'handlers']
/** What `import` compiles Fastify to is ESM, where its `require('node:events')` does not exist. docs/hosts.md says what to use instead. */
const CANNOT_BUNDLE_FASTIFY: readonly string[] = ['esbuild esm', 'rollup esm', 'tsup esm']

const root = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-bundles-'))
afterAll(() => rmSync(root, { recursive: true, maxRetries: 3 }))

describe.each(['esbuild', 'rollup', 'tsdown', 'tsup', 'vite', 'webpack'])('[case 30] [case 50] %s', (bundler) => {
  const out = join(root, bundler)
  skipFor(skipped)
  beforeAll(() => {
    if (skipped || 'skipped' in packed) return
    const sources = join(packed.directory, 'bundles')
    cpSync(here('bundles'), sources, { recursive: true })
    mkdirSync(out)
    const elsewhere = join(root, 'elsewhere')
    mkdirSync(elsewhere, { recursive: true })
    const { status, stderr } = spawnSync(execPath, [here('bundle.mjs'), bundler, ...ENTRIES.map((name) => join(sources, `${name}.js`)), out], { cwd: elsewhere, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  }, 120_000)

  const start = (name: string): Child => closing(startChild(execPath, [join(out, name)], root))

  describe.each(['esm', 'cjs'] as const)('%s', (format) => {
    const extension = format === 'esm' ? 'mjs' : 'cjs'

    test.each(format === 'esm' ? ['stdio', 'stdio-entry'] : ['stdio-entry'])('%s responds, and names the line that prints', async (name) => {
      const child = start(`${name}.${extension}`)
      const client = await connect(child, NEWEST_LEGACY)
      await client.handshake()
      expect(textOf(await client.call('hello'))).toBe('Hello')
      child.process.stdin.end()
      expect(await child.ended).toBe(0)
      const stderr = await child.stderr
      expect(stderr).toContain('printed by the tool')
      const { place } = JSON.parse(stderr.split('\n').find((line) => line.includes('"place"')) ?? '{}') as { place?: string }
      expect(place).toMatch(new RegExp(`/${name}\\.${extension}:\\d+:\\d+$`))
    })

    test('a transport by name fails with advice to pass it as a value', async () => {
      const child = start(`by-name.${extension}`)
      child.process.stdin.end()
      expect(await child.ended).toBe(1)
      expect(await child.stderr).toMatch(/GANGWAY_E_TRANSPORT_MISSING[^]*run\(stdio\(\)\)/)
    })

    test('http() responds, or is listed as impossible', async () => {
      const child = start(`http.${extension}`)
      if (CANNOT_BUNDLE_FASTIFY.includes(`${bundler} ${format}`)) {
        expect(await child.ended).toBe(1)
        expect(await child.stderr).toMatch(/require/)
        return
      }
      await greeted(await addressOf(child))
    })

    test('nodeHandler and fetchHandler respond', async () => {
      const url = await addressOf(start(`handlers.${extension}`))
      await greeted(url)
      await greeted(url.replace('/mcp', '/fetch'))
    })
  })
})

async function greeted(url: string): Promise<void> {
  const client = await connect(httpAt(url), NEWEST_LEGACY)
  await client.handshake()
  expect(textOf(await client.call('hello'))).toBe('Hello')
}
