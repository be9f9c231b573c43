/**
 * Faults that were reproduced in FastMCP's command, by their numbers in the list that we keep of them: ours has none.
 * 3, 4 and 5 are of `--reload` and 18 of `dev`, and tested with them; 19 is of a middleware that we do not have.
 */
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorLine, errorPattern, gangway, gangwayHttp, initialize, post, project, welcome } from './gangway.ts'

const options = { timeout: 60_000 }
const core = "import { McpServer } from '@gangway/core'\n"
const server = (name: string): string => `${core}export default new McpServer({ name: ${JSON.stringify(name)}, version: '1.0.0' })\n`
const served = (name: string): object => ({ stdout: welcome(name), stderr: '', code: 0 })
const refused = (line: string, code: number): object => ({ stdout: '', stderr: errorLine(line), code })

/** A port that somebody has until the end of `use`. */
async function withTakenPort(use: (port: string) => Promise<void>): Promise<void> {
  const holder = createServer().listen(0, '127.0.0.1')
  try {
    await once(holder, 'listening')
    await use(String((holder.address() as AddressInfo).port))
  } finally {
    await new Promise((resolve) => holder.close(resolve))
  }
}

const statusFor = (url: URL, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers } }, (response) => resolve(response.resume().statusCode))
    asked.once('error', reject).end(JSON.stringify(initialize))
  })

describe.concurrent('a fault of FastMCP does not occur:', options, () => {
  test('1: paths in a config file are relative to the current folder', async () => {
    const cwd = project({ 'sub/src/server.mjs': server('sub'), 'sub/gangway.json': '{ "server": "src/server.mjs" }', 'src/server.mjs': server('wrong') })
    expect(await gangway(['run', 'sub/gangway.json'], { input: [initialize], cwd })).toEqual(served('sub'))
  })

  test('2: a config file changes the folder, so that its own paths are wrong', async () => {
    const cwd = project({ 'sub/server.mjs': server('sub'), 'sub/gangway.json': '{ "server": "./server.mjs", "cwd": "." }' })
    expect(await gangway(['run', 'sub/gangway.json'], { cwd })).toMatchObject({ stdout: '', stderr: errorLine('GANGWAY_E_CONFIG: "cwd" … gangway.json'), code: 2 })
  })

  test('6: an unreachable remote server looks like an empty one', async () => {
    let free = ''
    await withTakenPort(async (port) => void (free = port))
    const { stdout, stderr } = await gangway(['run', `http://127.0.0.1:${free}/mcp`], { input: [initialize] })
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, error: { code: -32603, message: expect.stringContaining('cannot be reached') } })
    expect(stderr).toContain(`http://127.0.0.1:${free}/mcp`) // Clients do not learn the address; the log has it.
  })

  test('7: install mcp-json breaks lines, and treats values as markup', async () => {
    const cwd = project({ 'server.mjs': server('server') })
    const value = `[red]${'long '.repeat(40)}[/red] "quoted" \\`
    const { stdout, code } = await gangway(['install', 'mcp-json', 'server.mjs', '--name', 'shop', '--no-check', '--env', `VALUE=${value}`], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ mcpServers: { shop: { env: { VALUE: value } } } })
    expect(code).toBe(0)
  })

  test.each(['missing', 'empty'])('8: install claude-desktop requires an existing configuration: %s', async (state) => {
    const home = project({ 'server.mjs': server('server'), ...(state === 'empty' && { 'Claude/claude_desktop_config.json': '' }) })
    const ended = await gangway(['install', 'claude-desktop', 'server.mjs', '--name', 'shop', '--no-check', '--config-path', 'Claude/claude_desktop_config.json'], { cwd: home })
    expect(ended).toMatchObject({ stdout: '', code: 0 })
    expect(JSON.parse(readFileSync(join(home, 'Claude/claude_desktop_config.json'), 'utf8'))).toMatchObject({ mcpServers: { shop: { command: process.execPath } } })
  })

  test('8: install claude-desktop rewrites the entries of others', async () => {
    const neighbour = '"other": { "command":"uvx",   "args":["a"] }'
    const home = project({ 'server.mjs': server('server') })
    mkdirSync(join(home, 'Claude'))
    writeFileSync(join(home, 'Claude/config.json'), `{\n    "mcpServers": { ${neighbour} }\n}`)
    expect(await gangway(['install', 'claude-desktop', 'server.mjs', '--name', 'shop', '--no-check', '--config-path', 'Claude/config.json'], { cwd: home })).toMatchObject({ code: 0 })
    const text = readFileSync(join(home, 'Claude/config.json'), 'utf8')
    expect(text.startsWith(`{\n    "mcpServers": { ${neighbour}`)).toBe(true)
    expect(Object.keys((JSON.parse(text) as { mcpServers: object }).mcpServers)).toEqual(['other', 'shop'])
  })

  test('9: an export that is not a server prints a stack', async () => {
    const cwd = project({ 'server.mjs': `${server('x')}export const config = { port: 1 }\n` })
    expect(await gangway(['run', 'server.mjs:config'], { cwd })).toEqual(refused(`GANGWAY_E_NOT_A_SERVER: "config" … ${join(cwd, 'server.mjs')}`, 4))
  })

  test.each(['http', 'sse'])('10: %s is announced before it is served', async (transport) => {
    const cwd = project({ 'server.mjs': server('x') }, ['core', 'transport-http', 'transport-sse'])
    await withTakenPort(async (port) => {
      const { stderr, code } = await gangway(['run', 'server.mjs', '-t', transport, '-p', port, '-l', 'debug'], { cwd })
      expect(stderr.match(/http:\/\/|Serving/)).toBeNull()
      expect(stderr).toMatch(errorPattern(`GANGWAY_E_PORT_IN_USE: ${port} … 127.0.0.1`))
      expect(code).toBe(3)
    })
  })

  test('11: an invalid variable prints a stack', async () => {
    const cwd = project({ 'server.mjs': server('x') })
    expect(await gangway(['run', 'server.mjs'], { cwd, env: { GANGWAY_TRANSPORT: 'bogus' } })).toEqual(refused('GANGWAY_E_USAGE: GANGWAY_TRANSPORT … "bogus" … stdio, http, sse or streamable-http', 2))
  })

  test('12: any host and any origin are accepted', async () => {
    const cwd = project({ 'server.mjs': server('x') }, ['core', 'transport-http'])
    await gangwayHttp(['server.mjs', '-t', 'http'], async (url) => {
      expect(await statusFor(url, { host: url.host })).toBe(200)
      expect(await statusFor(url, { host: 'evil.example' })).toBe(403)
      expect(await statusFor(url, { host: url.host, origin: 'https://evil.example' })).toBe(403)
    }, { cwd })
  })

  test('13: logs start with a banner without a terminal', async () => {
    const cwd = project({ 'server.mjs': server('x') }, ['core', 'transport-stdio', 'transport-http'])
    expect(await gangway(['run', 'server.mjs'], { input: [initialize], cwd })).toEqual(served('x'))
    const { stderr } = await gangwayHttp(['server.mjs', '-t', 'http'], async () => {}, { cwd })
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: expect.stringMatching(/^(debug|info)$/), message: expect.any(String) })
  })

  test('14: inspect of an mcp.json fails with an unrelated error', async () => {
    const cwd = project({ 'server.mjs': server('x'), 'mcp.json': JSON.stringify({ mcpServers: { x: { command: process.execPath, args: ['start.mjs'] } } }), 'start.mjs': "import server from './server.mjs'\nawait server.run()\n" })
    const { stdout, code } = await gangway(['inspect', 'mcp.json', '-f', 'json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ info: { name: 'x' } })
    expect(code).toBe(0)
  })

  test('15: run() does not accept all options of the transport', async () => {
    const store = "{ get: async () => undefined, set: async () => console.error('kept'), delete: async () => {}, expire: async () => {} }"
    const cwd = project({ 'server.mjs': `${core}import { http } from '@gangway/transport-http'\nawait new McpServer({ name: 'x', version: '1.0.0' }).run(http({ sessionIdleTimeout: 60_000, eventLogBytes: 1024, sessionStore: ${store} }))\n` }, ['core', 'transport-http'])
    const { stderr } = await gangwayHttp(['server.mjs'], async (url) => expect((await post(url, initialize)).headers.get('mcp-session-id')).not.toBeNull(), { cwd })
    expect(stderr).toContain('kept\n')
  })

  test.each([['--host', '0.0.0.0'], ['--port', '8000'], ['--path', '/x'], ['--stateless'], ['--allowed-host', 'a.example']])('16: %s is silently ignored on stdio', async (...flags) => {
    const cwd = project({ 'server.mjs': server('x') })
    const { stdout, stderr, code } = await gangway(['run', 'server.mjs', ...flags.filter((flag) => typeof flag === 'string')], { cwd })
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: expect.stringMatching(/^gangway: GANGWAY_E_USAGE: [^\n]*.* stdio[^\n]*\n$/), code: 2 })
  })

  test('17: a config file with the comments in the documentation cannot be read', async () => {
    const cwd = project({ 'server.mjs': server('x'), 'gangway.json': '{\n  // Where the server is.\n  "server": "./server.mjs", /* and no more */\n}\n' })
    expect(await gangway(['run'], { input: [initialize], cwd })).toEqual(served('x'))
  })
})
