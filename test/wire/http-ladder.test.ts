/** The order of checks on a modern POST: of all that is wrong with a request, the first fault answers, with its status and its code. */
import { McpError, MissingCapabilityError } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exchange, withoutUndefined } from '../harness/http-client.ts'
import { modernHeaders } from '../harness/http-headers.ts'
import { Peer } from '../harness/http-peer.ts'
import { serve } from '../harness/index.ts'
import { CLIENT_CAPABILITIES, envelope, MODERN, PROTOCOL_VERSION, requestText, type Json } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const server = newServer()
  .tool('add', { input: { n: z.number() } }, ({ n }) => String(n))
  .tool('needy', {}, () => {
    throw new MissingCapabilityError({ elicitation: { url: {} } })
  })
  .tool('picky', {}, () => {
    throw new McpError(-31999, 'Not today')
  })
  .tool('failing', {}, () => {
    throw new Error('no')
  })
  .resource('a://broken', {}, () => {
    throw new Error('no')
  })

interface Draft {
  verb: string
  id: unknown
  method: string
  params: Json
  meta: Json
  headers: Record<string, string | undefined>
}

/** Each does one thing wrong. `body` and `headers` agree unless it says otherwise. */
const FAULTS: { what: string; status: number; code: number; spoil: (draft: Draft) => void }[] = [
  { what: 'a page of elsewhere', status: 403, code: -32600, spoil: ({ headers }) => (headers.origin = 'http://evil.example') },
  { what: 'a wrong verb', status: 405, code: -32600, spoil: (draft) => (draft.verb = 'PUT') },
  { what: 'a wrong media type', status: 415, code: -32600, spoil: ({ headers }) => (headers['content-type'] = 'text/plain') },
  { what: 'an id that is none', status: 400, code: -32600, spoil: (draft) => (draft.id = 1.5) },
  { what: 'an incomplete envelope', status: 400, code: -32602, spoil: ({ meta }) => delete meta[CLIENT_CAPABILITIES] },
  { what: 'a version header that contradicts', status: 400, code: -32020, spoil: ({ headers }) => (headers['mcp-protocol-version'] = '2025-06-18') },
  { what: 'an unknown version', status: 400, code: -32022, spoil: ({ meta }) => (meta[PROTOCOL_VERSION] = '2099-01-01') },
  { what: 'no method header', status: 400, code: -32020, spoil: ({ headers }) => (headers['mcp-method'] = undefined) },
  { what: 'an unknown method', status: 404, code: -32601, spoil: (draft) => (draft.method = 'tools/destroy') },
  { what: 'an unknown tool', status: 200, code: -32602, spoil: ({ params }) => (params.name = 'nobody') },
]

const open = async () => Peer.open((await serve('http', server)).url ?? '', 'modern')

async function sendWith(spoilers: ((draft: Draft) => void)[]) {
  const draft: Draft = { verb: 'POST', id: 7, method: 'tools/call', params: { name: 'add', arguments: { n: 1 } }, meta: envelope(), headers: {} }
  for (const spoil of spoilers) spoil(draft)
  const body = requestText(draft.id, draft.method, { ...draft.params, _meta: draft.meta })
  const { url } = await serve('http', server)
  return exchange(url ?? '', { method: draft.verb, body, headers: withoutUndefined({ ...modernHeaders(body), ...draft.headers }) })
}

describe.each(FAULTS.map((fault, index) => ({ ...fault, index })))('$what', ({ status, code, spoil, index }) => {
  test(`alone is ${status} ${code} [H36] [H37] [H38] [H42]`, async () => {
    expect(await sendWith([spoil])).toMatchObject({ status, messages: [{ error: { code } }] })
  })

  test('is reported before all errors that can follow it', async () => {
    const later = FAULTS.slice(index).map(({ spoil }) => spoil)
    expect(await sendWith(later.toReversed())).toMatchObject({ status, messages: [{ error: { code } }] })
  })

  test('has the id of the request, once that is read', async () => {
    const { messages } = await sendWith([spoil])
    expect(messages[0]?.id).toBe(index > 3 ? 7 : null)
  })
})

test('a wrong method header is reported before an unknown version', async () => {
  const wrong = [({ headers }: Draft) => (headers['mcp-method'] = 'tools/list'), ({ meta }: Draft) => (meta[PROTOCOL_VERSION] = '2099-01-01')]
  expect(await sendWith(wrong)).toMatchObject({ status: 400, messages: [{ error: { code: -32020 } }] })
})

test.each(['2025-11-25', '2024-11-05', '2099-01-01', ''])('version "%s" in body and header is −32022, with the supported revisions [H36] [C43]', async (requested) => {
  const reply = await sendWith([({ meta }) => (meta[PROTOCOL_VERSION] = requested)])
  expect(reply).toMatchObject({ status: 400, messages: [{ id: 7, error: { code: -32022, data: { requested, supported: [MODERN] } } }] })
})

test('a modern header with a body without an envelope is −32602, and names the missing members [C40]', async () => {
  const peer = await open()
  const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' }
  for (const params of [{}, { _meta: {} }, { _meta: { [CLIENT_CAPABILITIES]: {} } }]) {
    const reply = await peer.post(requestText(7, 'tools/list', params), headers)
    expect(reply).toMatchObject({ status: 400, messages: [{ id: 7, error: { code: -32602, message: expect.stringContaining(PROTOCOL_VERSION) } }] })
  }
  const bare = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/list' })
  expect(await peer.post(bare, headers)).toMatchObject({ status: 400, messages: [{ id: 7, error: { code: -32602 } }] })
})

test('a future version header with a body without an envelope is also modern', async () => {
  const peer = await open()
  expect(await peer.post(requestText(7, 'tools/list'), { 'mcp-protocol-version': '2099-01-01' })).toMatchObject({ status: 400, messages: [{ id: 7, error: { code: -32602 } }] })
})

test.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'prompts/list', 'prompts/get', 'no/such'])('%s is 404 −32601: removed, not supported or unknown [H37]', async (method) => {
  const peer = await open()
  expect(await peer.request(7, method, { name: 'x' })).toMatchObject({ status: 404, messages: [{ id: 7, error: { code: -32601 } }] })
})

test.each([
  ['an unknown tool', 'tools/call', { name: 'nobody' }, -32602],
  ['arguments that are no object', 'tools/call', { name: 'add', arguments: [] }, -32602],
  ['a bad cursor', 'tools/list', { cursor: 'x' }, -32602],
  ['an unknown resource', 'resources/read', { uri: 'a://none' }, -32602],
  ['a failure of ours', 'resources/read', { uri: 'a://broken' }, -32603],
  ["an error of the handler's own", 'tools/call', { name: 'picky' }, -31999],
])('%s gets 200', async (_, method, params, code) => {
  const peer = await open()
  expect(await peer.request(7, method, params)).toMatchObject({ status: 200, messages: [{ id: 7, error: { code } }] })
})

test.each([
  ['wrong arguments', { name: 'add', arguments: { n: 'x' } }],
  ['a tool that fails', { name: 'failing' }],
])('%s are a result', async (_, params) => {
  const peer = await open()
  expect(await peer.request(7, 'tools/call', params)).toMatchObject({ status: 200, messages: [{ id: 7, result: { isError: true, resultType: 'complete' } }] })
})

test('a missing capability that the handler needs is 400 −32021 [C44]', async () => {
  const peer = await open()
  expect(await peer.request(7, 'tools/call', { name: 'needy' })).toMatchObject({
    status: 400,
    messages: [{ id: 7, error: { code: -32021, data: { requiredCapabilities: { elicitation: { url: {} } } } } }],
  })
})
