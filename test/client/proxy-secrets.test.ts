/** Secrets of a proxy's configuration stay in it: neither clients nor the log get them. */
import type { Logger } from '@gangway/core'
import { connect as connectTo, redactor, secretsOfArguments, type ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { httpClient } from '@gangway/transport-http/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { afterTest } from '../harness/cleanup.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Each is planted in a place of its own. */
const SECRETS = { argument: 'planted-argument-1', variable: 'planted-variable-2', header: 'planted-header-3', query: 'planted-query-4', password: 'planted-password-5', token: 'planted-token-6' }

/** Writes what it knows to stderr, and ends with 1. */
const CHILD = 'process.stderr.write(`no access for ${process.env.KEY} password=${process.argv[1]} Bearer planted-stderr-7\n`); process.exit(1)'

const upstreams = (): Record<string, ClientTransport> => ({
  child: stdioClient({ command: process.execPath, args: ['-e', CHILD, SECRETS.argument], env: { KEY: SECRETS.variable } }),
  remote: httpClient(`http://ann:${SECRETS.password}@127.0.0.1:1/mcp?key=${SECRETS.query}`, { headers: { 'x-key': SECRETS.header }, token: () => SECRETS.token }),
})

describe.each(['2025-11-25', '2026-07-28'] as const)('[case 14] %s', (revision) => {
  test('no client and no log line gets a planted secret, and errors name the upstream', async () => {
    const said: unknown[] = []
    const line = (...args: unknown[]): void => void said.push(args.map((one) => (one instanceof Error ? one.stack : one)))
    const logger: Logger = { debug: line, info: line, warn: line, error: line }
    const client = await connectTo(memory(proxyAll(upstreams(), { logger })), { revision, onNotification: (...args) => said.push(args) })
    afterTest(() => client.close())
    const errors: string[] = []
    for (const ask of [() => client.listTools(), () => client.callTool('child_x'), () => client.callTool('remote_x'), () => client.readResource('a://child/b'), () => client.readResource('gangway://upstreams')]) {
      await ask().then((result) => said.push(result), (error: Error) => (errors.push(error.message), said.push(error.message)))
    }
    expect(errors).toEqual(expect.arrayContaining([expect.stringContaining('"child"'), expect.stringContaining('"remote"')]))
    expect(JSON.stringify(said)).not.toContain('planted-')
  })

  test('of one upstream', async () => {
    for (const upstream of Object.values(upstreams())) {
      const error = await connectTo(memory(proxy(upstream, { logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} } })), { revision }).catch(String)
      expect(error).toContain('The upstream server')
      expect(error).not.toContain('planted-')
    }
  })
})

test('text that a program writes to stderr is masked, even if a secret arrives in two pieces', async () => {
  let text = ''
  const child = 'process.stderr.write("key pla"); setTimeout(() => { process.stderr.write("nted-variable-2 here\\n"); process.exit(1) }, 50)'
  await connectTo(stdioClient({ command: process.execPath, args: ['-e', child], env: { KEY: SECRETS.variable }, onStderr: (more) => (text += more) })).catch(() => {})
  expect(text).toContain('key *** here')
})

test.each([
  ['https://example.com/mcp?key=abc', 'https://example.com/mcp?***'],
  ['postgres://ann:pw@db/shop', 'postgres://***@db/shop'],
  ['sent Bearer abcdefgh1', 'sent Bearer ***'],
  ['--api-key hunter2 --port 80', '--api-key *** --port 80'],
  ['{"password":"hunter2"}', '{"password":"***"}'],
  ['ghp_0123456789abcdefghij', '***'],
  ['a list of tokens', 'a list of tokens'],
])('redacts %s', (text, masked) => {
  expect(redactor(['never'])(text)).toBe(masked)
})

test.each([
  ['a secret that was cut', ['planted-value'], 'HTTP 500: "xx planted-va…"', 'HTTP 500: "xx ***…"'],
  ['the start of a word that is not a secret', ['planted-value'], 'a plan of… planned', 'a plan of… planned'],
  ['the lines of a key', ['-----BEGIN\nplanted-1\nplanted-2'], 'planted-1\nand planted-2', '***\nand ***'],
  ['JSON in JSON', ['a"planted'], JSON.stringify(JSON.stringify({ key: 'a"planted' })), JSON.stringify(JSON.stringify({ key: '***' }))],
  ['no ordinary words', ['production', 'true', 'error'], 'error in production: true', 'error in production: true'],
])('a redactor masks %s', (_, secrets, text, masked) => {
  expect(redactor(secrets)(text)).toBe(masked)
})

test.each([
  [['--api-key', 'planted'], ['planted']],
  [['--token=planted'], ['planted']],
  [['-e', 'GITHUB_TOKEN=planted'], ['planted']],
  [['--header', 'Authorization: Bearer planted'], ['Bearer planted', 'planted']],
  [['postgres://ann:planted@db/shop?sslkey=planted2'], ['ann', 'planted', 'planted2']],
  [['--db=postgres://ann:planted@db/shop'], ['ann', 'planted']],
  [['-y', 'server-files', '/home/ann', '--port', '8000', '--name=till'], []],
])('the secrets of the arguments %j', (args, secrets) => {
  expect(new Set(secretsOfArguments(args))).toEqual(new Set(secrets))
})

test('errors and log messages of an upstream reach clients masked, and URLs of an elicitation unchanged', async () => {
  const data = { elicitations: [{ mode: 'url', url: 'https://example.com/?id=planted-variable-2', elicitationId: '1', message: 'Sign in' }] }
  const child = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line)
    const send = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }))
    if (method === 'initialize') send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {}, logging: {} }, serverInfo: { name: 'x', version: '1' } } })
    else if (method === 'tools/list') send({ id, result: { tools: [{ name: 'x', inputSchema: { type: 'object' } }] } })
    else if (method === 'tools/call' && params.arguments.url) send({ id, error: { code: -32042, message: 'Sign in', data: ${JSON.stringify(data)} } })
    else if (method === 'tools/call') {
      send({ method: 'notifications/message', params: { level: 'error', data: { key: process.env.KEY } } })
      send({ id, error: { code: -32000, message: 'no ' + process.env.KEY, data: { [process.env.KEY]: [1, null, process.env.KEY] } } })
    } else if (id !== undefined) send({ id, result: {} })
  })`
  const logged: unknown[] = []
  const client = await connectTo(memory(proxy(stdioClient({ command: process.execPath, args: ['-e', child], env: { KEY: SECRETS.variable } }))), { revision: '2025-11-25', onLog: ({ data: message }) => logged.push(message) })
  afterTest(() => client.close())
  expect(await client.callTool('x').catch((error: unknown) => error)).toMatchObject({ code: -32000, message: 'no ***', data: { '***': [1, null, '***'] } })
  expect(logged).toEqual([{ key: '***' }])
  expect(await client.callTool('x', { url: true }).catch((error: unknown) => error)).toMatchObject({ code: -32042, data })
})

test('a long error of an upstream is cut in the log', async () => {
  const child = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line)
    const send = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', id, ...message }))
    if (method === 'initialize') send({ result: { protocolVersion: params.protocolVersion, capabilities: { tools: {}, prompts: {} }, serverInfo: { name: 'x', version: '1' } } })
    else if (method === 'tools/list') send({ result: { tools: [] } })
    else if (id !== undefined) send({ error: { code: -32000, message: 'plan ' + process.env.KEY + 'x'.repeat(60_000) } })
  })`
  const reasons: string[] = []
  const warn: Logger['warn'] = (details) => void reasons.push(String((details as { reason?: unknown }).reason))
  const client = await connectTo(memory(proxy(stdioClient({ command: process.execPath, args: ['-e', child], env: { KEY: SECRETS.variable } }), { logger: { debug: () => {}, info: () => {}, warn, error: () => {} } })), { revision: '2025-11-25' })
  afterTest(() => client.close())
  await client.listTools()
  await client.listPrompts().catch(() => {})
  await expect.poll(() => reasons).toEqual([expect.stringContaining('plan ***xxx')])
  expect(reasons[0]?.length).toBeLessThan(10_000)
})
