/** The headers of a modern POST: each must be there and must say what the body says. */
import { describe, expect, test } from 'vitest'
import { Peer } from '../harness/http-peer.ts'
import { serve } from '../harness/index.ts'
import { MODERN, modernText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const server = newServer()
  .tool('add', {}, () => 'ok')
  .tool('größe', {}, () => 'ok')
  .tool(' padded ', {}, () => 'ok')
  .tool('=?base64?YWRk?=', {}, () => 'ok')
  .resource('shop://readme', {}, () => 'ok')
  .resource('shop://{x}', {}, () => 'ok')
  .prompt('hello', {}, () => 'ok')

const open = async () => Peer.open((await serve('http', server)).url ?? '', 'modern')
const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`
const mismatch = { status: 400, messages: [{ id: 7, error: { code: -32020 } }] }
const served = { status: 200, messages: [{ id: 7, result: {} }] }

const REQUESTS: [method: string, params: Record<string, unknown>][] = [
  ['tools/call', { name: 'add' }],
  ['prompts/get', { name: 'hello' }],
  ['resources/read', { uri: 'shop://readme' }],
]

describe.each(REQUESTS)('%s', (method, params) => {
  const name = String(params.name ?? params.uri)

  test('is served with all its headers, in any case of their names [H39]', async () => {
    const peer = await open()
    expect(await peer.request(7, method, params)).toMatchObject(served)
    const headers = { accept: '*/*', 'content-type': 'application/json', 'MCP-PROTOCOL-VERSION': MODERN, 'mCp-MeThOd': method, 'Mcp-Name': name }
    expect(await peer.post(peer.text(7, method, params), { 'mcp-protocol-version': undefined, 'mcp-method': undefined, 'mcp-name': undefined, ...headers })).toMatchObject(served)
  })

  test.each(['mcp-protocol-version', 'mcp-method', 'mcp-name'])('without %s is −32020 [H38]', async (header) => {
    const peer = await open()
    const reply = await peer.request(7, method, params, { [header]: undefined })
    expect(reply).toMatchObject(mismatch)
    expect(reply.messages[0]?.error?.message).toContain(header)
  })

  test.each([
    ['mcp-protocol-version', '2025-11-25'],
    ['mcp-protocol-version', '2099-01-01'],
    ['mcp-protocol-version', ''],
    ['mcp-method', 'tools/list'],
    ['mcp-method', ''],
    ['mcp-method', method.toUpperCase()],
    ['mcp-method', base64(method)],
    ['mcp-name', 'another'],
    ['mcp-name', ''],
    ['mcp-name', name.toUpperCase()],
    ['mcp-name', base64('another')],
  ])('with %s: "%s" is −32020 [H36] [H38] [H39]', async (header, value) => {
    const peer = await open()
    expect(await peer.request(7, method, params, { [header]: value })).toMatchObject(mismatch)
  })

  test.each(['mcp-protocol-version', 'mcp-method', 'mcp-name'])('with %s twice is −32020', async (header) => {
    const peer = await open()
    const text = peer.text(7, method, params)
    const value = String(peer.headers(text)[header])
    expect(await peer.post(text, { [header]: [value, value] })).toMatchObject(mismatch)
  })

  test('whitespace around a value is ignored [H39]', async () => {
    const peer = await open()
    expect(await peer.request(7, method, params, { 'mcp-protocol-version': `  ${MODERN} `, 'mcp-method': `\t${method} \t`, 'mcp-name': `   ${name}  ` })).toMatchObject(served)
  })

  test('the name can be base64 [H40]', async () => {
    const peer = await open()
    expect(await peer.request(7, method, params, { 'mcp-name': base64(name) })).toMatchObject(served)
  })

  const encoded = Buffer.from(name).toString('base64')
  test.each([
    ['no base64', '=?base64?***?='],
    ['no padding', `=?base64?${encoded.replace(/=+$/, '')}x?=`],
    ['the alphabet of URLs', '=?base64?__-_?='],
    ['bytes that are no UTF-8', `=?base64?${Buffer.from([0xff, 0xfe]).toString('base64')}?=`],
    ['a marker in capitals', `=?BASE64?${encoded}?=`],
    ['a marker that is open', `=?base64?${encoded}`],
    ['a byte order mark before it', `=?base64?${Buffer.from(`\uFEFF${name}`).toString('base64')}?=`],
    ['spaces inside', `=?base64? ${encoded} ?=`],
    ['a line break inside', `=?base64?${Buffer.from(`${name}\n`).toString('base64')}?=`],
  ])('a name with %s is −32020 [H40]', async (_, value) => {
    const peer = await open()
    expect(await peer.request(7, method, params, { 'mcp-name': value })).toMatchObject(mismatch)
  })

  test('characters that a header cannot have are −32020 [H38]', async () => {
    const peer = await open()
    for (const value of ['gr\u00f6\u00dfe', '\u00e9']) expect(await peer.request(7, method, params, { 'mcp-name': value })).toMatchObject(mismatch)
  })

  test('a name that is not a string is rejected by the method', async () => {
    const peer = await open()
    expect(await peer.request(7, method, { name: 7, uri: 7 })).toMatchObject({ status: 200, messages: [{ id: 7, error: { code: -32602 } }] })
  })
})

test.each(['größe', ' padded ', '=?base64?YWRk?='])('the tool "%s" is called with its name in base64 [H40]', async (name) => {
  const peer = await open()
  expect(await peer.request(7, 'tools/call', { name }, { 'mcp-name': base64(name) })).toMatchObject(served)
})

test('a URI in any script is read with its base64', async () => {
  const peer = await open()
  const uri = 'shop://日本'
  expect(await peer.request(7, 'resources/read', { uri }, { 'mcp-name': base64(uri) })).toMatchObject(served)
})

test('methods without a name need no mcp-name, and ignore it', async () => {
  const peer = await open()
  expect(await peer.request(7, 'tools/list')).toMatchObject(served)
  expect(await peer.request(7, 'tools/list', {}, { 'mcp-name': 'whatever' })).toMatchObject(served)
})

test('session headers and headers of other tools are ignored, and none are sent [H43]', async () => {
  const peer = await open()
  const reply = await peer.request(7, 'tools/call', { name: 'add' }, { 'mcp-session-id': 'x', 'last-event-id': '1', 'mcp-param-region': 'eu' })
  expect(reply).toMatchObject(served)
  expect(reply.headers).not.toHaveProperty('mcp-session-id')
})

test('notifications need no headers', async () => {
  const peer = await open()
  const body = JSON.parse(modernText(undefined, 'notifications/cancelled', { requestId: 7 }))
  expect(await peer.post(JSON.stringify(body), { 'mcp-protocol-version': undefined, 'mcp-method': undefined })).toMatchObject({ status: 202, text: '' })
})

test('a session ignores these headers', async () => {
  const { url } = await serve('http', server)
  const peer = await Peer.open(url ?? '', 'legacy')
  expect(await peer.request(7, 'tools/call', { name: 'add' }, { 'mcp-method': 'tools/list', 'mcp-name': 'another' })).toMatchObject(served)
})
