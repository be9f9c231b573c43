/** What a server does not offer does not exist, and what it offers it declares. */
import { describe, expect, test } from 'vitest'
import { connect, everywhere, serve } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const FEATURES: Record<string, [method: string, params: Record<string, unknown>][]> = {
  tools: [
    ['tools/list', {}],
    ['tools/call', { name: 'x' }],
  ],
  resources: [
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri: 'a://b' }],
  ],
  prompts: [
    ['prompts/list', {}],
    ['prompts/get', { name: 'x' }],
  ],
}

const offering = {
  tools: () => newServer().tool('x', {}, () => 'ok'),
  resources: () => newServer().resource('a://b', {}, () => 'ok'),
  prompts: () => newServer().prompt('x', {}, () => 'ok'),
}

describe.each(everywhere)('$name', ({ open, door, revision, modern }) => {
  test.each(Object.values(FEATURES).flat())('%s is −32601 on an empty server', async (method, params) => {
    const client = await open(newServer())
    expect(await client.error(method, params)).toMatchObject({ code: -32601 })
  })

  test.each(['completion/complete', 'tasks/list', 'roots/list', 'no/such/method', 'constructor', '', 'tools', 'TOOLS/LIST'])('%s is −32601 on a server with all features', async (method) => {
    const server = newServer()
      .tool('x', {}, () => 'ok')
      .resource('a://b', {}, () => 'ok')
      .prompt('x', {}, () => 'ok')
    const client = await open(server)
    expect(await client.error(method, { uri: 'a://b' })).toMatchObject({ code: -32601 })
    expect(await client.result('tools/list')).toBeDefined()
  })

  test.each(['tools', 'resources', 'prompts'] as const)('a server with %s declares and serves only those [C80] [C100] [C110]', async (feature) => {
    const client = await connect(await serve(door, offering[feature]()), revision)
    const { capabilities } = modern ? await client.result('server/discover') : await client.initialize()
    expect(capabilities).toEqual({ logging: {}, [feature]: { listChanged: true, ...(feature === 'resources' && { subscribe: true }) } })
    for (const [name, methods] of Object.entries(FEATURES)) {
      for (const [method, params] of methods) {
        if (name === feature) expect(await client.result(method, params)).toBeDefined()
        else expect(await client.error(method, params)).toMatchObject({ code: -32601 })
      }
    }
  })

  test('a server with templates only declares resources', async () => {
    const client = await open(newServer().resource('a://{b}', {}, ({ b }) => b))
    expect(await client.result('resources/list')).toMatchObject({ resources: [] })
    expect(await client.result('resources/templates/list')).toMatchObject({ resourceTemplates: [{ uriTemplate: 'a://{b}' }] })
  })

  test('items that are added while clients are connected are served to them', async () => {
    const server = newServer().tool('first', {}, () => 'ok')
    const client = await open(server)
    server.tool('second', {}, () => 'late')
    expect(await client.call('second')).toMatchObject({ content: [{ text: 'late' }] })
    expect(await client.result('tools/list')).toMatchObject({ tools: [{ name: 'first' }, { name: 'second' }] })
  })
})
