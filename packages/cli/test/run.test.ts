/** `gangway run` with files that work: what is served, from which export, with what arguments, over what. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callTool, gangway, gangwayHttp, initialize, packages, post, project, welcome } from './gangway.ts'

const options = { timeout: 60_000 }
const tools = { logging: {}, tools: { listChanged: true } }

const core = "import { McpServer } from '@gangway/core'\n"
const server = (name: string): string => `new McpServer({ name: ${JSON.stringify(name)}, version: '1.0.0' })`

describe.concurrent('the server is', options, () => {
  test.each([
    ['default-export.ts', 'default-export', tools],
    ['default-export.ts:default', 'default-export', tools],
    ['module.mts', 'module'],
    ['module.mts:app', 'second'],
    ['plain.js', 'plain'],
    ['plain.js#app', 'plain'],
    ['plain.js:servers.weather', 'weather'],
    ['common.cjs', 'common'],
    ['common.cjs:server', 'common'],
    ['compiled.cjs', 'compiled'],
    ['factories.ts', 'asynchronous', tools],
    ['factories.ts:synchronous', 'synchronous', tools],
    ['self-running.ts', 'self-running'],
    ['main-function.ts', 'main-function'],
  ])('%s: the one called %s', async (file, name, capabilities?: object) => {
    const ended = await gangway(['run', file], { input: [initialize] })
    expect(ended).toEqual({ stdout: welcome(name, capabilities), stderr: '', code: 0 })
  })
})

describe.concurrent('a file that calls run() itself is not started twice', options, () => {
  test.each(['awaited', 'floating', 'late', 'guarded'])('%s', async (mode) => {
    const ended = await gangway(['run', 'self-running.ts', '--', mode], { input: [initialize] })
    expect(ended).toEqual({ stdout: welcome('self-running'), stderr: '', code: 0 })
  })

  test('one that handles its failure can retry', async () => {
    const ended = await gangway(['run', 'main-function.ts', '--', 'tries-again'], { input: [initialize], env: { GANGWAY_TRANSPORT: 'http', GANGWAY_HOST: '0.0.0.0' } })
    expect(ended).toEqual({ stdout: welcome('main-function'), stderr: '', code: 0 })
  })
})

const serving = (target = '', after = ''): string => `import { McpServer } from '@gangway/core'
const server = new McpServer({ name: 'serving', version: '1.0.0' }).tool('ping', {}, () => 'pong')
const serving = server.serve(${target})
${after}
export default server
`

describe.concurrent('a file that calls serve()', options, () => {
  test('is not started twice, and the process ends with the last work of the program', async () => {
    const cwd = project({ 'server.mjs': serving('', "await (await serving).closed\nconsole.error('the program goes on')\nprocess.exitCode = 3") })
    expect(await gangway(['run', 'server.mjs'], { input: [initialize], cwd })).toEqual({ stdout: expect.stringContaining('"name":"serving"'), stderr: 'the program goes on\n', code: 3 })
  })

  test('handles signals itself, and flags of the command go before its options', async () => {
    const program = "process.once('SIGTERM', async () => { await (await serving).close(); console.error(`closed: ${process.listenerCount('SIGINT')},${process.listenerCount('uncaughtException')}`) })"
    const cwd = project({ 'server.mjs': serving("{ transport: 'http', path: '/code' }", program) })
    const { code, stderr } = await gangwayHttp(['server.mjs', '-t', 'http', '--path', '/flag'], async (url) => expect(url.pathname).toBe('/flag'), { cwd })
    expect({ code, lines: stderr.split('\n').filter((line) => line.startsWith('closed')) }).toEqual({ code: 0, lines: ['closed: 0,0'] })
  })

  test('is listed and called', async () => {
    const cwd = project({ 'server.mjs': serving() })
    expect(await gangway(['list', 'server.mjs'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringContaining('ping') })
    expect(await gangway(['call', 'server.mjs', 'ping'], { cwd })).toMatchObject({ code: 0, stdout: 'pong\n' })
  })

  test('stops with its client, also with --reload', async () => {
    const cwd = project({ 'server.mjs': serving() })
    expect(await gangway(['run', 'server.mjs', '--reload'], { input: [initialize], cwd })).toMatchObject({ code: 0, stdout: expect.stringContaining('"name":"serving"') })
  })
})

describe.concurrent('TypeScript with module syntax, without "type", runs', options, () => {
  test('import in a CommonJS package, as npm init creates it', async () => {
    const cwd = project({ 'package.json': '{"type":"commonjs"}', 'server.ts': `${core}export const app: McpServer = ${server('npm init')}\n` })
    expect(await gangway(['run', 'server.ts'], { input: [initialize], cwd })).toEqual({ stdout: welcome('npm init'), stderr: '', code: 0 })
  })

  test.each([
    ['import syntax', `${core}export const server: McpServer = ${server('cts')}\n`],
    ['export =', `import core = require('@gangway/core')\nexport = new core.McpServer({ name: 'cts', version: '1.0.0' })\n`],
    ['require()', `const { McpServer } = require('@gangway/core')\nmodule.exports = ${server('cts')} as object\n`],
  ])('a .cts file with %s', async (_, text) => {
    const cwd = project({ 'server.cts': text })
    expect(await gangway(['run', 'server.cts'], { input: [initialize], cwd })).toEqual({ stdout: welcome('cts'), stderr: '', code: 0 })
  })
})

test('an export is found next to a default export that is a server, in transformed TypeScript', options, async () => {
  const text = "import { McpServer } from '@gangway/core'\nenum Name { Main = 'main' }\nexport default new McpServer({ name: Name.Main, version: '1.0.0' })\nexport const create = () => new McpServer({ name: 'made', version: '1.0.0' })\n"
  const cwd = project({ 'server.ts': text })
  for (const [spec, name] of [['server.ts', 'main'], ['server.ts:create', 'made']] as const) expect((await gangway(['run', spec], { input: [initialize], cwd })).stdout).toBe(welcome(name))
})

describe.concurrent('a path', options, () => {
  test('can contain a colon, and an export after it', async () => {
    const cwd = project({ 'a:b.mjs': `${core}export default ${server('colon')}\nexport const other = ${server('other')}\n` })
    expect((await gangway(['run', 'a:b.mjs'], { input: [initialize], cwd })).stdout).toBe(welcome('colon'))
    expect((await gangway(['run', 'a:b.mjs:other'], { input: [initialize], cwd })).stdout).toBe(welcome('other'))
  })
})

describe.concurrent('arguments after -- belong to the server', options, () => {
  test('in its process.argv, and a factory gets them', async () => {
    const { stdout } = await gangway(['run', 'factories.ts', '--', '--port', '-h', 'x y', '--', 'z'], { input: [initialize, callTool('context')], env: { REGION: 'north' } })
    const args = ['--port', '-h', 'x y', '--', 'z']
    const [, answer = ''] = stdout.split('\n')
    expect(JSON.parse(JSON.parse(answer).result.content[0].text)).toEqual({ args, argv: [expect.stringMatching(/factories\.ts$/), ...args], region: 'north' })
  })
})

describe.concurrent('over HTTP', options, () => {
  test.each(['http', 'streamable-http'])('-t %s serves at /mcp, and a signal stops it gracefully', async (transport) => {
    const ended = await gangwayHttp(['default-export.ts', '-t', transport], async (url) => {
      expect(url.pathname).toBe('/mcp')
      expect(await (await post(url, initialize)).json()).toEqual(JSON.parse(welcome('default-export', tools)))
    })
    expect(ended).toMatchObject({ stdout: '', code: 0 })
  })

  test('-t sse serves at /sse', async () => {
    const ended = await gangwayHttp(['default-export.ts', '-t', 'sse'], async (url) => {
      expect(url.pathname).toBe('/sse')
      const controller = new AbortController()
      const stream = await fetch(url, { signal: controller.signal })
      expect(stream.headers.get('content-type')).toMatch('text/event-stream')
      controller.abort()
    })
    expect(ended).toMatchObject({ stdout: '', code: 0 })
  })

  test('flags override arguments in the file', async () => {
    await gangwayHttp(['on-http.ts'], async (url) => {
      expect(url.pathname).toBe('/own')
      expect(url.port).not.toBe('1')
    })
    await gangwayHttp(['on-http.ts', '--path', '/flag', '-t', 'streamable-http'], async (url) => expect(url.pathname).toBe('/flag'))
    expect(await gangway(['run', 'on-http.ts', '-t', 'stdio'], { input: [initialize] })).toEqual({ stdout: welcome('on-http'), stderr: '', code: 0 })
  })

  test('flags override variables', async () => {
    const env = { GANGWAY_TRANSPORT: 'http', GANGWAY_PATH: '/variable', GANGWAY_PORT: '1' }
    await gangwayHttp(['default-export.ts'], async (url) => expect(url.pathname).toBe('/variable'), { env })
    await gangwayHttp(['default-export.ts', '--path', '/flag'], async (url) => expect(url.pathname).toBe('/flag'), { env })
    expect((await gangway(['run', 'default-export.ts', '-t', 'stdio'], { input: [initialize], env })).stdout).toBe(welcome('default-export', tools))
  })

  test('allowed hosts and origins reach the check', async () => {
    await gangwayHttp(['default-export.ts', '-t', 'http', '--allowed-origin', 'https://a.example', '--allowed-origin', 'https://b.example'], async (url) => {
      for (const allowed of ['https://a.example', 'https://b.example']) expect((await post(url, initialize, { origin: allowed })).status).toBe(200)
      expect((await post(url, initialize, { origin: 'https://c.example' })).status).toBe(403)
    })
    await gangwayHttp(['default-export.ts', '-t', 'http', '--allowed-host', 'mcp.example'], async (url) => expect((await post(url, initialize)).status).toBe(403))
    await gangwayHttp(['default-export.ts', '-t', 'http', '--allowed-host', 'mcp.example', '--allowed-host', '127.0.0.1'], async (url) => expect((await post(url, initialize)).status).toBe(200))
    await gangwayHttp(['default-export.ts', '-t', 'http', '--allowed-host', 'any'], async (url) => expect((await post(url, initialize)).status).toBe(200))
  })
})

describe.concurrent('a project', options, () => {
  test('without the transport uses that of the command', async () => {
    const cwd = project({ 'server.ts': `${core}export default ${server('no-transport')}\n` }, ['core'])
    expect(await gangway(['run', 'server.ts'], { input: [initialize], cwd })).toEqual({ stdout: welcome('no-transport'), stderr: '', code: 0 })
  })

  test('with its own copy of core uses that', async () => {
    const cwd = project({ 'server.mjs': `${core}export default ${server('copy')}\n` }, [])
    for (const name of ['core', 'transport-stdio']) {
      mkdirSync(join(cwd, 'node_modules/@gangway', name))
      for (const part of ['package.json', 'dist']) cpSync(join(packages, name, part), join(cwd, 'node_modules/@gangway', name, part), { recursive: true })
    }
    expect(await gangway(['run', 'server.mjs'], { input: [initialize], cwd })).toEqual({ stdout: welcome('copy'), stderr: '', code: 0 })
    expect((await gangway(['run', 'server.mjs', '--port', '1'], { cwd })).code).toBe(2)
  })
})

describe.concurrent('--log-level', options, () => {
  test.each(['DEBUG', 'trace'])('%s shows the served URL', async (level) => {
    const { stderr } = await gangway(['run', 'default-export.ts', '--log-level', level])
    expect(JSON.parse(stderr)).toMatchObject({ level: 'debug', message: 'Serving default-export', transport: 'stdio' })
  })

  test.each(['Warning', 'critical', 'silent'])('%s does not', async (level) => {
    expect((await gangway(['run', 'default-export.ts', '-l', level], { env: { GANGWAY_LOG_LEVEL: 'debug' } })).stderr).toBe('')
  })
})

test('log lines are pretty with GANGWAY_LOG_FORMAT, unless --json-logs is given', options, async () => {
  const env = { GANGWAY_LOG_FORMAT: 'pretty', GANGWAY_LOG_LEVEL: 'debug' }
  expect((await gangway(['run', 'default-export.ts'], { env })).stderr).toMatch(/^debug Serving default-export \{/)
  expect(JSON.parse((await gangway(['run', 'default-export.ts', '--json-logs'], { env })).stderr)).toMatchObject({ message: 'Serving default-export' })
})
