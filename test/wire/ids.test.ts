/** Ids of every type: strings and integers come back as they were, and nothing else is an id. */
import { describe, expect, test } from 'vitest'
import { everywhere } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const server = newServer().tool('t', {}, () => 'ok')

describe.each(everywhere)('$name', ({ open }) => {
  test.each([0, 1, -1, 9_007_199_254_740_991, '', '1', 'a b', 'é', '__proto__', 'x'.repeat(1000)])('the id %j is returned unchanged [C3]', async (id) => {
    const client = await open(server)
    expect(await client.raw(client.text(id, 'tools/list'))).toMatchObject([{ id, result: { tools: [{ name: 't' }] } }])
    expect(await client.raw(client.text(id, 'no/such/method'))).toMatchObject([{ id, error: { code: -32601 } }])
  })

  test.each(['null', '1.5', '9007199254740993', '1e400', 'true', '{}', '[1]'])('the id %s is −32600, without an id, and the next request is served', async (literal) => {
    const client = await open(server)
    const text = client.text('ID', 'tools/list').replace('"ID"', literal)
    expect(await client.raw(text)).toMatchObject([{ id: null, error: { code: -32600 } }])
    expect(await client.result('tools/list')).toBeDefined()
  })

  test('an integer in any JSON notation is accepted', async () => {
    const client = await open(server)
    expect(await client.raw(client.text('ID', 'tools/list').replace('"ID"', '1.0'))).toMatchObject([{ id: 1, result: {} }])
  })
})
