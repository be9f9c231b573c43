/** Paths that lead to no regular file, and files that are too deep: named as the user's fault, and never a hang. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { bin, gangway, project } from './gangway.ts'

const deep = (open: string, close: string): string => `${open.repeat(20_000)}1${close.repeat(20_000)}`
const cwd = project({
  'server.mjs': "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'x', version: '1.0.0' }).tool('hello', {}, () => 'Hello')\n",
  'mcp.json': `{ "mcpServers": { "x": ${deep('[', ']')} } }`,
  'deep.json': deep('{"a":', '}'),
  'gangway.json': `{ "server": "server.mjs", "env": ${deep('{"a":', '}')} }`,
  'cyclic.config.mjs': 'const config = { server: "server.mjs" }\nconfig.env = config\nexport default config\n',
  'env.json': '{ "server": "server.mjs", "envFile": "pipe" }',
})

beforeAll(() => {
  for (const name of ['pipe', 'pipe.mjs', 'pipe.json']) execFileSync('mkfifo', [join(cwd, name)])
  for (const name of ['loop', 'loop.mjs']) symlinkSync(name, join(cwd, name))
  for (const name of ['dir', 'gone']) mkdirSync(join(cwd, name))
  rmdirSync(join(cwd, 'gone'))
})

const NOT_A_FILE = ['GANGWAY_E_NOT_A_FILE', 4] as const
const HOST_CONFIG = ['GANGWAY_E_HOST_CONFIG', 2] as const

describe.skipIf(process.platform === 'win32').concurrent('[case A4] [case A8] a path that leads to no file', { timeout: 60_000 }, () => {
  test.each([
    ['run pipe.mjs', 'pipe.mjs', 'a named pipe', NOT_A_FILE],
    ['run loop.mjs', 'loop.mjs', 'link to itself', NOT_A_FILE],
    ['run pipe.json', 'pipe.json', 'a named pipe', NOT_A_FILE],
    ['call pipe.mjs hello', 'pipe.mjs', 'a named pipe', NOT_A_FILE],
    ['run --config pipe.json', 'pipe.json', 'a named pipe', NOT_A_FILE],
    ['run --config loop', 'loop', 'link to itself', NOT_A_FILE],
    ['run --config env.json', 'pipe', 'a named pipe', ['GANGWAY_E_ENV_FILE', 2]],
    ['run server.mjs --project pipe', 'pipe', 'not a folder', ['GANGWAY_E_USAGE', 2]],
    ['run server.mjs --project loop', 'loop', 'not a folder', ['GANGWAY_E_USAGE', 2]],
    ['run server.mjs --with ./pipe', 'pipe', 'a named pipe', ['GANGWAY_E_PACKAGE_NOT_FOUND', 6]],
    ['run server.mjs --with ./loop', 'loop', 'link to itself', ['GANGWAY_E_PACKAGE_NOT_FOUND', 6]],
    ['run server.mjs --with-package-json pipe', 'pipe', 'a named pipe', ['GANGWAY_E_PACKAGE_INSTALL', 6]],
    ['call server.mjs hello @pipe', 'pipe', 'a named pipe', ['GANGWAY_E_ARGUMENT', 2]],
    ['call server.mjs hello a=@loop', 'loop', 'link to itself', ['GANGWAY_E_ARGUMENT', 2]],
    ['install claude-desktop server.mjs --config-path pipe', 'pipe', 'a named pipe', HOST_CONFIG],
    ['install claude-desktop server.mjs --config-path dir', 'dir', 'a folder', HOST_CONFIG],
    ['install claude-desktop server.mjs --config-path loop', 'loop', 'link to itself', HOST_CONFIG],
    ['uninstall claude-desktop x --config-path pipe', 'pipe', 'a named pipe', HOST_CONFIG],
  ] as const)('%s', async (words, path, kind, [errorCode, code]) => {
    const { stderr, ...ended } = await gangway(words.split(' '), { cwd })
    expect(ended).toEqual({ stdout: '', code })
    expect(stderr).toMatch(new RegExp(`^gangway: ${errorCode}: .*${path}.*${kind}[^\n]*\n$`))
  })

  test('a special file at --config-path is unchanged', async () => {
    await gangway(['install', 'claude-desktop', 'server.mjs', '--config-path', 'pipe', '--no-check'], { cwd })
    expect(statSync(join(cwd, 'pipe')).isFIFO()).toBe(true)
  })

  test('a link to a device', async () => {
    const folder = project({ 'server.mjs': '' })
    symlinkSync('/dev/null', join(folder, 'null.json'))
    const { stderr, code } = await gangway(['install', 'claude-desktop', 'server.mjs', '--config-path', 'null.json', '--dry-run'], { cwd: folder })
    expect([code, stderr]).toEqual([2, expect.stringMatching(/GANGWAY_E_HOST_CONFIG: \/dev\/null is a device/)])
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  test('a removed working directory', () => {
    const folder = project({ 'server.mjs': '' })
    const script = `mkdir gone && cd gone && rmdir ../gone && exec "${process.execPath}" "$0" run server.mjs`
    const { status, stderr } = spawnSync('sh', ['-c', script, bin], { cwd: folder, encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^gangway: GANGWAY_E_USAGE: .*\/gone no longer exists[^\n]*\n$/)])
  })
})

describe.concurrent('[case A8] JSON with 20,000 levels', { timeout: 60_000 }, () => {
  test.each([
    ['run mcp.json', 'mcp.json', ['GANGWAY_E_MCP_JSON', 2]],
    ['inspect mcp.json', 'mcp.json', ['GANGWAY_E_MCP_JSON', 2]],
    ['run gangway.json', 'gangway.json', ['GANGWAY_E_CONFIG', 2]],
    ['install claude-desktop server.mjs --config-path deep.json', 'deep.json', HOST_CONFIG],
    ['run --config cyclic.config.mjs', 'cyclic.config.mjs', ['GANGWAY_E_CONFIG', 2]],
  ] as const)('%s', async (words, path, [errorCode, code]) => {
    const { stderr, ...ended } = await gangway(words.split(' '), { cwd })
    expect(ended).toEqual({ stdout: '', code })
    expect(stderr).toMatch(new RegExp(`^gangway: ${errorCode}: .*(?:deep|deeply).*${path}|^gangway: ${errorCode}: .*${path}.*(?:deep|deeply)`))
  })

  test('call with such an argument', async () => {
    const { stderr, code } = await gangway(['call', 'server.mjs', 'hello', '@deep.json'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^gangway: GANGWAY_E_ARGUMENT: @deep\.json .*deep/)])
  })
})
