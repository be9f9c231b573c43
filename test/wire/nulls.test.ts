/** Optional members that clients send as null: they count as absent. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everywhere, legacyWays, modernWays } from '../harness/index.ts'
import { LOG_LEVEL, requestText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const newTarget = () =>
  newServer({ pageSize: 1 })
    .tool('first', { input: { a: z.number().nullable().optional() } }, (args) => JSON.stringify(args))
    .tool('second', {}, () => 'ok')
    .resource('x://doc', {}, () => 'text')
    .prompt('greet', { args: { name: z.string().optional() }, complete: { name: (value, given) => [`${value}${JSON.stringify(given)}`] } }, (args) => JSON.stringify(args))

const ref = { type: 'ref/prompt', name: 'greet' }
const argument = { name: 'name', value: '' }

describe.each(everywhere)('$name', ({ open, modern }) => {
  test.each<[member: string, method: string, params: object, result: object]>([
    ['arguments of a tool', 'tools/call', { name: 'first', arguments: null }, { content: [{ text: '{}' }] }],
    ['cursor', 'tools/list', { cursor: null }, { tools: [{ name: 'first' }] }],
    ['cursor', 'resources/list', { cursor: null }, { resources: [{}] }],
    ['cursor', 'resources/templates/list', { cursor: null }, { resourceTemplates: [] }],
    ['cursor', 'prompts/list', { cursor: null }, { prompts: [{}] }],
    ['arguments of a prompt', 'prompts/get', { name: 'greet', arguments: null }, { messages: [{ content: { text: '{}' } }] }],
    ['one argument of a prompt', 'prompts/get', { name: 'greet', arguments: { name: null } }, { messages: [{ content: { text: '{}' } }] }],
    ['context', 'completion/complete', { ref, argument, context: null }, { completion: { values: ['{}'] } }],
    ['arguments of context', 'completion/complete', { ref, argument, context: { arguments: null } }, { completion: { values: ['{}'] } }],
    ['one argument of context', 'completion/complete', { ref, argument, context: { arguments: { other: null } } }, { completion: { values: ['{}'] } }],
  ])('%s: %s %j [case 26]', async (_member, method, params, result) => {
    const client = await open(newTarget())
    expect(await client.result(method, params as never)).toMatchObject(result)
  })

  test('null in the arguments of a tool is a value for its schema [case 26]', async () => {
    const client = await open(newTarget())
    expect(await client.result('tools/call', { name: 'first', arguments: { a: null } })).toMatchObject({ content: [{ text: '{"a":null}' }] })
  })

  if (modern) return
  test('params and _meta [case 26]', async () => {
    const client = await open(newTarget())
    expect(await client.raw('{"jsonrpc":"2.0","id":77,"method":"tools/list","params":null}')).toMatchObject([{ id: 77, result: { tools: [{ name: 'first' }] } }])
    expect(await client.raw('{"jsonrpc":"2.0","id":78,"method":"ping","params":{"_meta":null}}')).toMatchObject([{ id: 78, result: {} }])
    expect(await client.raw(requestText(79, 'tools/list', { _meta: { progressToken: null } } as never))).toMatchObject([{ id: 79, result: {} }])
  })
})

describe.each(modernWays)('$name', ({ open }) => {
  test('members of _meta, and of input responses [case 26]', async () => {
    const client = await open(newTarget())
    const meta = { 'io.modelcontextprotocol/clientInfo': null, [LOG_LEVEL]: null, progressToken: null }
    const id = client.start('tools/call', { name: 'first', inputResponses: null, requestState: null }, { meta })
    expect(await client.until((message) => message.id === id)).toMatchObject({ result: { content: [{ text: '{}' }] } })
  })

  test('flags and URIs of subscriptions/listen [case 26]', async () => {
    const client = await open(newTarget())
    client.start('subscriptions/listen', { notifications: { toolsListChanged: true, promptsListChanged: null, resourceSubscriptions: null } }, { id: 5 })
    expect(await client.until(({ method }) => method === 'notifications/subscriptions/acknowledged')).toMatchObject({ params: { notifications: { toolsListChanged: true } } })
  })
})

describe.each(legacyWays.filter(({ name }) => name === 'memory 2025-11-25'))('$name', ({ open }) => {
  test('the content of a declined form, and the unused one of result and error [case 26]', async () => {
    const server = newServer().tool('ask', {}, async (_args, ctx) => JSON.stringify(await ctx.elicit('k', 'Name?', { name: z.string().optional() })))
    const client = await open(server, { capabilities: { elicitation: {} } })
    for (const action of ['decline', 'accept']) {
      client.onQuestion = ({ id }) => void client.answer(id, { result: { action, content: null }, error: null } as never)
      expect(await client.call('ask')).toMatchObject({ content: [{ text: expect.stringContaining(`"action":"${action}"`) }] })
    }
  })
})
