/** The config file: what it sets, what stands over it, and what is wrong with it where. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorLine, callTool, gangway, gangwayHttp, initialize, packages, project, welcome } from './gangway.ts'

const options = { timeout: 60_000 }
const core = "import { McpServer } from '@gangway/core'\n"
const server = (name: string): string => `${core}export default new McpServer({ name: ${name}, version: '1.0.0' })\nexport const other = new McpServer({ name: 'other', version: '1.0.0' })\n`
const installed = ['cli', 'core', 'transport-stdio', 'transport-http', 'transport-sse']

const json = (config: object): string => JSON.stringify(config)
const withConfig = (config: string, files: Record<string, string> = {}): string => project({ 'src/server.mjs': server("'from config'"), 'gangway.json': config, ...files }, installed)

describe.concurrent('a config file', options, () => {
  test.each([
    ['gangway.json', '{\n  // comments, and a comma too many\n  "server": "./src/server.mjs",\n}\n'],
    ['gangway.config.ts', "import { defineConfig } from '@gangway/cli/config'\nexport default defineConfig({ server: './src/server.mjs' as string })\n"],
    ['gangway.config.mts', "import type { Config } from '@gangway/cli/config'\nexport default { server: './src/server.mjs' } satisfies Config\n"],
    ['gangway.config.mjs', "export default { server: './src/server.mjs' }\n"],
    ['gangway.config.js', "module.exports = { server: './src/server.mjs' }\n"],
  ])('%s in the current folder is used', async (name, text) => {
    const cwd = project({ 'src/server.mjs': server("'found'"), [name]: text }, installed)
    expect(await gangway(['run'], { input: [initialize], cwd })).toEqual({ stdout: welcome('found'), stderr: '', code: 0 })
  })

  test('can be in another folder, and its paths are relative to that folder', async () => {
    const cwd = project({ 'sub/src/server.mjs': server('String(process.env.NAME)'), 'sub/gangway.json': json({ server: 'src/server.mjs', envFile: 'a.env' }), 'sub/prod.gangway.json': json({ server: './src/server.mjs:other' }), 'sub/any.json': json({ server: 'src/server.mjs', envFile: ['a.env', 'b.env'] }), 'sub/a.env': 'NAME=a\n', 'sub/b.env': 'NAME=b\n' })
    expect((await gangway(['run', 'sub/gangway.json'], { input: [initialize], cwd })).stdout).toBe(welcome('a'))
    expect((await gangway(['run', 'sub/prod.gangway.json'], { input: [initialize], cwd })).stdout).toBe(welcome('other'))
    expect((await gangway(['run', '--config', 'sub/any.json'], { input: [initialize], cwd })).stdout).toBe(welcome('b'))
  })

  test('next to a named file: --config applies, and the config file in the folder does not', async () => {
    const cwd = withConfig(json({ server: './nowhere.mjs', args: ['a'] }), { 'server.mjs': server('String(process.argv.slice(2))') })
    expect((await gangway(['run', 'server.mjs'], { input: [initialize], cwd })).stdout).toBe(welcome(''))
    expect((await gangway(['run', 'server.mjs', '--config', 'gangway.json'], { input: [initialize], cwd })).stdout).toBe(welcome('a'))
    expect((await gangway(['run', 'server.mjs', '--config', 'gangway.json', '--', 'b'], { input: [initialize], cwd })).stdout).toBe(welcome('b'))
  })

  test('sets variables that are not set', async () => {
    const cwd = withConfig(json({ server: './env.mjs', env: { A: 'config', B: 'config', C: 'config', D: 'config' }, envFile: './config.env' }), {
      'env.mjs': server('[process.env.A, process.env.B, process.env.C, process.env.D, process.env.E].join()'),
      'config.env': 'D=file of config\nE=file of config\n',
      'flag.env': 'A=file\nB=file\nC=file\n',
    })
    const { stdout } = await gangway(['run', '--env', 'A=flag', '--env-file', 'flag.env'], { input: [initialize], cwd, env: { A: 'shell', B: 'shell' } })
    expect(stdout).toBe(welcome('flag,shell,file,config,file of config'))
  })
})

describe.concurrent('is overridden by', options, () => {
  const config = json({ server: './src/server.mjs', transport: 'http', port: 0, path: '/config', profiles: { local: { transport: 'stdio' }, legacy: { transport: 'sse', path: '/${NAME:-profile}' } } })

  test('its profile, variables, flags', async () => {
    const cwd = withConfig(config)
    await gangwayHttp([], async (url) => expect(url.pathname).toBe('/config'), { cwd })
    await gangwayHttp(['--profile', 'legacy'], async (url) => expect((await fetch(url, { headers: { connection: 'close' }, method: 'HEAD' })).status).toBeLessThan(500), { cwd })
    await gangwayHttp(['--profile', 'legacy'], async (url) => expect(url.pathname).toBe('/named'), { cwd, env: { NAME: 'named' } })
    await gangwayHttp([], async (url) => expect(url.pathname).toBe('/variable'), { cwd, env: { GANGWAY_PATH: '/variable' } })
    await gangwayHttp(['--path', '/flag'], async (url) => expect(url.pathname).toBe('/flag'), { cwd, env: { GANGWAY_PATH: '/variable' } })
    for (const args of [['-t', 'stdio'], ['--profile', 'local']]) expect((await gangway(['run', ...args], { input: [initialize], cwd })).stdout).toBe(welcome('from config'))
  })

  test('its own stdout settings, unless a variable disables them', async () => {
    const cwd = withConfig(json({ server: './prints.mjs', strictStdout: true }), { 'prints.mjs': `console.log('a print')\n${server("'prints'")}` })
    const strict = await gangway(['run'], { input: [initialize], cwd })
    expect(strict).toMatchObject({ stdout: '', stderr: expect.stringContaining('GANGWAY_E_STDOUT') as string, code: 1 })
    expect(await gangway(['run'], { input: [initialize], cwd, env: { GANGWAY_STRICT_STDOUT: 'false' } })).toMatchObject({ stdout: welcome('prints'), code: 0 })
    expect((await gangway(['run', '--explain', '--isolate-stdout'], { cwd, env: { GANGWAY_STRICT_STDOUT: '0' } })).stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual(
      expect.arrayContaining([['strictStdout', 'false', 'GANGWAY_STRICT_STDOUT', `true (${join(cwd, 'gangway.json')}:1:26)`], ['isolateStdout', 'true', '--isolate-stdout']]),
    )
    const isolated = withConfig(json({ server: './fd.mjs', isolateStdout: true }), { 'fd.mjs': `import { writeSync } from 'node:fs'\nwriteSync(1, 'native')\n${server("'isolated'")}` })
    for (const args of [['run'], ['dev', '--no-inspector', '--no-banner', '--env', 'X=1', '--', 'argument']]) {
      expect(await gangway(args, { input: [initialize], cwd: isolated })).toMatchObject({ stdout: expect.stringMatching(/^\{.*"name":"isolated".*\}\n$/) as string, stderr: expect.stringContaining('native') as string, code: 0 })
    }
  })

  test("arguments in the server's code, but not PORT", async () => {
    const own = `${core}import { http } from '@gangway/transport-http'\nawait new McpServer({ name: 'own', version: '1.0.0' }).run(http({ path: '/own' }))\n`
    const cwd = withConfig(config, { 'src/server.mjs': own })
    await gangwayHttp([], async (url) => expect(url.pathname).toBe('/own'), { cwd })
    await gangwayHttp([], async (url) => expect(url.port).not.toBe('1'), { cwd, env: { PORT: '1' } })
  })
})

describe('--explain', options, () => {
  test('prints each setting, its source, and what it overrode', async () => {
    const cwd = withConfig('{\n  "server": "./src/server.mjs",\n  "transport": "http",\n  "port": 9000,\n  "path": "/config",\n  "profiles": {\n    "prod": { "port": "${PORT_OF_PROD}" }\n  }\n}\n')
    const { stdout, stderr, code } = await gangway(['run', '--profile', 'prod', '--path', '/flag', '--explain'], { cwd, env: { PORT_OF_PROD: '9001', PORT: '1', GANGWAY_HOST: '127.0.0.2', GANGWAY_PATH: '/variable' } })
    const file = join(cwd, 'gangway.json')
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(rows.slice(0, 10)).toEqual([
      ['setting', 'value', 'from', 'overrides'],
      ['server', './src/server.mjs', `${file}:2:3`],
      ['transport', 'http', `${file}:3:3`, 'stdio (default)'],
      ['host', '127.0.0.2', 'GANGWAY_HOST', '127.0.0.1 (default)'],
      ['port', '9001', `${file}:7:15`, `9000 (${file}:4:3), 1 (PORT), 8000 (default)`],
      ['path', '/flag', '--path', `/variable (GANGWAY_PATH), /config (${file}:5:3), /mcp (default)`],
      ['sessions', 'legacy', 'default'],
      ['logLevel', 'info', 'default'],
      ['banner', 'true', 'default'],
      ['node', process.versions.node, 'default'],
    ])
  })
})

test('merges additive settings, shows no secret, and explains the Node.js version', options, async () => {
  const cwd = withConfig('{ "server": "./src/server.mjs", "with": ["zod"],\n "env": { "KEY": "secret" } }', { 'src/.nvmrc': '90\n' })
  const file = join(cwd, 'gangway.json')
  const { stdout } = await gangway(['run', '--with', 'color', '--env', 'TOKEN=secret', '--explain'], { cwd })
  const rows = stdout.split('\n').map((line) => line.split(/ {2,}/))
  expect(rows).toContainEqual(['with', '["color","zod"]', `--with, ${file}:1:33`])
  expect(rows).toContainEqual(['env', '["TOKEN","KEY"]', `--env, ${file}:2:2`])
  expect(rows).toContainEqual(['node', '90', join(cwd, 'src/.nvmrc'), `${process.versions.node} (default)`])
  expect(stdout).not.toContain('secret')
})

describe.concurrent('an invalid config file', options, () => {
  test.each([
    ['an unknown setting', '{\n  "server": "./x",\n  "prot": 1\n}', '"prot" … FILE:3:3 … "port"?'],
    ['an unknown setting in a profile', '{ "profiles": {\n  "prod": { "hots": "x" } } }', '"hots" … FILE:2:13 … "host"?'],
    ['a folder to run in, which would move all paths', '{ "cwd": ".." }', '"cwd" … FILE:1:3 … server, transport'],
    ['a value of the wrong kind', '{\n  "port": "http"\n}', '"port" "http" … from 0 to 65535 … FILE:2:3'],
    ['an unknown choice', '{ "transport": "tcp" }', '"transport" "tcp" … stdio, http, sse, streamable-http … FILE:1:3'],
    ['a value in a list', '{ "args": ["a",\n 1] }', '"args.1" 1 … string … FILE:2:2'],
    ['a variable that is not set', '{\n  "env": { "KEY": "${NOWHERE_KEY}" }\n}', 'NOWHERE_KEY … ${NOWHERE_KEY:- … FILE:2:12'],
    ['a port, and no transport that has one', '{\n  "server": "./src/server.mjs",\n  "port": 1\n}', '"port" … stdio … "transport" … FILE:3:3'],
    ['a secret of the wrong kind', '{ "auth": { "introspection": { "endpoint": "x", "clientId": "x", "clientSecret": 5 } } }', '"auth.introspection.clientSecret" ( … FILE:1:66 … expected a string'],
    ['no object', '[]', 'object … FILE:1:1'],
    ['text that is not JSON', '{\n  "port" 1\n}', 'colon expected … FILE:2:10'],
    ['nothing', '', 'value expected … FILE:1:1'],
    ['no server', '{}', '"server" … gangway run'],
    ['an unknown profile', '{ "profiles": { "production": {} } }', 'FILE … "prod" … production'],
  ])('%s', async (what, text, line) => {
    const cwd = withConfig(text)
    const profile = what.includes('profile') ? ['--profile', 'prod'] : []
    expect(await gangway(['run', ...profile], { cwd })).toEqual({ stdout: '', stderr: errorLine(`GANGWAY_E_CONFIG: ${line.replaceAll('FILE', join(cwd, 'gangway.json'))}`), code: 2 })
  })

  test('in TypeScript', async () => {
    const cwd = project({ 'gangway.config.ts': 'export default { prot: 1 }\n' })
    expect((await gangway(['run'], { cwd })).stderr).toEqual(errorLine(`GANGWAY_E_CONFIG: prot … ${join(cwd, 'gangway.config.ts')}`))
    const empty = project({ 'gangway.config.ts': 'export const port = 1\n' })
    expect(await gangway(['run'], { cwd: empty })).toMatchObject({ stderr: errorLine(`GANGWAY_E_CONFIG: ${join(empty, 'gangway.config.ts')}`), code: 2 })
  })

  test('two files, or none', async () => {
    const cwd = withConfig('{}', { 'gangway.config.mjs': '' })
    expect((await gangway(['run'], { cwd })).stderr).toEqual(errorLine(`GANGWAY_E_CONFIG: ${join(cwd, 'gangway.config.mjs')} … ${join(cwd, 'gangway.json')} … --config`))
    const empty = project({})
    expect(await gangway(['run'], { cwd: empty })).toMatchObject({
      stderr: errorLine(`GANGWAY_E_USAGE: ${empty} … gangway run server.ts … gangway.config.ts`),
      code: 2,
    })
  })

  test('a missing file of variables, a variable without a value', async () => {
    const cwd = withConfig(json({ server: './src/server.mjs' }))
    const { stderr, code } = await gangway(['run', '--env-file', 'nowhere.env'], { cwd })
    if (code === 9) expect(stderr).toContain('nowhere.env: not found') // Node, 20 to 26, reads the option itself, wherever it stands, to the same effect.
    else expect({ stderr, code }).toEqual({ stderr: errorLine(`GANGWAY_E_ENV_FILE: ${join(cwd, 'nowhere.env')} … --env-file`), code: 2 })
    const listed = withConfig(json({ server: './src/server.mjs', envFile: 'none.env' }))
    expect(await gangway(['run'], { cwd: listed })).toMatchObject({ stderr: errorLine(`GANGWAY_E_ENV_FILE: ${join(listed, 'none.env')} … ${join(listed, 'gangway.json')}:1:30`), code: 2 })
    expect(await gangway(['run', '--env', '1SECRET=hunter2'], { cwd })).toMatchObject({ stderr: errorLine('GANGWAY_E_USAGE: --env … NAME=value'), code: 2 })
  })

  test.each([
    [{ GANGWAY_LOG_LEVEL: 'loud' }, 'GANGWAY_LOG_LEVEL … "loud" … debug, info, warn, error or silent'],
    [{ GANGWAY_PORT: 'x' }, 'GANGWAY_PORT … "x" … from 0 to 65535'],
    [{ GANGWAY_TRANSPORT: 'bogus' }, 'GANGWAY_TRANSPORT … "bogus" … stdio, http, sse or streamable-http'],
    [{ GANGWAY_SESSIONS: 'some' }, 'GANGWAY_SESSIONS … "some" … legacy or none'],
  ])('variables: %j', async (env, line) => {
    const cwd = withConfig(json({ server: './src/server.mjs' }))
    expect(await gangway(['run'], { cwd, env: env as Record<string, string> })).toEqual({ stdout: '', stderr: errorLine(`GANGWAY_E_USAGE: ${line}`), code: 2 })
  })
})

test('the config in docs/config.md works', async () => {
  const [, text = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(packages, '../docs/config.md'), 'utf8')) ?? []
  const cwd = project({ 'src/server.ts': '', 'gangway.config.ts': text }, installed)
  const { stdout, code } = await gangway(['run', '--profile', 'prod', '--explain'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^allowedHosts +\["shop.example"\] +profiles.prod.allowedHosts in .*gangway.config.ts$/m)
  expect(stdout).toMatch(/^port +8000 +port in /m)
}, 60_000)

const warning = (name: string, remedy: string): string => expect.stringMatching(`^gangway: .*${name}\\b.*${remedy}[^\n]*\n$`) as string

test('warns once about an unknown variable', options, async () => {
  const cwd = withConfig(json({ server: './src/server.mjs', env: { GANGWAY_LOGLEVEL: 'debug' } }))
  const env = { GANGWAY_TRANSPROT: 'http', GANGWAY_JSON_RESPONSE: '1', GANGWAY_PROT: '', GANGWAY_LOG_LEVEL: 'warn' }
  const expected = [warning('GANGWAY_JSON_RESPONSE', '--help'), warning('GANGWAY_LOGLEVEL', 'GANGWAY_LOG_LEVEL'), warning('GANGWAY_TRANSPROT', 'GANGWAY_TRANSPORT')]
  for (const args of [['run'], ['run', '--isolate-stdout'], ['run', '--node', process.versions.node]]) {
    const { stdout, stderr, code } = await gangway(args, { input: [initialize], cwd, env })
    expect({ stdout, stderr: stderr.split(/(?<=\n)/).toSorted(), code }).toEqual({ stdout: welcome('from config'), stderr: expected, code: 0 })
  }
})

test('the context of a factory has the arguments of the config file', options, async () => {
  const cwd = withConfig(json({ server: './factory.mjs:create', args: ['--db', 'a'] }), { 'factory.mjs': `${core}export const create = ({ args }) => new McpServer({ name: args.join(), version: '1.0.0' }).tool('none', {}, () => '')\n` })
  const { stdout } = await gangway(['run'], { input: [initialize, callTool('none')], cwd })
  expect(stdout).toContain('"name":"--db,a"')
})
