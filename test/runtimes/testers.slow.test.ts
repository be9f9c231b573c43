/** The testing client in each test runner that docs/testing.md names, and what the command does on Bun and Deno. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { run } from '../projects.ts'
import { missing, pathOf, type Runtime } from './runtimes.ts'
import { skipFor } from './skipping.ts'

const packed = inject('packed')
const directory = 'skipped' in packed ? '' : join(packed.directory, 'testers')
const installed = (path: string): string => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url))
skipFor('skipped' in packed ? packed.skipped : existsSync(installed('jest')) ? undefined : 'SKIPPED: Jest is not installed')

const page = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8')
const [, settings = ''] = /## Jest.+?^```json\n(.+?)^```$/ms.exec(page) ?? []
const BODY = `
test('a tool can be called', async () => {
  const client = await connectInMemory(new McpServer({ name: 'shop', version: '1.0.0' }).tool('hello', {}, () => 'Hello'))
  const { content } = await client.callTool('hello')
  if (content[0].text !== 'Hello') throw new Error('not greeted')
  await client.close()
})
`
const IMPORTS = "import { McpServer } from '@gangway/core'\nimport { connectInMemory } from '@gangway/core/testing'\n"
const FILES = {
  'esm.test.mjs': `${IMPORTS}${BODY}`,
  'node.test.mjs': `import { test } from 'node:test'\n${IMPORTS}${BODY}`,
  'cjs.test.cjs': `const { McpServer } = require('@gangway/core')\nconst { connectInMemory } = require('@gangway/core/testing')\n${BODY}`,
  'server.mjs': "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'shop', version: '1.0.0' }).tool('hello', {}, () => 'Hello')\n",
}

beforeAll(() => {
  if (!directory) return
  mkdirSync(directory)
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text)
})

const bin = join(directory, '../node_modules/@gangway/cli/dist/bin.js')
const jest = installed('jest/bin/jest.js')

describe('[case 60] Jest', () => {
  test('as ES modules', async () => {
    const { code, stderr } = await run(directory, execPath, ['--experimental-vm-modules', jest, '--rootDir', directory, '--testMatch', '**/esm.test.mjs'])
    expect(code, stderr).toBe(0)
  })

  test('as CommonJS, with the setting on the page', async () => {
    const { transform, ...others } = JSON.parse(settings) as { transform: Record<string, [string, { plugins: string[] }]> }
    const config = { ...others, rootDir: directory, roots: [directory], testMatch: ['**/cjs.test.cjs'], transform: Object.fromEntries(Object.entries(transform).map(([files, [name, { plugins }]]) => [files.replace('m?', '[cm]?'), [installed(name), { plugins: plugins.map(installed) }]])) }
    writeFileSync(join(directory, 'jest.json'), JSON.stringify(config))
    const { code, stderr } = await run(directory, execPath, [jest, '--config', 'jest.json'])
    expect(code, stderr).toBe(0)
  })
})

test.each<[Runtime | undefined, readonly string[]]>([
  [undefined, ['--test', 'node.test.mjs']],
  ['bun', ['test', './node.test.mjs']],
  ['deno', ['test', '--no-check', '--allow-all', 'node.test.mjs']],
])('[case 60] the runner of %s', async (runtime, args) => {
  const { code, stdout, stderr } = await run(directory, runtime ? pathOf(runtime) : execPath, args)
  expect(code, `${stdout}\n${stderr}`).toBe(0)
})

describe('[case 64] the command on Deno', () => {
  skipFor(missing('deno'))

  test('runs as an npm: specifier', async () => {
    expect(await run(directory, pathOf('deno'), ['run', '--allow-all', 'npm:@gangway/cli', 'call', 'server.mjs', 'hello'])).toMatchObject({ code: 0, stdout: 'Hello\n' })
  })
})

describe('[case 59] the command on Bun', () => {
  skipFor(missing('bun'))

  test('calls a server', async () => {
    expect(await run(directory, pathOf('bun'), [bin, 'call', 'server.mjs', 'hello'])).toMatchObject({ code: 0, stdout: 'Hello\n' })
  })

  test('reports that it cannot reload', async () => {
    const { code, stdout, stderr } = await run(directory, pathOf('bun'), [bin, 'run', 'server.mjs', '--reload'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^gangway: GANGWAY_E_USAGE: --reload .*Bun[^\n]*\n$/)
  })
})
