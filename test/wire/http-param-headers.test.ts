/** Arguments that a modern request repeats in headers: they must be there, and must say what the body says. */
import { jsonSchema } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Peer } from '../harness/http-peer.ts'
import { everywhere, modernWays, serve } from '../harness/index.ts'
import { newServer, textOf } from '../harness/server.ts'

type Json = Record<string, unknown>

const newStore = () =>
  newServer()
    .tool('find', { input: { region: z.string().optional().meta({ 'x-mcp-header': 'Region' }), text: z.string().optional() } }, ({ region }) => `in ${region ?? 'none'}`)
    .tool('take', { input: { count: z.int().meta({ 'x-mcp-header': 'Count' }), dry: z.boolean().optional().meta({ 'x-mcp-header': 'dry-run' }) } }, ({ count }) => `took ${count}`)
    .tool('nested', { input: jsonSchema({ type: 'object', properties: { where: { type: 'object', properties: { shelf: { type: 'object', properties: { row: { type: ['integer', 'string'][0], 'x-mcp-header': 'Row' } } } } } } }) }, () => 'ok')
    .tool('any', { input: jsonSchema({ type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } }) }, (args) => JSON.stringify(args))
    .tool('plain', { input: { region: z.string() } }, ({ region }) => region)

const open = async () => Peer.open((await serve('http', newStore())).url ?? '', 'modern')
const base64 = (text: string | Uint8Array) => `=?base64?${Buffer.from(text).toString('base64')}?=`

type Headers = Record<string, string | string[] | undefined>
const call = (peer: Peer, name: string, args: Json | undefined, headers: Headers = {}) => peer.request(7, 'tools/call', { name, ...(args && { arguments: args }) }, headers)

const MISMATCH = { status: 400, headers: { 'content-type': 'application/json; charset=utf-8' }, messages: [{ id: 7, error: { code: -32020 } }] }
const served = (text: string) => ({ status: 200, messages: [{ id: 7, result: { content: [{ text }] } }] })

type Row = [what: string, args: Json | undefined, headers: Headers]

describe('a call is served with [H41]', () => {
  test.each<Row>([
    ['the header', { region: 'eu' }, { 'Mcp-Param-Region': 'eu' }],
    ['the header in lower case', { region: 'eu' }, { 'mcp-param-region': 'eu' }],
    ['the header in upper case', { region: 'eu' }, { 'MCP-PARAM-REGION': 'eu' }],
    ['padding', { region: 'eu' }, { 'mcp-param-region': '  eu \t' }],
    ['base64', { region: 'größe 🙂' }, { 'mcp-param-region': base64('größe 🙂') }],
    ['base64 of a value that needs none', { region: 'eu' }, { 'mcp-param-region': base64('eu') }],
    ['base64 of padding', { region: ' eu ' }, { 'mcp-param-region': base64(' eu ') }],
    ['base64 of a value that looks like base64', { region: base64('eu') }, { 'mcp-param-region': base64(base64('eu')) }],
    ['base64 of nothing', { region: '' }, { 'mcp-param-region': base64('') }],
    ['an empty header', { region: '' }, { 'mcp-param-region': '' }],
    ['line ends in base64', { region: 'a\r\nb' }, { 'mcp-param-region': base64('a\r\nb') }],
    ['a value that only starts like base64', { region: '=?base64?ZXU=' }, { 'mcp-param-region': '=?base64?ZXU=' }],
    ['another encoding, which is text', { region: '=?BASE64?ZXU=?=' }, { 'mcp-param-region': '=?BASE64?ZXU=?=' }],
    ['text that looks like a number', { region: '42' }, { 'mcp-param-region': '42' }],
    ['no header for a missing argument', { text: 'x' }, {}],
    ['no header, where there are no arguments', undefined, {}],
    ['additional headers [H41]', { region: 'eu' }, { 'mcp-param-region': 'eu', 'mcp-param-other': 'x', 'mcp-param-text': 'y', 'mcp-param-': 'z' }],
  ])('%s: %j %j', async (_what, args, headers) => {
    expect(await call(await open(), 'find', args, headers)).toMatchObject(served(`in ${args?.region ?? 'none'}`))
  })
})

describe('a call is −32020 with [H38] [H40] [H41]', () => {
  test.each<Row>([
    ['no header', { region: 'eu' }, {}],
    ['no header for an empty text', { region: '' }, {}],
    ['another value', { region: 'eu' }, { 'mcp-param-region': 'us' }],
    ['another case', { region: 'eu' }, { 'mcp-param-region': 'EU' }],
    ['more', { region: 'eu' }, { 'mcp-param-region': 'eu,us' }],
    ['less', { region: 'eu' }, { 'mcp-param-region': '' }],
    ['it twice', { region: 'eu' }, { 'mcp-param-region': ['eu', 'eu'] }],
    ['base64 of another value', { region: 'eu' }, { 'mcp-param-region': base64('us') }],
    ['base64 without padding', { region: 'eu' }, { 'mcp-param-region': '=?base64?ZXU?=' }],
    ['base64 for URLs', { region: '???' }, { 'mcp-param-region': '=?base64?Pz8_?=' }],
    ['base64 with a space', { region: 'eu' }, { 'mcp-param-region': '=?base64?ZX U=?=' }],
    ['base64 of no UTF-8', { region: '\uFFFD' }, { 'mcp-param-region': base64(Uint8Array.of(0xff)) }],
    ['markers in upper case', { region: 'eu' }, { 'mcp-param-region': '=?BASE64?ZXU=?=' }],
    ['a value that looks like base64, unencoded', { region: base64('eu') }, { 'mcp-param-region': base64('eu') }],
    ['bytes beyond ASCII', { region: 'é' }, { 'mcp-param-region': 'é' }],
    ['a header, but no argument', { text: 'x' }, { 'mcp-param-region': 'eu' }],
    ['a header, but no arguments', undefined, { 'mcp-param-region': 'eu' }],
    ['an empty header, but no argument', { text: 'x' }, { 'mcp-param-region': '' }],
    ['a header that says "undefined"', { text: 'x' }, { 'mcp-param-region': 'undefined' }],
    ['a header, but null', { region: null }, { 'mcp-param-region': 'eu' }],
    ['a header that says "null"', { region: null }, { 'mcp-param-region': 'null' }],
  ])('%s: %j %j', async (_what, args, headers) => {
    const reply = await call(await open(), 'find', args, headers)
    expect(reply).toMatchObject(MISMATCH)
    expect(reply.messages[0]?.error?.message).toContain('mcp-param-region')
  })
})

describe('numbers and booleans [H41]', () => {
  test.each<[count: unknown, header: string]>([
    [42, '42'],
    [42, '42.0'],
    [42, '42.000'],
    [42, '4.2e1'],
    [-7, '-7'],
    [0, '0'],
    [0, '-0'],
    [1e21, '1e21'],
    [1e21, '1000000000000000000000'],
    [42, base64('42')],
  ])('%j equals "%s"', async (count, header) => {
    const reply = await call(await open(), 'take', { count }, { 'mcp-param-count': header })
    expect(reply.status).toBe(200)
  })

  test('42.0 in the body equals "42"', async () => {
    const peer = await open()
    const text = peer.text(7, 'tools/call', { name: 'take', arguments: { count: 42 } }).replace('"count":42', '"count":42.0')
    expect(text).toContain('42.0')
    expect(await peer.post(text, { 'mcp-param-count': '42' })).toMatchObject(served('took 42'))
  })

  test.each<[count: unknown, header: string]>([
    [42, '43'],
    [42, '42.5'],
    [42, ''],
    [0, ''],
    [0, ' '],
    [0, base64(' ')],
    [42, '0x2a'],
    [10, '0b1010'],
    [42, '42n'],
    [42, '4_2'],
    [42, '42,0'],
    [42, '.42e2'],
    [42, 'forty-two'],
    [42, base64(' 42 ')],
    [1, 'true'],
  ])('%j does not equal "%s"', async (count, header) => {
    expect(await call(await open(), 'take', { count }, { 'mcp-param-count': header })).toMatchObject(MISMATCH)
  })

  test.each([true, false])('%j is a word in lower case', async (dry) => {
    const peer = await open()
    const args = { count: 1, dry }
    expect(await call(peer, 'take', args, { 'mcp-param-count': '1', 'mcp-param-dry-run': String(dry) })).toMatchObject(served('took 1'))
    for (const header of [String(!dry), String(dry).toUpperCase(), dry ? '1' : '0', '', undefined]) {
      expect(await call(peer, 'take', args, { 'mcp-param-count': '1', 'mcp-param-dry-run': header })).toMatchObject(MISMATCH)
    }
  })

  test('each header is checked', async () => {
    const peer = await open()
    expect(await call(peer, 'take', { count: 1, dry: true }, { 'mcp-param-count': '1' })).toMatchObject(MISMATCH)
    expect(await call(peer, 'take', { count: 1, dry: true }, { 'mcp-param-dry-run': 'true' })).toMatchObject(MISMATCH)
  })
})

const at = (row: unknown) => ({ where: { shelf: { row } } })

describe('nested arguments', () => {
  test('have headers', async () => {
    const peer = await open()
    expect(await call(peer, 'nested', at(3), { 'mcp-param-row': '3' })).toMatchObject(served('ok'))
    for (const headers of [{}, { 'mcp-param-row': '4' }]) expect(await call(peer, 'nested', at(3), headers)).toMatchObject(MISMATCH)
  })

  test.each<[args: Json]>([[{}], [{ where: {} }], [{ where: { shelf: {} } }], [at(null)], [{ where: [] }], [{ where: 'shelf' }], [{ row: 3 }]])('are absent in %j, so the header must be absent, too', async (args) => {
    const peer = await open()
    expect(await call(peer, 'nested', args, { 'mcp-param-row': '3' })).toMatchObject(MISMATCH)
    expect(await call(peer, 'nested', args)).toMatchObject({ status: 200 })
  })
})

test('values that are not a string, number or boolean are left to the tool [H41]', async () => {
  const peer = await open()
  for (const region of [{ a: 1 }, ['eu'], [], {}]) {
    for (const headers of [{}, { 'mcp-param-region': 'eu' }]) {
      expect(await call(peer, 'any', { region }, headers)).toMatchObject({ status: 200, messages: [{ id: 7, result: { isError: true } }] })
    }
  }
})

test('a wrong type is rejected by the tool, if the header matches', async () => {
  const peer = await open()
  expect(await call(peer, 'any', { region: 42 }, { 'mcp-param-region': '42' })).toMatchObject({ status: 200, messages: [{ result: { isError: true } }] })
  expect(await call(peer, 'any', { region: 42 })).toMatchObject(MISMATCH)
})

test('arguments that are not an object are rejected by the method', async () => {
  const peer = await open()
  for (const args of ['eu', 7, ['eu']]) {
    const reply = await peer.request(7, 'tools/call', { name: 'find', arguments: args })
    expect(reply).toMatchObject({ status: 200, messages: [{ id: 7, error: { code: -32602 } }] })
  }
})

test('an unknown tool, and one without the annotation, need no headers', async () => {
  const peer = await open()
  for (const name of ['no such', 'constructor', '__proto__']) {
    expect(await call(peer, name, { region: 'eu' }, { 'mcp-param-region': 'us' })).toMatchObject({ status: 200, messages: [{ id: 7, error: { code: -32602 } }] })
  }
  expect(await call(peer, 'plain', { region: 'eu' }, { 'mcp-param-region': 'us' })).toMatchObject(served('eu'))
})

test('a name that is not a string needs no headers', async () => {
  const peer = await open()
  const reply = await peer.request(7, 'tools/call', { name: ['find'], arguments: { region: 'eu' } })
  expect(reply).toMatchObject({ status: 200, messages: [{ id: 7, error: { code: -32602 } }] })
})

test('other methods ignore the headers', async () => {
  const peer = await open()
  expect(await peer.request(7, 'tools/list', { arguments: { region: 'eu' } }, { 'mcp-param-region': 'us' })).toMatchObject({ status: 200, messages: [{ result: {} }] })
})

test('a replaced tool needs the headers of its new schema', async () => {
  const server = newStore()
  const peer = await Peer.open((await serve('http', server)).url ?? '', 'modern')
  expect(await call(peer, 'plain', { region: 'eu' })).toMatchObject(served('eu'))
  server.removeTool('plain')
  server.tool('plain', { input: { region: z.string().meta({ 'x-mcp-header': 'Region' }) } }, ({ region }) => region)
  expect(await call(peer, 'plain', { region: 'eu' })).toMatchObject(MISMATCH)
})

test('the annotation is in the listed schema', async () => {
  const reply = await (await open()).request(7, 'tools/list')
  expect(reply.text).toContain('"x-mcp-header":"Region"')
})

const unmarked = everywhere.filter(({ door, modern }) => door !== 'http' || !modern)

test.each(unmarked)('$name needs no headers', async ({ open: openWay }) => {
  const client = await openWay(newStore())
  expect(textOf(await client.call('find', { region: 'eu' }))).toBe('in eu')
})

test('legacy requests ignore the headers', async () => {
  const peer = await Peer.open((await open()).url, 'legacy')
  expect(await call(peer, 'find', { region: 'eu' }, { 'mcp-param-region': 'us' })).toMatchObject(served('in eu'))
})

test.each(modernWays.filter(({ door }) => door === 'http'))('$name: a rejected call leaves no state behind', async ({ open: openWay }) => {
  const client = await openWay(newStore())
  const refused = await client.error('tools/call', { name: 'find', arguments: { region: 'eu' } })
  expect(refused.code).toBe(-32020)
  expect(textOf(await client.call('find', {}))).toBe('in none')
})
