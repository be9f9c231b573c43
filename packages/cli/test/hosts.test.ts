/** Where hosts keep their configuration, and how they start what is in it, on each system. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { message } from './gangway.ts'
import { entryFor, specOf, updated } from '../src/install/host-entry.ts'
import { checkName, nameFor } from '../src/install/entry-name.ts'
import { hostEnvironment } from '../src/install/host-environment.ts'
import { launcherFor } from '../src/install/launcher.ts'
import { stableNodePath } from '../src/install/node-path.ts'
import type { Place } from '../src/install/platform.ts'
import { configPathOf, findTarget } from '../src/install/hosts.ts'
import { ownBin } from '../src/own-bin.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gangway-hosts-')))
afterAll(() => rmSync(folder, { recursive: true }))

/** An empty file. */
function touch(...path: string[]): string {
  const file = join(folder, ...path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, '')
  return file
}

const linux: Place = { platform: 'linux', env: {}, home: '/home/u', cwd: '/home/u/shop', list: () => [] }
const mac: Place = { ...linux, platform: 'darwin', home: '/Users/u' }
const windows: Place = { ...linux, platform: 'win32', home: String.raw`C:\Users\u`, cwd: String.raw`D:\shop`, env: { APPDATA: String.raw`C:\Users\u\AppData\Roaming`, LOCALAPPDATA: String.raw`C:\Users\u\AppData\Local` } }

const withEnv = (env: Record<string, string>): Place => ({ ...linux, env })

describe('the configuration file of', () => {
  test.each([
    ['claude-desktop', '/Users/u/Library/Application Support/Claude/claude_desktop_config.json', String.raw`C:\Users\u\AppData\Roaming\Claude\claude_desktop_config.json`, '/home/u/.config/Claude/claude_desktop_config.json'],
    ['claude-code', '/Users/u/.claude.json', String.raw`C:\Users\u\.claude.json`, '/home/u/.claude.json'],
    ['cursor', '/Users/u/.cursor/mcp.json', String.raw`C:\Users\u\.cursor\mcp.json`, '/home/u/.cursor/mcp.json'],
    ['vscode', '/Users/u/Library/Application Support/Code/User/mcp.json', String.raw`C:\Users\u\AppData\Roaming\Code\User\mcp.json`, '/home/u/.config/Code/User/mcp.json'],
    ['gemini-cli', '/Users/u/.gemini/settings.json', String.raw`C:\Users\u\.gemini\settings.json`, '/home/u/.gemini/settings.json'],
    ['mcp-json', undefined, undefined, undefined],
  ])("%s, the user's", (name, onMac, onWindows, onLinux) => {
    expect([mac, windows, linux].map((place) => configPathOf(findTarget(name), place))).toEqual([onMac, onWindows, onLinux])
  })

  test.each([
    ['claude-code', String.raw`D:\shop\.mcp.json`, '/home/u/shop/.mcp.json'],
    ['cursor', String.raw`D:\shop\.cursor\mcp.json`, '/home/u/shop/.cursor/mcp.json'],
    ['vscode', String.raw`D:\shop\.vscode\mcp.json`, '/home/u/shop/.vscode/mcp.json'],
    ['gemini-cli', String.raw`D:\shop\.gemini\settings.json`, '/home/u/shop/.gemini/settings.json'],
  ])("%s, the project's", (name, onWindows, onLinux) => {
    expect([windows, linux].map((place) => configPathOf(findTarget(name), place, 'project'))).toEqual([onWindows, onLinux])
  })

  test('a host with a custom location', () => {
    expect(configPathOf(findTarget('claude-desktop'), withEnv({ XDG_CONFIG_HOME: '/x' }))).toBe('/x/Claude/claude_desktop_config.json')
    expect(configPathOf(findTarget('vscode'), withEnv({ XDG_CONFIG_HOME: '/x' }))).toBe('/x/Code/User/mcp.json')
    expect(configPathOf(findTarget('claude-code'), withEnv({ CLAUDE_CONFIG_DIR: '/x' }))).toBe('/x/.claude.json')
    expect(configPathOf(findTarget('gemini-cli'), withEnv({ GEMINI_CLI_HOME: '/x' }))).toBe('/x/.gemini/settings.json')
    expect(configPathOf(findTarget('claude-desktop'), { ...windows, env: {} })).toBe(String.raw`C:\Users\u\AppData\Roaming\Claude\claude_desktop_config.json`)
  })

  test('Claude Desktop from a Windows package', () => {
    const packages = String.raw`C:\Users\u\AppData\Local\Packages`
    const place: Place = { ...windows, list: (path) => (path === packages ? ['Other_1', 'Claude_pzs8sxrjxfjjc'] : []) }
    expect(configPathOf(findTarget('claude-desktop'), place)).toBe(String.raw`C:\Users\u\AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude\claude_desktop_config.json`)
    expect(configPathOf(findTarget('claude-desktop'), { ...linux, list: () => ['Claude_x'] })).toBe('/home/u/.config/Claude/claude_desktop_config.json')
  })

  test('a scope that a host does not have', () => {
    expect(() => configPathOf(findTarget('claude-desktop'), linux, 'project')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: message('Claude Desktop … --scope project … --scope user') }))
    expect(() => configPathOf(findTarget('mcp-json'), linux, 'user')).toThrow(expect.objectContaining({ message: message('mcp.json … --scope user … --config-path') }))
  })
})

test('hosts pass no variables and no PATH of shells', () => {
  expect(hostEnvironment({ platform: 'darwin', env: { HOME: '/h', USER: 'u', PATH: '/nvm/bin:/usr/bin', NODE_OPTIONS: '--x', SECRET: 's' } })).toEqual({ HOME: '/h', USER: 'u', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' })
  expect(hostEnvironment({ platform: 'win32', env: { SystemRoot: String.raw`D:\Win`, Path: 'x', Temp: 't', SECRET: 's' } })).toEqual({ SystemRoot: String.raw`D:\Win`, Temp: 't', PATH: String.raw`D:\Win\System32;D:\Win` })
})

describe('the name', () => {
  test.each([
    ['/home/u/weather.ts', 'weather'],
    ['/home/u/no way/index.ts', 'no-way'],
    ['/server.ts', 'server'],
    ['/home/u/größe.ts', 'gr-e'],
    [`/home/u/${'x'.repeat(80)}.ts`, 'x'.repeat(64)],
  ])('of %s', (file, name) => expect(nameFor(file)).toBe(name))

  test('is that of the package for a generic file name', () => {
    const file = touch('named/src/server.ts')
    writeFileSync(join(folder, 'named/package.json'), '{"name":"@me/shop"}')
    expect(nameFor(file)).toBe('shop')
    for (const config of ['gangway.json', 'gangway.config.ts']) expect(nameFor(join(folder, 'named', config))).toBe('shop')
  })

  test.each(['', 'a/b', 'a"b', 'a\nb', '-a', ' a', 'x'.repeat(65), '\u202Eevil', '$(x)'])('cannot be %j', (name) => {
    expect(() => checkName(name, findTarget('cursor'))).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE' }))
  })

  test('can be in any language, except for Claude Code', () => {
    expect(checkName('Größe 1.0', findTarget('cursor'))).toBe('Größe 1.0')
    expect(() => checkName('my shop', findTarget('claude-code'))).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: message('Claude Code … "my shop" … --name … 64 … a-z A-Z 0-9 _ -') }))
  })
})

describe('an entry', () => {
  const launcher = { command: '/n/node', args: ['/p/cli/dist/bin.js'], env: {} }
  const wanted = { launcher, spec: '/w/a.ts:create', flags: [], args: [], env: {}, typed: false }

  test('has the required members and nothing else', () => {
    expect(entryFor(wanted)).toEqual({ command: '/n/node', args: ['/p/cli/dist/bin.js', 'run', '/w/a.ts:create', '--transport', 'stdio'] })
    expect(entryFor({ ...wanted, typed: true, env: { A: '1' }, args: ['--db', 'x'] })).toEqual({
      type: 'stdio',
      command: '/n/node',
      args: ['/p/cli/dist/bin.js', 'run', '/w/a.ts:create', '--transport', 'stdio', '--', '--db', 'x'],
      env: { A: '1' },
    })
  })

  test("is recognized as Gangway's by its command", () => {
    expect(specOf(entryFor(wanted))).toBe('/w/a.ts:create')
    expect(specOf({ args: ['npx-cli.js', '-y', '@gangway/cli@1.0.0', 'run', 'a.ts'] })).toBe('a.ts')
    expect(specOf({ args: [String.raw`C:\p\cli\dist\bin.js`, 'run', 'a.ts'] })).toBe('a.ts')
    for (const other of [undefined, null, 'x', {}, { args: 'run' }, { args: ['run', 'a.ts'] }, { args: ['deno', 'run', 'a.ts'] }, { args: [1, 'run', 'a.ts'] }]) expect(specOf(other)).toBeUndefined()
  })

  test("keeps additions, unless it is not Gangway's", () => {
    const entry = entryFor(wanted)
    expect(updated({ ...entry, env: { OLD: '1' }, timeout: 5, disabled: true }, entry)).toEqual({ ...entry, timeout: 5, disabled: true })
    expect(updated({ command: 'other', timeout: 5 }, entry)).toEqual(entry)
  })
})

describe('the command in the entry', () => {
  test('is this Node.js and this command, with absolute paths', () => {
    expect(launcherFor('/w/a.ts', { node: '/n/node', bin: '/p/cli/dist/bin.js' })).toEqual({ command: '/n/node', args: ['/p/cli/dist/bin.js'], env: {} })
  })

  test.each(['.npm/_npx/3f2a', 'pnpm/dlx/3f2a', 'dlx-123'])("from %s is the project's own command, or else npx", (cache) => {
    const bin = `/home/u/${cache}/node_modules/@gangway/cli/dist/bin.js`
    const node = touch('node22/bin/node')
    const npx = touch('node22/lib/node_modules/npm/bin/npx-cli.js')
    const project = touch(`for${cache.replaceAll('/', '-')}`, 'server.ts')
    expect(launcherFor(project, { node, bin })).toMatchObject({
      command: node,
      args: [expect.toSatisfy((path: string) => realpathSync(path) === npx), '-y', expect.stringMatching(/^@gangway\/cli@\d/)],
      env: { PATH: `${join(folder, 'node22/bin')}:/usr/bin:/bin:/usr/sbin:/sbin` },
      note: expect.stringContaining('temporary cache'),
    })
    const manifest = touch(`for${cache.replaceAll('/', '-')}`, 'node_modules/@gangway/cli/package.json')
    writeFileSync(manifest, '{}')
    expect(launcherFor(project, { node, bin })).toMatchObject({ command: node, args: [join(manifest, '../dist/bin.js')], env: {} })
  })

  test('from a cache, without either of them', () => {
    expect(() => launcherFor(touch('alone/server.ts'), { node: touch('bare/node'), bin: '/x/_npx/1/node_modules/@gangway/cli/dist/bin.js' })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE' }))
  })

  test('is the Node.js path that Homebrew keeps on upgrades', () => {
    const node = touch('brew/Cellar/node@22/22.1.0/bin/node')
    expect(stableNodePath(node)).toBe(node)
    mkdirSync(join(folder, 'brew/opt'))
    symlinkSync('../Cellar/node@22/22.1.0', join(folder, 'brew/opt/node@22'))
    expect(stableNodePath(node)).toBe(join(folder, 'brew/opt/node@22/bin/node'))
    expect(stableNodePath('/usr/bin/node')).toBe('/usr/bin/node')
  })

  test('is the path of the command that survives an upgrade', () => {
    const bin = ownBin('/nowhere/cli/dist/bin.js')
    mkdirSync(join(folder, 'app/node_modules/@gangway'), { recursive: true })
    mkdirSync(join(folder, 'app/node_modules/.bin'))
    symlinkSync(join(bin, '../..'), join(folder, 'app/node_modules/@gangway/cli'))
    symlinkSync('../@gangway/cli/dist/bin.js', join(folder, 'app/node_modules/.bin/gangway'))
    const moved = join(folder, 'app/node_modules/@gangway/cli/dist/bin.js')
    expect(ownBin(moved)).toBe(moved)
    expect(ownBin(join(folder, 'app/node_modules/.bin/gangway'))).toBe(moved)
    expect(ownBin(touch('other/cli/dist/bin.js'))).toBe(bin)
    expect(bin).toMatch(/packages\/cli\/dist\/bin\.js$/)
  })
})
