/** `gangway run` with servers that run elsewhere: an address, or the servers of an mcp.json, on another transport. */
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { readMcpJson } from '../src/upstreams/mcp-json.ts'
import { bin, callTool, errorLine, errorPattern, fixtures, gangway, gangwayHttp, initialize, post, project } from './gangway.ts'

const options = { timeout: 60_000 }
const listTools = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
const shop = { command: process.execPath, args: [bin, 'run', join(fixtures, 'shop.ts'), '-l', 'error'] }

const modern = (method: string, params: object = {}): object => ({ jsonrpc: '2.0', id: 2, method, params: { ...params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' }, 'io.modelcontextprotocol/clientCapabilities': {} } } })

type Answer = Record<string, any>
const answers = (stdout: string): Answer[] => stdout.trim().split('\n').map((line) => JSON.parse(line) as Answer)
const namesIn = (answer: Answer | undefined): string[] => answer?.['result'].tools.map(({ name }: { name: string }) => name)
const TOOLS = ['add', 'echo', 'fail', 'slow', 'hang', 'confirm']

/** An address that nobody listens at. */
async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/mcp`
}

const mcpJson = (content: unknown): string => project({ 'mcp.json': typeof content === 'string' ? content : JSON.stringify(content) })

describe.concurrent('a URL', options, () => {
  test.each(['http', 'sse'])('of a server on %s is served on stdio', async (transport) => {
    await gangwayHttp(['shop.ts', '-t', transport], async ({ href }) => {
      const { stdout, stderr, code } = await gangway(['run', href], { input: [initialize, listTools] })
      const [hello, tools] = answers(stdout)
      expect(hello?.['result'].serverInfo.name).toBe('shop')
      expect(namesIn(tools)).toEqual(TOOLS)
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    })
  })

  test('gets the given headers, with variables', async () => {
    const seen = new Promise<string>((resolve) => {
      const server = createServer((socket) => socket.once('data', (data) => {
        resolve(String(data))
        socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
        server.close()
      })).listen(0, '127.0.0.1', () => void gangway(['run', `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, '--require-upstreams', '--header', 'X-Token: a ${TOKEN}', '--header', 'X-Other:b'], { env: { TOKEN: 'secret' } }))
    })
    expect(await seen).toMatch(/x-token: a secret\r\n(.*\r\n)*/i)
    expect(await seen).toMatch(/x-other: b\r\n/i)
  })

  test('that is unreachable: reported at once, and to the client', async () => {
    const url = await nowhere()
    const { stdout, stderr, code } = await gangway(['run', url], { input: [initialize] })
    expect(answers(stdout)).toEqual([{ jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'The upstream server cannot be reached' } }])
    expect(answers(stderr)).toEqual([expect.objectContaining({ level: 'warn', message: 'An upstream cannot be reached', upstream: url, reason: expect.stringMatching(/ECONNREFUSED.*server is running/) as string })])
    expect(code).toBe(0)
    expect(await gangway(['run', url, '--require-upstreams'])).toEqual({ stdout: '', stderr: expect.stringMatching(/^gangway: GANGWAY_E_UNREACHABLE: http.*\n$/) as string, code: 5 })
  })
})

describe.concurrent('an mcp.json', options, () => {
  test.each(['mcpServers', 'servers'])('with one server, under %s, with comments: without a prefix', async (section) => {
    const cwd = mcpJson(`{\n  // ours\n  "${section}": { "shop": ${JSON.stringify(shop)}, },\n}`)
    const { stdout, code } = await gangway(['run', 'mcp.json'], { input: [initialize, listTools], cwd })
    expect(namesIn(answers(stdout)[1])).toEqual(TOOLS)
    expect(code).toBe(0)
  })

  test('with several servers: prefixed, and a dead one does not affect the other, over HTTP', async () => {
    const cwd = mcpJson({ mcpServers: { shop, dead: { command: '${DEAD:-no-such-command}' }, off: { command: 'nothing', disabled: true } } })
    const ended = await gangwayHttp(['mcp.json', '-t', 'http'], async (url) => {
      const response = await post(url, modern('tools/list'), { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' })
      expect(namesIn((await response.json()) as Answer)).toEqual(TOOLS.map((name) => `shop_${name}`))
    }, { cwd })
    expect(ended.stderr).toContain('no-such-command')
    expect(await gangway(['run', 'mcp.json', '--require-upstreams'], { cwd })).toMatchObject({ stderr: expect.stringContaining('gangway: GANGWAY_E_UNREACHABLE: dead: no-such-command') as string, code: 5 })
  })

  test.each([
    ['the flag --max-processes', { args: ['--max-processes', '1'], limit: {} }],
    ['"maxProcesses" of the file', { args: [], limit: { maxProcesses: 1 } }],
  ])('[case 18] %s limits the processes of all servers together', async (_, { args, limit }) => {
    const alive = "const alive = () => readdirSync('alive').filter((pid) => { try { process.kill(Number(pid), 0); return true } catch { return false } }).length\n"
    const server = `import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'\nimport { McpServer } from '@gangway/core'\nmkdirSync('alive', { recursive: true })\nwriteFileSync('alive/' + process.pid, '')\n${alive}export default new McpServer({ name: 'x', version: '1' }).tool('count', {}, () => String(alive()))\n`
    const counting = { command: process.execPath, args: [bin, 'run', 'server.ts'] }
    const cwd = project({ 'package.json': '{"type":"module"}', 'server.ts': server, 'mcp.json': JSON.stringify({ ...limit, mcpServers: { a: counting, b: counting } }) })
    const counts: string[] = []
    await gangwayHttp(['mcp.json', '-t', 'http', ...args], async (url) => {
      const session = { 'mcp-session-id': (await post(url, initialize)).headers.get('mcp-session-id') ?? '' }
      for (const name of ['a_count', 'b_count', 'a_count']) {
        const answer = (await (await post(url, callTool(name), session)).json()) as Answer
        counts.push(answer['result'].content[0].text as string)
      }
    }, { cwd })
    expect(counts).toEqual(['1', '1', '1'])
  })

  test.each([':', '#'])('with several servers, one selected with %s: without a prefix', async (mark) => {
    const cwd = mcpJson({ mcpServers: { 'my-shop': shop, dead: { command: 'nothing' } } })
    const { stdout } = await gangway(['run', `mcp.json${mark}my-shop`], { input: [initialize, listTools], cwd })
    expect(namesIn(answers(stdout)[1])).toEqual(TOOLS)
  })

  test('starts servers in its folder, with variables, and without the rest of the environment', async () => {
    const text = "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'x', version: '1' }).tool('show', {}, () => JSON.stringify([process.cwd(), process.env.A, process.env.SECRET ?? null]))\n"
    const cwd = project({ 'package.json': '{"type":"module"}', 'server.ts': text, '.vscode/mcp.json': JSON.stringify({ servers: { x: { type: 'stdio', command: process.execPath, args: [bin, 'run', '${FILE:-server}.ts'], env: { A: '${env:SECRET}!' } } } }) })
    const { stdout } = await gangway(['run', join(cwd, '.vscode/mcp.json')], { input: [initialize, callTool('show')], env: { SECRET: 's' } })
    expect(JSON.parse(answers(stdout)[1]?.['result'].content[0].text as string)).toEqual([cwd, 's!', null])
  })
})

test('the file in docs/commands.md', () => {
  const [, text = ''] = /```json\n(.*?)```/s.exec(readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8')) ?? []
  const cwd = mcpJson(text)
  expect(Object.fromEntries(readMcpJson(join(cwd, 'mcp.json'), { env: { HOME: '/home/ann', SHOP_TOKEN: 's' } }) ?? [])).toMatchObject({
    files: { kind: 'stdio', command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/ann'], env: {}, cwd },
    shop: { kind: 'http', url: 'https://example.com/mcp', headers: { Authorization: 'Bearer s' } },
    till: { kind: 'sse', url: 'http://127.0.0.1:8000/events', headers: {} },
  })
})

test('ignores keys of host applications', () => {
  const cwd = mcpJson({ servers: { a: { httpUrl: 'http://a/sse-like' }, b: { serverUrl: 'http://b/sse', dev: {}, tags: [] } } })
  expect([...(readMcpJson(join(cwd, 'mcp.json'), { env: {} })?.values() ?? [])]).toMatchObject([{ kind: 'http', url: 'http://a/sse-like' }, { kind: 'sse', url: 'http://b/sse' }])
})

describe.concurrent('errors', options, () => {
  const good = '"command": "x"'
  test.each([
    ['{ "mcpServers": {\n  "a": { "command" "x" } } }', 'colon expected', '2:20'],
    ['{}', '"mcpServers"', '1:1'],
    ['{ "mcpServer": {} }', '"mcpServer" to "mcpServers"', '1:1'],
    ['{ "mcpServers": {} }', '"name": { "command":', '1:17'],
    ['{ "mcpServers": [] }', 'object', '1:17'],
    ['{ "mcpServers": { "a": 5 } }', '"a" … object', '1:24'],
    ['{ "mcpServers": { "a": {} } }', '"a" … "command" … "url"', '1:24'],
    ['{ "mcpServers": { "a": { "comand": "x" } } }', '"a" … "comand" … "command"?', '1:26'],
    [`{ "mcpServers": { "a": { ${good}, "url": "http://a" } } }`, '"a" … "command" … "url"', '1:24'],
    [`{ "mcpServers": { "a": { ${good}, "type": "http" } } }`, '"a" … http … "type"', '1:24'],
    ['{ "mcpServers": { "a": { "url": "http://a", "type": "stdio" } } }', '"a" … stdio … "type"', '1:24'],
    ['{ "mcpServers": { "a": { "url": "http://a", "type": "htp" } } }', '"a" … "htp" … "http"?', '1:53'],
    ['{ "mcpServers": { "a": { "url": "localhost:80" } } }', '"url" of "a" … https://host/path', '1:33'],
    [`{ "mcpServers": { "a": { ${good}, "args": "y" } } }`, '"args" of "a" … array', '1:50'],
    [`{ "mcpServers": { "a": { ${good}, "args": [null] } } }`, '"args" of "a" … string', '1:51'],
    [`{ "mcpServers": { "a": { ${good}, "env": [] } } }`, '"env" of "a" … object', '1:49'],
    ['{ "mcpServers": { "a": { "command": "${NO_SUCH}" } } }', '"command" of "a" … NO_SUCH … ${NO_SUCH:-', '1:37'],
    ['{ "mcpServers": { "a": { "url": "http://a", "headers": { "A b": "x" } } } }', '"A b" of "a"', '1:56'],
    [`{ "mcpServers": { "a b": { ${good} }, "c": { ${good} } } }`, '"a b"', '1:26'],
    [`{ "mcpServers": { "a": { ${good} } }, "maxProcesses": 0 }`, '"maxProcesses" … at least 1', '1:62'],
    ['{ "mcpServers": { "a": { "command": "${input:key}" } } }', '"command" of "a" … ${input:key} … ${NAME}', '1:37'],
  ])('%s', async (text, fault, place) => {
    const cwd = mcpJson(text)
    expect(await gangway(['run', 'mcp.json'], { cwd })).toEqual({ stdout: '', stderr: errorLine(`GANGWAY_E_MCP_JSON: ${fault} … ${join(cwd, 'mcp.json')}:${place}`), code: 2 })
  })

  test('an unknown server of the file', async () => {
    const cwd = mcpJson({ mcpServers: { shop, till: shop } })
    expect((await gangway(['run', 'mcp.json:shp'], { cwd })).stderr).toMatch(errorPattern('GANGWAY_E_MCP_JSON: "shp" … "shop"'))
  })

  test.each([
    [['http://['], 'GANGWAY_E_URL: http://[ … https://host:port/path'],
    [['http://127.0.0.1:1/mcp', '--', '-x'], 'GANGWAY_E_USAGE: http://127.0.0.1:1/mcp … after --'],
    [['http://127.0.0.1:1/mcp', '--header', 'nothing'], 'GANGWAY_E_USAGE: --header … Name: value'],
    [['http://127.0.0.1:1/mcp', '--header', 'A: 日'], 'GANGWAY_E_USAGE: --header … Name: value'],
    [['http://127.0.0.1:1/mcp', '--header', 'A: ${NO_SUCH}'], 'GANGWAY_E_USAGE: --header … NO_SUCH … ${NO_SUCH:-'],
    [['shop.ts', '--header', 'A: b'], 'GANGWAY_E_USAGE: --header … URL'],
    [['shop.ts', '--require-upstreams'], 'GANGWAY_E_USAGE: --require-upstreams … mcp.json … shop.ts'],
  ])('%j', async (args, line) => {
    expect(await gangway(['run', ...args])).toEqual({ stdout: '', stderr: errorLine(line), code: 2 })
  })
})

test.concurrent.each([['--with', 'zod@4'], ['--node', '24'], ['--env', 'A=b'], ['--env-file', import.meta.filename], ['--reload'], ['--with-package-json', 'package.json']])('%s does not apply to remote servers', options, async (...flags) => {
  const { stderr, code } = await gangway(['run', 'https://example.com/mcp', ...flags.filter((flag) => typeof flag === 'string')])
  expect({ stderr, code }).toEqual({ stderr: errorLine(`GANGWAY_E_USAGE: ${flags[0]} … https://example.com/mcp`), code: 2 })
})

test.concurrent('--explain describes how a remote server would be served', options, async () => {
  const { stdout, stderr, code } = await gangway(['run', 'https://example.com/mcp', '--explain', '-t', 'http', '-p', '9000'])
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(stdout).toMatch(/^server +https:\/\/example.com\/mcp +the command line$/m)
  expect(stdout).toMatch(/^port +9000 +--port +8000 \(default\)$/m)
})

test.concurrent('--header without a URL is rejected', options, async () => {
  const { stderr, code } = await gangway(['run', '--header', 'X-A: b'])
  expect({ stderr, code }).toEqual({ stderr: errorLine('GANGWAY_E_USAGE: --header … URL'), code: 2 })
})
