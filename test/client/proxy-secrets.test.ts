/** Secrets of a proxy's configuration stay in it: neither clients nor the log get them. */
import type { Logger } from '@gangway/core'
import { connect as connectTo, redactor, type ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll } from '@gangway/core/proxy'
import { memory } from '@gangway/core/testing'
import { http } from '@gangway/transport-http/client'
import { stdio } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { atEnd } from './ways.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Each is planted in a place of its own. */
const SECRETS = { argument: 'planted-argument-1', variable: 'planted-variable-2', header: 'planted-header-3', query: 'planted-query-4', password: 'planted-password-5', token: 'planted-token-6' }

/** Writes what it knows to stderr, and ends with 1. */
const CHILD = 'process.stderr.write(`no access for ${process.env.KEY} password=${process.argv[1]} Bearer planted-stderr-7\n`); process.exit(1)'

const upstreams = (): Record<string, ClientTransport> => ({
  child: stdio({ command: process.execPath, args: ['-e', CHILD, SECRETS.argument], env: { KEY: SECRETS.variable } }),
  remote: http(`http://ann:${SECRETS.password}@127.0.0.1:1/mcp?key=${SECRETS.query}`, { headers: { 'x-key': SECRETS.header }, token: () => SECRETS.token }),
})

describe.each(['2025-11-25', '2026-07-28'] as const)('[case 14] %s', (revision) => {
  test('nothing that a client gets, and no log line, has a planted secret; errors name the upstream', async () => {
    const said: unknown[] = []
    const line = (...args: unknown[]): void => void said.push(args.map((one) => (one instanceof Error ? one.stack : one)))
    const logger: Logger = { debug: line, info: line, warn: line, error: line }
    const client = await connectTo(memory(proxyAll(upstreams(), { logger })), { revision, onNotification: (...args) => said.push(args) })
    atEnd(() => client.close())
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

test('what a program writes to stderr is passed on with its secrets masked, also where they come in two pieces', async () => {
  let text = ''
  const child = 'process.stderr.write("key pla"); setTimeout(() => { process.stderr.write("nted-variable-2 here\\n"); process.exit(1) }, 50)'
  await connectTo(stdio({ command: process.execPath, args: ['-e', child], env: { KEY: SECRETS.variable }, onStderr: (more) => (text += more) })).catch(() => {})
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
