/** Rules about every message: its encoding, its members, its error codes and its `_meta`. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everywhere, legacyWays, modernWays, type Way } from '../harness/index.ts'
import { CLIENT_CAPABILITIES, SERVER_INFO, type Message } from '../harness/message.ts'
import { newServer, textOf } from '../harness/server.ts'

const server = newServer()
  .tool('echo', { input: { text: z.string() } }, ({ text }) => text)
  .tool('fail', {}, () => {
    throw new Error('no\nway')
  })
  .tool('ask', {}, async (_, { elicit }) => JSON.stringify(await elicit('name', 'Your name?', z.object({ name: z.string() }))))
  .resource('a://b', {}, () => 'ok')
  .resource('a://broken', {}, () => {
    throw new Error('no')
  })
  .prompt('p', { args: { of: z.string() } }, ({ of }) => of)

const FAULTS: readonly [method: string, params: Record<string, unknown>][] = [
  ['no/such', {}],
  ['tools/call', { name: 'none' }],
  ['tools/call', { name: 'echo', arguments: [] }],
  ['tools/call', {}],
  ['resources/read', { uri: 'a://none' }],
  ['resources/read', { uri: 'a://broken' }],
  ['prompts/get', { name: 'p' }],
  ['prompts/list', { cursor: 'none' }],
]

async function faultsOf({ open }: Way): Promise<Message[]> {
  const client = await open(server)
  const answers = []
  for (const [method, params] of FAULTS) answers.push(await client.request(method, params))
  return answers
}

describe.each(everywhere)('$name', (way) => {
  test('text in every script passes in both directions, in JSON-RPC 2.0 [C1]', async () => {
    const client = await way.open(server)
    const text = 'größe 日本語 🌍 \u2028 \u0000'
    const answer = await client.request('tools/call', { name: 'echo', arguments: { text } })
    expect(answer.jsonrpc).toBe('2.0')
    expect(textOf(answer.result ?? {})).toBe(text)
  })

  test('a failure has an error and no result, with a code and one sentence [C4] [C12]', async () => {
    for (const answer of await faultsOf(way)) {
      expect(Object.keys(answer).toSorted()).toEqual(['error', 'id', 'jsonrpc'])
      expect(answer.error?.code).toSatisfy(Number.isInteger)
      expect(answer.error?.message).toMatch(/^[^\n]{1,200}$/)
    }
  })

  test('a success has a result and no error [C4]', async () => {
    const client = await way.open(server)
    expect(Object.keys(await client.request('tools/list')).toSorted()).toEqual(['id', 'jsonrpc', 'result'])
  })

  test('trace context of a request is not returned, and no _meta key is invented [C13] [C14]', async () => {
    const client = await way.open(server)
    const meta = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b', baggage: 'c=d' }
    for (const [method, params] of [['tools/list', {}], ['tools/call', { name: 'fail' }], ['resources/read', { uri: 'a://b' }]] as const) {
      const { _meta = {} } = await client.result(method, params, { meta })
      expect(Object.keys(_meta as object)).toEqual(way.modern ? [SERVER_INFO] : [])
    }
  })

  test('a request to run as a task runs as an ordinary call [C93]', async () => {
    const client = await way.open(server)
    expect(textOf(await client.result('tools/call', { name: 'echo', arguments: { text: 'x' }, task: { ttl: 60_000 } }))).toBe('x')
    expect(await client.error('tasks/get', { taskId: 'x' })).toMatchObject({ code: -32601 })
  })
})

describe.each(modernWays)('$name', (way) => {
  test('errors have the codes of JSON-RPC, and no legacy or invented ones [C10] [C11]', async () => {
    expect((await faultsOf(way)).map(({ error }) => error?.code)).toEqual([-32601, -32602, -32602, -32602, -32602, -32603, -32602, -32602])
  })

  test('an extension that only the client has changes nothing [C50]', async () => {
    const client = await way.open(server)
    const plain = await client.result('tools/list')
    const extended = await client.result('tools/list', {}, { meta: { [CLIENT_CAPABILITIES]: { extensions: { 'com.example/other': { deep: true } } } } })
    expect(extended).toEqual(plain)
  })

  test('requests, input requests and subscriptions work [C9]', async () => {
    const client = await way.open(server, { capabilities: { elicitation: {} } })
    expect(await client.result('server/discover')).toMatchObject({ resultType: 'complete' })
    expect(await client.call('ask')).toMatchObject({ resultType: 'input_required', inputRequests: { name: { method: 'elicitation/create' } } })
    client.start('subscriptions/listen', { notifications: { toolsListChanged: true } })
    expect(await client.untilNotified('notifications/subscriptions/acknowledged')).toMatchObject({ params: { notifications: { toolsListChanged: true } } })
  })
})

describe.each(legacyWays)('$name', (way) => {
  test('the handshake, requests and notifications work [C9]', async () => {
    const client = await way.open(server)
    await client.notify('notifications/unknown')
    expect(await client.result('ping')).toEqual({})
    expect(textOf(await client.call('echo', { text: 'x' }))).toBe('x')
  })
})
