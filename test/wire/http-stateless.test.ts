/** `sessions: 'none'`: clients of 2025 and before are served request by request, and promised nothing that only a session can keep. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { describe, expect, test } from 'vitest'
import { post } from '../harness/http-client.ts'
import { BASE_HEADERS } from '../harness/http-headers.ts'
import { HOST_NAMES, HOSTS } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { CLIENT_CAPABILITIES, initializeParams, LEGACY, requestText } from '../harness/message.ts'
import { logged, newServer, textOf } from '../harness/server.ts'

const newFull = (options = {}) =>
  newServer({ title: 'The Suite', instructions: 'Use it', ...options })
    .tool('revision', {}, (_, { revision, client }) => `${revision} ${client.info?.name}`)
    .tool('work', {}, (_, { progress, log }) => {
      progress(1)
      log.error('unheard')
      return 'done'
    })
    .tool('confirm', {}, async (_, { elicit }) => (await elicit('ok', 'Sure?', {})).action)
    .resource('note://{name}', { complete: { name: () => ['a'] } }, () => 'note')
    .prompt('greet', {}, () => 'hi')

const version = (revision: string) => ({ ...BASE_HEADERS, 'mcp-protocol-version': revision }) as Record<string, string>
const call = (url: string, text: string, headers: Record<string, string> = version('2025-11-25')) => post(url, text, headers)

describe.each(HOST_NAMES)('%s', (name) => {
  const open = async () => (await HOSTS[name](newFull(), { sessions: 'none' })).url

  test.each(LEGACY)('%s: the handshake returns no session, and declares only supported capabilities', async (revision) => {
    const { status, headers, messages } = await call(await open(), requestText(1, 'initialize', initializeParams(revision)), BASE_HEADERS as Record<string, string>)
    const result = messages[0]?.result
    expect([status, headers['mcp-session-id'], result?.protocolVersion, result?.instructions]).toEqual([200, undefined, revision, 'Use it'])
    expect(result?.capabilities).toEqual({ tools: {}, resources: {}, prompts: {}, ...(revision !== '2024-11-05' && { completions: {} }) })
    expect(result?.serverInfo).toEqual({ name: 'suite', version: '1.0.0', ...(revision >= '2025-06-18' && { title: 'The Suite' }) })
  })

  test('calls need no handshake: the revision is that of the header, or else 2025-03-26', async () => {
    const url = await open()
    const revisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']
    for (const revision of revisions) expect(textOf((await call(url, requestText(1, 'tools/call', { name: 'revision' }), version(revision))).messages[0]?.result ?? {})).toBe(`${revision} undefined`)
    expect(textOf((await call(url, requestText(1, 'tools/call', { name: 'revision' }), BASE_HEADERS as Record<string, string>)).messages[0]?.result ?? {})).toBe('2025-03-26 undefined')
    expect(await call(url, requestText(2, 'ping'), { ...version('2025-11-25'), 'mcp-session-id': 'whatever' })).toMatchObject({ status: 200, messages: [{ id: 2, result: {} }] })
    expect(await call(url, requestText(3, 'ping'), version('1999-01-01'))).toMatchObject({ status: 400, messages: [{ id: 3, error: { code: -32600 } }] })
  })

  test('the version header is ignored on initialize', async () => {
    expect(await call(await open(), requestText(1, 'initialize', initializeParams('2025-11-25')), version('1999-01-01'))).toMatchObject({ status: 200, messages: [{ result: { protocolVersion: '2025-11-25' } }] })
  })

  test('notifications and responses are 202, GET and DELETE 405', async () => {
    const url = await open()
    for (const message of [{ method: 'notifications/initialized' }, { method: 'notifications/cancelled', params: { requestId: 1 } }, { id: 1, result: {} }]) {
      expect(await call(url, JSON.stringify({ jsonrpc: '2.0', ...message }))).toMatchObject({ status: 202, text: '' })
    }
    for (const method of ['GET', 'DELETE']) expect(await post(url, undefined, { accept: 'text/event-stream', 'mcp-session-id': 'x' }, { method })).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })

  test('methods that need a session are not found', async () => {
    const url = await open()
    const asked = [['logging/setLevel', { level: 'debug' }], ['resources/subscribe', { uri: 'note://a' }], ['resources/unsubscribe', { uri: 'note://a' }]] as const
    for (const [method, params] of asked) expect(await call(url, requestText(1, method, params))).toMatchObject({ status: 200, messages: [{ error: { code: -32601 } }] })
  })

  test("progress is streamed, log messages are not, and an elicitation is an error that names the server's setting [case 63]", async () => {
    const url = await open()
    const { headers, messages } = await call(url, requestText(1, 'tools/call', { name: 'work', _meta: { progressToken: 't' } }))
    expect(headers['content-type']).toBe('text/event-stream')
    expect(messages).toMatchObject([{ method: 'notifications/progress', params: { progress: 1 } }, { id: 1, result: {} }])
    const [asked] = (await call(url, requestText(2, 'tools/call', { name: 'confirm' }))).messages
    expect(asked).toMatchObject({ id: 2, result: { isError: true, content: [{ text: expect.stringMatching(/sessions: 'none'/) }] } })
    expect(JSON.stringify(asked)).not.toContain('capability')
  })

  test('batches work in 2025-03-26 only', async () => {
    const url = await open()
    const batch = `[${requestText(1, 'ping')},${requestText(2, 'tools/list')},{"jsonrpc":"2.0","method":"notifications/initialized"}]`
    const { status, text } = await call(url, batch, version('2025-03-26'))
    expect([status, JSON.parse(text).map(({ id }: { id: number }) => id).toSorted()]).toEqual([200, [1, 2]])
    expect(await call(url, '[{"jsonrpc":"2.0","method":"notifications/initialized"}]', version('2025-03-26'))).toMatchObject({ status: 202, text: '' })
    expect(await call(url, batch, version('2025-11-25'))).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] })
    expect(await call(url, `[${Array(51).fill(requestText(1, 'ping')).join(',')}]`, version('2025-03-26'))).toMatchObject({ status: 400 })
  })

  test('clients of 2026-07-28 get everything', async () => {
    const peer = await Peer.open(await open(), 'modern')
    const { messages } = await peer.request(1, 'server/discover')
    expect(messages[0]?.result?.capabilities).toMatchObject({ tools: { listChanged: true }, resources: { subscribe: true } })
    const asked = await peer.post(peer.text(2, 'tools/call', { name: 'confirm' }, { [CLIENT_CAPABILITIES]: { elicitation: {} } }))
    expect(asked).toMatchObject({ messages: [{ result: { resultType: 'input_required' } }] })
  })
})

test('the official legacy client works', async () => {
  const { url } = await HOSTS.http(newFull(), { sessions: 'none' })
  const client = closing(new Client({ name: 'official', version: '1.0.0' }))
  const transport = new StreamableHTTPClientTransport(new URL(url))
  await client.connect(transport as Parameters<Client['connect']>[0])
  expect(transport.sessionId).toBeUndefined()
  expect(await client.ping()).toEqual({})
  expect((await client.listTools()).tools).toHaveLength(3)
  const seen: number[] = []
  expect(await client.callTool({ name: 'work' }, undefined, { onprogress: ({ progress }) => void seen.push(progress) })).toMatchObject({ content: [{ text: 'done' }] })
  expect(seen).toEqual([1])
})

test('features that legacy clients do not get are logged at start', async () => {
  const { logger, lines } = logged('warn')
  await HOSTS.http(newFull({ logger }), { sessions: 'none' })
  expect(lines).toEqual([[{ missing: ['changes to tools, resources, prompts', 'resource subscriptions', 'log messages from handlers', 'input requests from handlers (elicit, sample, roots)'] }, expect.stringContaining('legacy clients')]])
})
