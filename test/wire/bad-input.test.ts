/** What is not a message: it is answered as JSON-RPC wants, if at all, and the next request is served. */
import { describe, expect, test } from 'vitest'
import { everywhere } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const server = newServer().tool('t', {}, () => 'ok')

describe.each(everywhere)('$name', ({ open, revision }) => {
  test.each(['{', 'hello', '{"jsonrpc":"2.0","id":1,"method":"ping"', "{'jsonrpc':'2.0'}", '\u0000', 'undefined'])('%j is not JSON: −32700 [S3]', async (text) => {
    const client = await open(server)
    expect(await client.raw(text)).toMatchObject([{ id: null, error: { code: -32700 } }])
    expect(await client.result('tools/list')).toBeDefined()
  })

  test.each([
    ['null', null],
    ['1', null],
    ['"text"', null],
    ['{}', null],
    ['{"jsonrpc":"2.0"}', null],
    ['{"jsonrpc":"2.0","id":5}', 5],
    ['{"id":5,"method":"tools/list"}', 5],
    ['{"jsonrpc":"1.0","id":5,"method":"tools/list"}', 5],
    ['{"jsonrpc":2.0,"id":"5","method":"tools/list"}', '5'],
    ['{"jsonrpc":"2.0","id":5,"method":5}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":null}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":"tools/list","params":[]}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":"tools/list","params":"x"}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":"tools/list","result":{}}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":"tools/list","error":{"code":1,"message":"x"}}', 5],
  ])('%s is not a message: −32600, with its id if that is readable', async (text, id) => {
    const client = await open(server)
    expect(await client.raw(text)).toMatchObject([{ id, error: { code: -32600 } }])
    expect(await client.result('tools/list')).toBeDefined()
  })

  test('[case A7] an error repeats at most 200 characters of a name or method', async () => {
    const client = await open(server)
    const long = 'x'.repeat(5000)
    for (const [method, params] of [['tools/call', { name: long }], ['prompts/get', { name: long }], ['completion/complete', { ref: { type: 'ref/prompt', name: long }, argument: { name: 'a', value: '' } }], [long, {}]] as const) {
      expect((await client.error(method, params)).message.length).toBeLessThan(300)
    }
  })

  test('JSON of any depth gets a response', async () => {
    const client = await open(server)
    const deep = (piece: string, end: string) => client.text('deep', 'tools/call', { name: 't', arguments: { x: 'X' } }).replace('"X"', `${piece.repeat(50_000)}1${end.repeat(50_000)}`)
    for (const text of [deep('[', ']'), deep('{"x":', '}')]) expect(await client.raw(text)).toMatchObject([{ id: 'deep' }])
    expect(await client.result('tools/list')).toBeDefined()
  })

  // In 2025-03-26 alone a list is a batch.
  const refused = revision === '2025-03-26' ? ['[]'] : ['[]', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', '[1]']
  test.each(refused)('the batch %s is −32600, once [C8]', async (text) => {
    const client = await open(server)
    expect(await client.raw(text)).toMatchObject([{ id: null, error: { code: -32600 } }])
    expect(await client.result('tools/list')).toBeDefined()
  })
})

describe.each(everywhere.filter(({ door }) => door === 'memory' || door === 'stdio'))('$name', ({ open }) => {
  test.each([
    '{"jsonrpc":"2.0","method":"notifications/unknown"}',
    '{"jsonrpc":"2.0","method":"tools/list"}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":[]}',
    '{"jsonrpc":"1.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","method":5}',
    '{"jsonrpc":"2.0","id":7,"result":{}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    '{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}',
    '{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":"x"}}',
    '{"jsonrpc":"2.0","id":7,"result":5}',
    '{"jsonrpc":"2.0","result":{}}',
  ])('%s is a notification or a response, and gets no response [C5]', async (text) => {
    const client = await open(server)
    expect(await client.raw(text)).toEqual([])
    expect(await client.result('tools/list')).toBeDefined()
  })
})
