/** `tools/list`: every tool in the order of its registration, with the schemas that its author wrote. */
import { tool } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everywhere } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

describe.each(everywhere)('$name', ({ open }) => {
  test('lists all members of a tool [C80] [C81]', async () => {
    const server = newServer()
      .tool('zeta', {}, () => 'ok')
      .tool(
        'add',
        {
          description: 'Add two numbers',
          annotations: { readOnlyHint: true },
          input: { a: z.number().describe('the first'), b: z.number().optional() },
          output: { sum: z.number() },
        },
        ({ a, b = 0 }) => ({ sum: a + b }),
      )
    const client = await open(server)
    const { tools } = await client.result('tools/list')
    expect(tools).toMatchObject([
      { name: 'zeta', inputSchema: { type: 'object', properties: {} } },
      {
        name: 'add',
        description: 'Add two numbers',
        inputSchema: { type: 'object', properties: { a: { type: 'number', description: 'the first' }, b: { type: 'number' } }, required: ['a'] },
      },
    ])
  })

  test('accepts a schema object and a field map', async () => {
    const server = newServer().tool('greet', { input: z.object({ name: z.string().default('you') }) }, ({ name }) => name)
    const client = await open(server)
    const { tools } = await client.result('tools/list')
    expect(tools).toMatchObject([{ name: 'greet', inputSchema: { type: 'object', properties: { name: { type: 'string', default: 'you' } } } }])
  })

  test('lists tools that were defined separately', async () => {
    const shared = tool('shared', { description: 'For any server' }, () => 'ok')
    const [first, second] = await Promise.all([open(newServer().add(shared)), open(newServer().add(shared))])
    expect(await first.result('tools/list')).toMatchObject({ tools: [{ name: 'shared', description: 'For any server' }] })
    expect(await second.result('tools/list')).toMatchObject({ tools: [{ name: 'shared' }] })
  })

  test('is empty after the last tool is removed', async () => {
    const server = newServer().tool('t', {}, () => 'ok')
    const client = await open(server)
    server.removeTool('t')
    expect(await client.result('tools/list')).toMatchObject({ tools: [] })
    expect(await client.error('tools/call', { name: 't' })).toMatchObject({ code: -32602 })
  })

  test.each(['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'])('%s rejects an unknown cursor [C125]', async (method) => {
    const server = newServer()
      .tool('t', {}, () => 'ok')
      .resource('a://b', {}, () => 'ok')
      .prompt('p', {}, () => 'ok')
    const client = await open(server)
    for (const cursor of ['2', '', 7]) expect(await client.error(method, { cursor })).toMatchObject({ code: -32602 })
    expect(await client.result(method)).toBeDefined()
  })
})
