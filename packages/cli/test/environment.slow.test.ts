/** `gangway run` with packages that the project does not have: who sees which, from which cache, and what goes wrong. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorLine, gangway, initialize, packages, project, welcome } from './gangway.ts'
import { pack, startRegistry, type PublishedPackage, type Registry } from './registry.ts'

const options = { timeout: 60_000 }
const core = "import { McpServer } from '@gangway/core'\n"
const esm = { type: 'module', exports: { '.': './index.js', './sub': './sub.js' } }
const color = (version: string): PublishedPackage => ({ name: 'color', version, manifest: esm, files: { 'index.js': `export const color = 'color ${version}'\n`, 'sub.js': `export const sub = 'sub ${version}'\n` } })

/** Sees `color` as itself does. */
const paint: PublishedPackage = { name: '@shop/paint', version: '1.0.0', manifest: { dependencies: { color: '1' } }, files: { 'index.js': "exports.paint = () => 'paint with ' + require('./of.js')\n", 'of.js': "module.exports = require('color/old')\n" } }
const old: PublishedPackage = { ...color('1.0.0'), manifest: { exports: { '.': './index.js', './old': './old.cjs' } }, files: { 'index.js': "exports.color = 'color 1.0.0'\n", 'old.cjs': "module.exports = 'color 1.0.0'\n" } }
const scripted: PublishedPackage = { name: 'scripted', version: '1.0.0', manifest: { scripts: { install: 'echo ran > ran.js' }, main: 'index.js' }, files: { 'index.js': "exports.ran = require('fs').existsSync(__dirname + '/ran.js')\n" } }
const peer: PublishedPackage = { name: 'peer', version: '1.0.0', manifest: { peerDependencies: { color: '9' } }, files: {} }

const temporary = mkdtempSync(join(tmpdir(), 'gangway-environment-'))
let registry: Registry
beforeAll(async () => {
  registry = await startRegistry([old, color('2.0.0'), color('2.1.0'), paint, scripted, peer])
})
afterAll(async () => {
  await registry.close()
  rmSync(temporary, { recursive: true })
})

let caches = 0
/** A cache that nothing else uses; npm's own is in it, too. */
function ownCache(): Record<string, string> {
  const cache = join(temporary, `cache-${caches++}`)
  return { XDG_CACHE_HOME: cache, npm_config_cache: join(cache, 'npm'), npm_config_registry: registry.url }
}

const named = (expression: string): string => `export default new McpServer({ name: String(${expression}), version: '1.0.0' })\n`

/** Runs a file in a project without packages and expects a server of this name. */
async function expectName(files: Record<string, string>, args: readonly string[], name: string, env = ownCache()): Promise<string> {
  const cwd = project(files)
  expect(await gangway(['run', ...args], { input: [initialize], cwd, env })).toEqual({ stdout: welcome(name), stderr: '', code: 0 })
  return cwd
}

describe.concurrent('--with makes packages available', options, () => {
  test.each([
    ['an ES module', 'server.mjs', `${core}import { color } from 'color'\n${named('color')}`],
    ['plain TypeScript', 'server.mts', `${core}import { color } from 'color'\n${named('color as string')}`],
    ['TypeScript that is transformed', 'server.mts', `${core}import { color } from 'color'\nenum Kind { One = 'color' }\n${named("color.startsWith(Kind.One) ? color : ''")}`],
    ['CommonJS', 'server.cjs', "const { McpServer } = require('@gangway/core')\nmodule.exports = new McpServer({ name: require('color').color, version: '1.0.0' })\n"],
    ['CommonJS in TypeScript', 'server.cts', "const { McpServer } = require('@gangway/core')\nconst { color } = require('color') as { color: string }\nmodule.exports = new McpServer({ name: color, version: '1.0.0' })\n"],
    ['import()', 'server.mts', `${core}${named("(await import('color')).color")}`],
  ])('from %s', async (_, name, text) => {
    await expectName({ [name]: text }, [name, '--with', 'color@2.0.0'], 'color 2.0.0')
  })

  test('as a subpath, in a require in an ES module, and in a module that CommonJS imports', async () => {
    const files = {
      'server.mjs': `${core}import { createRequire } from 'node:module'\nimport { sub } from 'color/sub'\nimport other from './other.cjs'\n${named("[sub, createRequire(import.meta.url)('@shop/paint').paint(), other].join()")}`,
      'other.cjs': "module.exports = require('./deep.cjs')\n",
      'deep.cjs': "module.exports = require('@shop/paint').paint()\n",
    }
    await expectName(files, ['server.mjs', '--with', 'color@2.0.0', '--with', '@shop/paint'], 'sub 2.0.0,paint with color 1.0.0,paint with color 1.0.0')
  })

  test('before those of the project, but not to the packages of the project', async () => {
    const files = {
      'server.mjs': `${core}import { color } from 'color'\nimport { seen } from 'onlooker'\n${named('[color, seen].join()')}`,
      'node_modules/color/package.json': '{"type":"module","exports":"./index.js"}',
      'node_modules/color/index.js': "export const color = 'the project\\'s'\n",
      'node_modules/onlooker/package.json': '{"type":"module","exports":"./index.js"}',
      'node_modules/onlooker/index.js': "export { color as seen } from 'color'\n",
    }
    await expectName(files, ['server.mjs', '--with', 'color'], "color 2.1.0,the project's")
  })

  test("together with Gangway's packages, in a folder without packages", async () => {
    const cwd = project({ 'server.mjs': `${core}import { color } from 'color'\n${named('color')}` }, [])
    expect(await gangway(['run', 'server.mjs', '--with', 'color'], { input: [initialize], cwd, env: ownCache() })).toEqual({ stdout: welcome('color 2.1.0'), stderr: '', code: 0 })
  })

  test('to a server that `call` starts', async () => {
    const cwd = project({ 'server.mjs': `${core}import { color } from 'color'\nexport default new McpServer({ name: 'x', version: '1' }).tool('tell', {}, () => color)\n` })
    expect(await gangway(['call', 'server.mjs', 'tell', '--with', 'color@2.0.0'], { cwd, env: ownCache() })).toEqual({ stdout: 'color 2.0.0\n', stderr: '', code: 0 })
  })

  test('without running install scripts', async () => {
    await expectName({ 'server.mjs': `${core}import { ran } from 'scripted'\n${named('ran')}` }, ['server.mjs', '--with', 'scripted'], 'false')
  })

  test('from a tarball and a folder, with their dependencies, in their current state', async () => {
    const env = ownCache()
    const cwd = project({ 'server.mjs': `${core}import { text } from 'lib'\nimport { color } from 'color'\n${named('text + color')}`, 'lib/package.json': '{"name":"lib","version":"1.0.0","type":"module","exports":"./index.js","dependencies":{"color":"2.0"}}', 'lib/index.js': "export { color as text } from 'color'\n" })
    writeFileSync(join(cwd, 'color.tgz'), pack(color('2.1.0')))
    const args = ['run', 'server.mjs', '--with', './lib', '--with', 'color.tgz']
    expect(await gangway(args, { input: [initialize], cwd, env })).toMatchObject({ stdout: welcome('color 2.0.0color 2.1.0'), code: 0 })
    writeFileSync(join(cwd, 'lib/index.js'), "export const text = 'changed'\n")
    writeFileSync(join(cwd, 'color.tgz'), pack({ ...color('2.1.0'), files: { 'index.js': "export const color = ', too'\n" } }))
    expect(await gangway(args, { input: [initialize], cwd, env })).toMatchObject({ stdout: welcome('changed, too'), code: 0 })
  })
})

describe('the cache', options, () => {
  const files = { 'server.mjs': `${core}import { color } from 'color'\n${named('color')}` }

  test('works without a network, with flags in any order, until --refresh', async () => {
    const own = await startRegistry([color('2.0.0'), old])
    const env = { ...ownCache(), npm_config_registry: own.url }
    await expectName(files, ['server.mjs', '--with', 'color@2', '--with', 'color'], 'color 2.0.0', env)
    const asked = own.requests.length
    expect(asked).toBeGreaterThan(0)
    await expectName(files, ['server.mjs', '--with', 'color', '--with', 'color@2'], 'color 2.0.0', env)
    expect(own.requests.length).toBe(asked)
    await expectName(files, ['server.mjs', '--with', 'color@2', '--refresh'], 'color 2.0.0', env)
    expect(own.requests.length).toBeGreaterThan(asked)
    await own.close()
    await expectName(files, ['server.mjs', '--with', 'color@2'], 'color 2.0.0', env)
    await expectName(files, ['server.mjs', '--with', 'color@2', '--no-install'], 'color 2.0.0', env)
  })

  test('[case A14] six concurrent cold runs all serve, from one copy', async () => {
    const env = ownCache()
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => expectName(files, ['server.mjs', '--with', 'color@2.0'], 'color 2.0.0', env)))
    expect(readdirSync(join(env['XDG_CACHE_HOME'] ?? '', 'gangway/packages'))).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
  })

  test('has no incomplete folder when the command is killed', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const asked = new Promise((resolve) => silent.once('request', resolve))
    const env: Record<string, string> = { ...ownCache(), npm_config_registry: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/` }
    const child = spawn(process.execPath, [join(packages, 'cli/dist/bin.js'), 'run', 'server.mjs', '--with', 'color'], { cwd: project(files), env: { ...process.env, ...env }, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await asked
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
    expect(readdirSync(join(env['XDG_CACHE_HOME'] ?? '', 'gangway/packages'))).toEqual([])
    silent.closeAllConnections()
    silent.close()
  })

  test('stores no token of .npmrc', async () => {
    const env = ownCache()
    const { npm_config_registry: url = '', ...rest } = env
    await expectName({ ...files, '.npmrc': `registry=${url}\n//127.0.0.1/:_authToken=secret\n` }, ['server.mjs', '--with', 'color@2'], 'color 2.1.0', rest)
    const cache = join(env['XDG_CACHE_HOME'] ?? '', 'gangway/packages')
    for (const name of readdirSync(cache)) expect(readdirSync(join(cache, name))).not.toContain('.npmrc')
  })
})

describe.concurrent('--with-package-json', options, () => {
  const server = `${core}import { color } from 'color'\n${named('color')}`

  test('installs the dependencies of the file', async () => {
    await expectName({ 'server.mjs': server, 'other/package.json': '{"dependencies":{"color":"2"},"devDependencies":{"nowhere":"1"}}' }, ['server.mjs', '--with-package-json', 'other/package.json'], 'color 2.1.0')
  })

  test('installs the versions in the lockfile next to it', async () => {
    const lock = { name: 'other', lockfileVersion: 3, packages: { '': { name: 'other', dependencies: { color: '2' } }, 'node_modules/color': { version: '2.0.0', resolved: `${registry.url}color/-/2.0.0.tgz` } } }
    const files = { 'server.mjs': server, 'other/package.json': '{"name":"other","dependencies":{"color":"2"}}', 'other/package-lock.json': JSON.stringify(lock) }
    await expectName(files, ['server.mjs', '--with-package-json', 'other/package.json'], 'color 2.0.0')
    const stale = { ...files, 'other/package.json': '{"name":"other","dependencies":{"color":"2","@shop/paint":"1"}}' }
    expect(await gangway(['run', 'server.mjs', '--with-package-json', 'other/package.json'], { cwd: project(stale), env: ownCache() })).toEqual({
      stdout: '',
      stderr: errorLine('GANGWAY_E_PACKAGE_INSTALL: package-lock.json … package.json'),
      code: 6,
    })
  })
})

describe.concurrent('a config file', options, () => {
  const files = { 'sub/server.mjs': `${core}import { text } from 'lib'\n${named('text')}`, 'sub/lib/package.json': '{"name":"lib","version":"1.0.0","type":"module","exports":"./index.js"}', 'sub/lib/index.js': "export const text = 'beside the config'\n" }

  test('adds packages, with paths relative to the file', async () => {
    await expectName({ ...files, 'sub/gangway.json': '{ "server": "./server.mjs", "with": ["./lib"] }' }, ['sub/gangway.json'], 'beside the config')
  })

  test('with another version than a flag: the error names both', async () => {
    const cwd = project({ ...files, 'gangway.json': '{ "server": "./sub/server.mjs", "with": ["color@1"] }' })
    expect(await gangway(['run', '--with', 'color@2'], { cwd, env: ownCache() })).toEqual({
      stdout: '',
      stderr: errorLine(`GANGWAY_E_PACKAGE_CONFLICT: color@2 (--with) … color@1 (${join(cwd, 'gangway.json')}:1:33)`),
      code: 6,
    })
  })
})

describe.concurrent('--project', options, () => {
  test("uses that project's packages and paths, and not its .env", async () => {
    const files = {
      'server.mts': `${core}import { color } from 'color'\nimport { word } from '~/word'\nenum Sign { Dash = '-' }\n${named("color + Sign.Dash + word + process.env['SECRET']")}`,
      'other/package.json': '{}',
      'other/.env': 'SECRET=1\n',
      'other/tsconfig.json': '{"compilerOptions":{"paths":{"~/*":["./src/*"]}}}',
      'other/src/word.ts': "export const word: string = 'word '\n",
      'other/node_modules/color/package.json': '{"type":"module","exports":"./index.js"}',
      'other/node_modules/color/index.js': "export const color = 'theirs'\n",
      'node_modules/color/package.json': '{"type":"module","exports":"./index.js"}',
      'node_modules/color/index.js': "export const color = 'ours'\n",
    }
    await expectName(files, ['server.mts', '--project', 'other'], 'theirs-word undefined')
  })
})

async function expectFault(args: readonly string[], line: string, { env = ownCache(), code = 6, files = {} }: { env?: Record<string, string>; code?: number; files?: Record<string, string> } = {}): Promise<void> {
  const cwd = project({ 'server.mjs': `${core}${named("'x'")}`, ...files })
  expect(await gangway(['run', 'server.mjs', ...args], { input: [initialize], cwd, env })).toEqual({ stdout: '', stderr: errorLine(line.replaceAll('HERE', cwd)), code })
}

describe.concurrent('an unavailable environment', options, () => {
  test('a package that does not exist', () => expectFault(['--with', 'nowhere'], 'GANGWAY_E_PACKAGE_NOT_FOUND: nowhere … .npmrc'))

  test('a package that does not exist, next to others', () => expectFault(['--with', 'color', '--with', '@no/where@1'], 'GANGWAY_E_PACKAGE_NOT_FOUND: @no/where'))

  test('a version that does not exist', () => expectFault(['--with', 'color@9'], 'GANGWAY_E_PACKAGE_VERSION: color@9 … npm view color versions'))

  test('two versions of one package', () => expectFault(['--with', 'color@1', '--with', 'color@2'], 'GANGWAY_E_PACKAGE_CONFLICT: color@1 (--with) … color@2 (--with)'))

  test('two versions of one package, one in a package.json', () =>
    expectFault(['--with', 'color@1', '--with-package-json', 'package.json'], 'GANGWAY_E_PACKAGE_CONFLICT: color@1 (--with) … color@2 (HERE/package.json)', { files: { 'package.json': '{"dependencies":{"color":"2"}}' } }))

  test('two of one package, one a tarball', async () => {
    const cwd = project({ 'server.mjs': '' })
    writeFileSync(join(cwd, 'any.tgz'), pack(color('2.1.0')))
    expect((await gangway(['run', 'server.mjs', '--with', './any.tgz', '--with', 'color@2.0.0'], { cwd, env: ownCache() })).stderr).toEqual(errorLine(`GANGWAY_E_PACKAGE_CONFLICT: ${join(cwd, 'any.tgz')} … color@2.0.0 (--with)`))
  })

  test('a conflicting peer version', () =>
    expectFault(['--with', 'peer', '--with', 'color@2'], 'GANGWAY_E_PACKAGE_CONFLICT: color@2 peer … --debug'))

  test('a missing tarball', () => expectFault(['--with', './lib.tgz'], 'GANGWAY_E_PACKAGE_NOT_FOUND: HERE/lib.tgz … --with'))

  test.each(['', '--global', 'a b', 'owner/name', '@scope'])('an invalid package: %j', (text) =>
    expectFault([`--with=${text}`], `GANGWAY_E_USAGE: --with … ${text} … ./lib … owner/name`, { code: 2 }))

  test('a missing project', () => expectFault(['--project', 'nowhere'], 'GANGWAY_E_USAGE: HERE/nowhere … --project', { code: 2 }))

  test('a package.json that npm cannot use or read', async () => {
    const files = { 'p/package.json': '{}', 'p/pnpm-lock.yaml': '' }
    await expectFault(['--with-package-json', 'p/package.json'], 'GANGWAY_E_PACKAGE_INSTALL: HERE/p/pnpm-lock.yaml … --project HERE/p', { files })
    await expectFault(['--with-package-json', 'none.json'], 'GANGWAY_E_PACKAGE_INSTALL: HERE/none.json … package.json')
  })

  test('any package, without a network', async () => {
    const own = await startRegistry([])
    await own.close()
    await expectFault(['--with', 'color@2'], 'GANGWAY_E_REGISTRY: ECONNREFUSED … color@2', { env: { ...ownCache(), npm_config_registry: own.url } })
  })

  test('any package, with --no-install', async () => {
    const env = ownCache()
    await expectFault(['--with', 'color@2', '--with', 'zod@4', '--no-install'], 'GANGWAY_E_NOT_INSTALLED: color@2 zod@4 … --no-install', { env })
  })

  test('any package, if the cache cannot be written', async () => {
    const file = join(temporary, `file-${caches++}`)
    writeFileSync(file, '')
    await expectFault(['--with', 'color@2'], `GANGWAY_E_CACHE_FOLDER: ${join(file, 'gangway/packages')} … ENOTDIR … XDG_CACHE_HOME`, { env: { ...ownCache(), XDG_CACHE_HOME: file } })
  })

  test("npm's output only with --debug", async () => {
    const { stderr } = await gangway(['run', 'server.mjs', '--with', 'nowhere', '--debug'], { cwd: project({ 'server.mjs': '' }), env: ownCache() })
    expect(stderr).toMatch(/"code": "E404"/)
  })
})
