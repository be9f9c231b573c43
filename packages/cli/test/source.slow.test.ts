/** `gangway run` of a server that is no file here: of a package, or of a package of the workspace; and how it serves. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorLine, gangway, gangwayHttp, initialize, post, project, welcome } from './gangway.ts'

const options = { timeout: 60_000 }
const core = "import { McpServer } from '@gangway/core'\n"
const named = (name: string): string => `${core}export default new McpServer({ name: ${name}, version: '1.0.0' })\n`
const manifest = (members: object): string => JSON.stringify({ type: 'module', ...members })

/** Files of an installed package. */
const at = (name: string, files: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(files).map(([path, text]) => [`node_modules/${name}/${path}`, text]))

const refusal = (line: string): object => ({ stdout: '', stderr: errorLine(`GANGWAY_E_USAGE: ${line}`), code: 2 })

describe.concurrent('-m: a package', options, () => {
  test.each([
    ['its mcp member', { mcp: './server.js', exports: './index.js' }],
    ['its exports', { exports: { '.': { types: './none.d.ts', import: './server.js' } } }],
    ['its main', { main: './server.js' }],
    ['its program', { bin: { shop: './server.js' } }],
  ])('by %s, with flags', async (_, members) => {
    const cwd = project(at('@shop/server', { 'package.json': manifest(members), 'server.js': `${named("'shop'")}export const other = ${named("'other'").slice(core.length + 'export default '.length)}` }))
    expect(await gangway(['run', '-m', '@shop/server'], { input: [initialize], cwd })).toEqual({ stdout: welcome('shop'), stderr: '', code: 0 })
    expect((await gangway(['run', '-m', '@shop/server:other'], { input: [initialize], cwd })).stdout).toBe(welcome('other'))
    await gangwayHttp(['-m', '@shop/server', '--path', '/shop', '-t', 'http'], async (url) => expect(url.pathname).toBe('/shop'), { cwd })
  })

  test('that is not installed, has no entry file, or is combined with a file', async () => {
    const cwd = project(at('empty', { 'package.json': '{}' }))
    expect(await gangway(['run', '-m', 'nowhere'], { cwd })).toEqual({ stdout: '', stderr: errorLine(`GANGWAY_E_PACKAGE_NOT_FOUND: ${cwd} … npm install nowhere … --with nowhere`), code: 6 })
    expect((await gangway(['run', '-m', 'empty'], { cwd })).stderr).toEqual(errorLine('GANGWAY_E_NO_SERVER: empty … package.json'))
    expect(await gangway(['run', 'server.ts', '-m', 'empty'], { cwd })).toMatchObject({ stderr: errorLine('GANGWAY_E_USAGE: -m … server.ts'), code: 2 })
  })
})

describe.concurrent('--filter: a package of the workspace', options, () => {
  const files = {
    'packages/weather/package.json': manifest({ name: '@shop/weather' }),
    'packages/weather/server.mjs': named("'weather'"),
    'packages/weather/gangway.json': '{ "server": "./server.mjs" }',
    'apps/deep/er/news/package.json': manifest({ name: 'news', mcp: './news.js' }),
    'apps/deep/er/news/news.js': named("'news'"),
    'other/package.json': manifest({ name: 'other' }),
  }
  const workspaces = { pnpm: { 'pnpm-workspace.yaml': "packages:\n  # ours\n  - 'packages/*' # all\n  - apps/**\n\ncatalog:\n  - other\n" }, npm: { 'package.json': manifest({ workspaces: ['packages/*', 'apps/**'] }) }, yarn: { 'package.json': manifest({ workspaces: { packages: ['./packages/weather', 'apps/deep/*/news'] } }) } }

  test.each(Object.entries(workspaces))('of %s', async (_, root) => {
    const cwd = project({ ...files, ...root })
    for (const args of [['--filter', '@shop/weather'], ['--filter', 'weather'], ['server.mjs', '--filter', 'weather']]) expect((await gangway(['run', ...args], { input: [initialize], cwd })).stdout).toBe(welcome('weather'))
    expect(await gangway(['run', '--filter', 'news'], { input: [initialize], cwd: join(cwd, 'packages/weather') })).toEqual({ stdout: welcome('news'), stderr: '', code: 0 })
  })

  test('is suggested at the root, if nothing there can run', async () => {
    const cwd = project({ ...files, ...workspaces.npm })
    expect((await gangway(['run'], { cwd })).stderr).toMatch(/: gangway run --filter @shop\/weather\n$/)
  })

  test('that does not exist', async () => {
    const cwd = project({ ...files, ...workspaces.pnpm })
    expect(await gangway(['run', '--filter', '@shop/wether'], { cwd })).toEqual({ stdout: '', stderr: errorLine(`GANGWAY_E_USAGE: ${cwd} … @shop/wether … @shop/weather`), code: 2 })
    const none = project({})
    expect((await gangway(['run', '--filter', 'x'], { cwd: none })).stderr).toEqual(errorLine(`GANGWAY_E_USAGE: --filter … ${none} … --project`))
  })
})

describe.concurrent('--stateless', options, () => {
  const installed = ['core', 'transport-stdio', 'transport-http', 'transport-sse']

  test('keeps no sessions, and neither does GANGWAY_SESSIONS', async () => {
    const cwd = project({ 'server.mjs': named("'x'") }, installed)
    const session = async (args: readonly string[], env: Record<string, string> = {}): Promise<string | null> => {
      let id: string | null = null
      await gangwayHttp(['server.mjs', '-t', 'http', ...args], async (url) => void (id = (await post(url, initialize)).headers.get('mcp-session-id')), { cwd, env })
      return id
    }
    expect(await session([])).not.toBe(null)
    expect(await session(['--stateless'])).toBe(null)
    expect(await session([], { GANGWAY_SESSIONS: 'none' })).toBe(null)
  })

  test('is rejected for stdio and sse, wherever the transport comes from', async () => {
    const cwd = project({ 'server.mjs': named("'x'"), 'sse.mjs': `${core}import { sse } from '@gangway/transport-sse'\nawait new McpServer({ name: 'x', version: '1.0.0' }).run(sse({ port: 0 }))\n` }, installed)
    expect(await gangway(['run', 'server.mjs', '--stateless'], { cwd })).toEqual(refusal('--stateless … stdio … http'))
    expect(await gangway(['run', 'server.mjs', '--stateless', '-t', 'sse'], { cwd })).toEqual(refusal('--stateless … sse … http'))
    for (const [args, env] of [[['sse.mjs', '--stateless'], {}], [['server.mjs', '-t', 'sse'], { GANGWAY_SESSIONS: 'none' }]] as const) {
      expect(await gangway(['run', ...args], { cwd, env })).toEqual(refusal('sse … sessions … http'))
    }
  })
})

test('GANGWAY_ALLOWED_HOSTS and GANGWAY_ALLOWED_ORIGINS reach the check, and flags override them', options, async () => {
  const cwd = project({ 'server.mjs': named("'x'") }, ['core', 'transport-http', 'transport-sse'])
  const env = { GANGWAY_ALLOWED_HOSTS: 'mcp.example, 127.0.0.1', GANGWAY_ALLOWED_ORIGINS: 'https://a.example,https://b.example' }
  await gangwayHttp(['server.mjs', '-t', 'http'], async (url) => {
    expect((await post(url, initialize, { origin: 'https://b.example' })).status).toBe(200)
    expect((await post(url, initialize, { origin: 'https://c.example' })).status).toBe(403)
  }, { cwd, env })
  await gangwayHttp(['server.mjs', '-t', 'http', '--allowed-host', 'mcp.example'], async (url) => expect((await post(url, initialize)).status).toBe(403), { cwd, env })
  await gangwayHttp(['server.mjs', '-t', 'http', '--host', '0.0.0.0'], async (url) => expect((await post(new URL(url.href.replace('0.0.0.0', '127.0.0.1')), initialize)).status).toBe(200), { cwd, env })
})
