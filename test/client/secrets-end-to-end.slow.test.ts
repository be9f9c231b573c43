/** A secret of the command's configuration never reaches a client, and neither the log nor a terminal. Starts the built command. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callTool, gangway, gangwayHttp, initialize, project } from '../../packages/cli/test/gangway.ts'
import { ENVIRONMENT, leaksIn, plant, type Planted } from './secrets.ts'

let planted: Planted
let cwd: string

beforeAll(async () => {
  planted = await plant()
  cwd = project({ 'mcp.json': planted.mcpJson })
})
afterAll(() => planted.close())

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' }, 'io.modelcontextprotocol/clientCapabilities': {} }

/** What can make an upstream talk. Calls by name come before and after its lists are known. */
const requests = (): { method: string; params: Record<string, unknown> }[] => [
  ...planted.names.map((name) => ({ method: 'tools/call', params: { name: `${name}_fail` } })),
  ...['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'].map((method) => ({ method, params: {} })),
  ...planted.names.flatMap((name) => [
    { method: 'tools/call', params: { name: `${name}_fail` } },
    { method: 'prompts/get', params: { name: `${name}_any` } },
    { method: 'resources/read', params: { uri: `a://${name}/b` } },
    { method: 'resources/subscribe', params: { uri: `a://${name}/b` } },
    { method: 'completion/complete', params: { ref: { type: 'ref/prompt', name: `${name}_any` }, argument: { name: 'a', value: 'b' } } },
  ]),
  { method: 'tools/call', params: { name: 'serve_invalid' } },
  { method: 'tools/call', params: { name: 'serve_crash' } },
  { method: 'resources/read', params: { uri: 'gangway://upstreams' } },
]

/** Posts one message. Resolves with everything that came back: status line, headers and body. */
function exchange(url: URL, message: object, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers } }, (response) => {
      let text = `${response.statusCode} ${response.statusMessage}\r\n${response.rawHeaders.join('\r\n')}\r\n\r\n`
      response.setEncoding('utf8').on('data', (more: string) => (text += more)).once('end', () => resolve(text)).once('error', reject)
    })
    sent.once('error', reject).end(JSON.stringify(message))
  })
}

describe('[case 14] gangway run mcp.json', () => {
  test.each(['2025', '2026'])('over HTTP, to a client of %s: no byte on the connection and no log line has a secret', async (era) => {
    const bytes: string[] = []
    const { stderr, stdout } = await gangwayHttp(['mcp.json', '-t', 'http'], async (url) => {
      const hello = era === '2025' ? await exchange(url, initialize) : ''
      const [, session] = /mcp-session-id\r\n(\S+)/i.exec(hello) ?? []
      for (const [index, { method, params }] of requests().entries()) {
        const own: Record<string, string> = session === undefined ? { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...('name' in params && { 'mcp-name': String(params['name']) }), ...('uri' in params && { 'mcp-name': String(params['uri']) }) } : { 'mcp-session-id': session }
        bytes.push(await exchange(url, { jsonrpc: '2.0', id: index + 2, method, params: { ...params, ...(session === undefined && { _meta: META }) } }, own))
      }
      bytes.push(hello)
    }, { cwd, env: ENVIRONMENT })
    for (const name of planted.names) expect(bytes.join('\n')).toContain(`"${name}\\"`)
    expect(bytes.join('\n')).toContain('no access: ')
    expect(leaksIn(bytes.join('\n'))).toEqual([])
    expect(leaksIn(stderr + stdout)).toEqual([])
    expect(stderr).toContain('***')
  })

  test('on stdio', async () => {
    const messages = requests().map((one, index) => ({ jsonrpc: '2.0', id: index + 2, ...one }))
    const { stdout, stderr } = await gangway(['run', 'mcp.json'], { input: [initialize, ...messages], cwd, env: ENVIRONMENT })
    expect(stdout).toContain('no access: ')
    expect(leaksIn(stdout)).toEqual([])
    expect(leaksIn(stderr)).toEqual([])
  })

  test('with --require-upstreams, for each upstream', async () => {
    const ended = await Promise.all(planted.names.map((name) => gangway(['run', `mcp.json:${name}`, '--require-upstreams', '--debug'], { input: [initialize], cwd, env: ENVIRONMENT })))
    expect(leaksIn(JSON.stringify(ended))).toEqual([])
  })
})

describe('commands that call servers', () => {
  test.each([['list'], ['list', '--json', '--resources', '--prompts'], ['inspect'], ['inspect', '--format', 'json']])('gangway %s %s', async (command, ...flags) => {
    const { stdout, stderr } = await gangway([command, 'mcp.json', ...flags, '--timeout', '5'], { cwd, env: ENVIRONMENT })
    expect(stderr).toContain('***')
    expect(leaksIn(stdout)).toEqual([])
    expect(leaksIn(stderr)).toEqual([])
  })

  test('gangway call, on each server', async () => {
    for (const target of [...planted.names.map((name) => [`mcp.json:${name}`, 'fail']), ['mcp.json:serve', 'crash'], ['mcp.json:serve', 'hang', '--timeout', '1'], ['mcp.json:serve', 'invalid'], ['mcp.json', 'serve_fail']]) {
      for (const flags of [['--json'], ['--debug']]) {
        const { stdout, stderr, code } = await gangway(['call', ...target, ...flags], { cwd, env: ENVIRONMENT })
        expect([5, 7]).toContain(code)
        expect({ target, flags, leaks: leaksIn(stdout + stderr) }).toEqual({ target, flags, leaks: [] })
      }
    }
  })
})

describe('gangway run server.ts', () => {
  const server = `import { McpServer } from '@gangway/core'
const secrets = () => 'planted-constant ' + process.env.A + process.env.B + process.env.C + process.argv.join(' ')
const fail = () => { throw new Error(secrets(), { cause: new Error(secrets()) }) }
export default new McpServer({ name: 'x', version: '1', instructions: 'none' }).tool('fail', {}, fail).prompt('fail', {}, fail).resource('a://fail', {}, fail).resource('b://{name}', { complete: { name: fail } }, fail)
  .tool('async', {}, async () => fail()).tool('late', {}, () => (setTimeout(fail, 1), new Promise((done) => setTimeout(done, 100)))).tool('output', { output: { type: 'object', properties: { n: { type: 'number' } } } }, () => ({ n: secrets() }))
`
  const messages = [
    ...['fail', 'async', 'late', 'output'].map((name) => callTool(name)),
    { method: 'prompts/get', params: { name: 'fail' } },
    { method: 'resources/read', params: { uri: 'a://fail' } },
    { method: 'resources/read', params: { uri: 'b://b' } },
    { method: 'completion/complete', params: { ref: { type: 'ref/resource', uri: 'b://{name}' }, argument: { name: 'name', value: '' } } },
  ].map((one, index) => ({ jsonrpc: '2.0', ...one, id: index + 2 }))
  const flags = ['--env', 'A=planted-typed', '--env-file', 'b.env']

  test.each(['stdio', 'http'])('on %s: details of a thrown error stay in the log, including variables and arguments', async (transport) => {
    const folder = project({ 'package.json': '{"type":"module"}', 'server.ts': server, 'b.env': 'B=planted-of-a-file' })
    const environment = { cwd: folder, env: { C: 'planted-inherited' } }
    const bytes: string[] = []
    if (transport === 'stdio') bytes.push((await gangway(['run', 'server.ts', ...flags, '--', 'planted-argument'], { input: [initialize, ...messages], ...environment })).stdout)
    else {
      await gangwayHttp(['server.ts', '-t', 'http', ...flags], async (url) => {
        const [, session = ''] = /mcp-session-id\r\n(\S+)/i.exec(await exchange(url, initialize)) ?? []
        for (const message of messages) bytes.push(await exchange(url, message, { 'mcp-session-id': session }))
      }, environment)
    }
    expect(bytes.join('').match(/Internal error/g)?.length).toBeGreaterThanOrEqual(messages.length - 1)
    expect(leaksIn(bytes.join(''))).toEqual([])
  })
})

test('install --dry-run, uninstall --dry-run and --explain print no secret', async () => {
  const before = { mcpServers: { other: { command: 'x', args: ['planted'], env: { A: 'planted' } }, server: { command: 'node', args: ['x', 'run', '--', '--token', 'planted', 'shown'], env: { A: 'planted' } } } }
  const folder = project({ 'package.json': '{"type":"module"}', 'server.ts': "throw new Error('never loaded')", 'hosts.json': JSON.stringify(before) })
  const flags = ['--env', 'A=planted']
  const args = ['--', '--api-key=planted', '--token', 'planted', 'https://ann:planted@example.com/?key=planted', 'shown']
  const config = ['cursor', 'server', '--config-path', 'hosts.json', '--dry-run', '--force']
  for (const words of [['install', 'cursor', 'server.ts', ...config.slice(2), ...flags, ...args], ['uninstall', ...config], ['run', 'server.ts', '--explain', ...flags, ...args]]) {
    const { stdout, stderr } = await gangway(words, { cwd: folder })
    expect(stdout).toContain('shown')
    expect(stdout).toContain('***')
    expect(leaksIn(stdout + stderr)).toEqual([])
  }
})

/** Wrong values of every option whose value may be a secret. */
describe.concurrent('messages quote no secret', () => {
  const url = 'http://ann:planted-user@127.0.0.1:1/mcp?key=planted-query'
  test.each([
    ['run', 'mcp.json', '--env', 'planted'],
    ['run', 'mcp.json', '--env', 'A=planted'],
    ['run', 'none.ts', '--env', '1planted=planted'],
    ['run', 'none.ts', '--env', '=planted'],
    ['run', url, '--header', 'planted'],
    ['run', url, '--header', 'X Key: planted'],
    ['run', url, '--header', 'X-Key: planted\nX-Other: planted'],
    ['run', url, '--header', 'X-Key: planted\u2013'],
    ['run', url, '--header', 'X-Key: planted ${NONE}'],
    ['run', 'mcp.json', '--header', 'X-Key: planted'],
    ['run', 'none.ts', '--header', 'X-Key: planted'],
    ['run', url, '--', 'planted'],
    ['run', url, '--env', 'A=planted'],
    ['run', url, '--require-upstreams', '--header', 'X-Key: planted'],
    ['run', url, '--explain', '--header', 'X-Key: planted'],
    ['run', 'http://ann:planted@[/mcp?key=planted'],
    ['run', 'https://ann:planted@127.0.0.1:99999/?key=planted'],
    ['run', 'none.ts', '-t', 'http', '--auth-issuer', 'http://ann:planted@x/?key=planted'],
    ['run', 'none.ts', '-t', 'http', '--auth-issuer', 'https://issuer.example', '--auth-audience', 'https://x/?key=planted'],
    ['list', url],
    ['list', url, '--timeout', 'x', '--header', 'X-Key: planted'],
    ['list', 'none.ts', '--header', 'X-Key: planted'],
    ['list', '--command', `no-such-program --token planted`],
    ['call', url, 'x', '--header', 'X-Key: planted'],
    ['inspect', url],
    ['dev', url, '--no-inspector', '-t', 'stdio', '--env', 'planted'],
    ['install', 'cursor', 'none.ts', '--env', 'planted'],
    ['install', 'cursor', 'none.ts', '--env', '1=planted'],
    ['install', 'cursor', url],
    ['install', 'cursor', url, '--header', 'planted'],
  ])('gangway %s %s %s %s %s %s', async (...args) => {
    const { stdout, stderr } = await gangway(args, { cwd })
    expect(stdout + stderr).toMatch(args.includes('--explain') ? /^transport /m : /GANGWAY_E_/)
    expect(leaksIn(stdout + stderr)).toEqual([])
  })
})
