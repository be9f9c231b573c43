/** The modern era: every request brings its own context, nothing is remembered, and a session may share the wire. */
import { toolResult } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { everywhere, modernWays, oneWire } from '../harness/index.ts'
import { CLIENT_CAPABILITIES, CLIENT_INFO, envelope, initializeParams, LOG_LEVEL, MODERN, modernText, NEWEST_LEGACY, PROTOCOL_VERSION, requestText } from '../harness/message.ts'
import { gate, newServer, textOf } from '../harness/server.ts'

const server = newServer()
  .tool('who', {}, (_, { client, revision, meta, can }) => JSON.stringify({ client, revision, meta, roots: can('roots') }))
  .tool('meta', {}, () => toolResult({ content: [], _meta: { 'example.com/mine': 1, 'io.modelcontextprotocol/serverInfo': { name: 'another', version: '2' } } }))
  .resource('a://b', {}, () => 'ok')
  .prompt('p', {}, () => 'ok')

describe.each(modernWays)('$name', ({ open }) => {
  test.each([
    ['initialize', initializeParams(NEWEST_LEGACY)],
    ['ping', {}],
    ['logging/setLevel', { level: 'info' }],
    ['resources/subscribe', { uri: 'a://b' }],
    ['resources/unsubscribe', { uri: 'a://b' }],
    ['roots/list', {}],
    ['notifications/initialized', {}],
  ])('%s does not exist [C52]', async (method, params) => {
    const client = await open(server)
    expect(await client.error(method, params)).toMatchObject({ code: -32601 })
  })

  test.each([
    ['a version that is a number', { [PROTOCOL_VERSION]: 20_260_728 }],
    ['a version that is null', { [PROTOCOL_VERSION]: null }],
    ['no capabilities', { [CLIENT_CAPABILITIES]: undefined }],
    ['capabilities that are null', { [CLIENT_CAPABILITIES]: null }],
    ['capabilities that are a list', { [CLIENT_CAPABILITIES]: [] }],
    ['client info that is a text', { [CLIENT_INFO]: 'me' }],
    ['client info without a name', { [CLIENT_INFO]: { version: '1' } }],
    ['client info without a version', { [CLIENT_INFO]: { name: 'x' } }],
    ['an unknown log level', { [LOG_LEVEL]: 'loud' }],
  ])('an envelope with %s is −32602 [C40]', async (_, meta) => {
    const client = await open(server)
    expect(await client.error('tools/list', {}, { meta })).toMatchObject({ code: -32602 })
    expect(await client.result('tools/list')).toBeDefined()
  })

  test('client info can be omitted [C40]', async () => {
    const client = await open(server)
    const said = JSON.parse(String(textOf(await client.call('who', {}, { meta: { [CLIENT_INFO]: undefined } }))))
    expect(said.client).toEqual({ capabilities: {} })
  })

  test.each(['2099-01-01', '2026-07-29', NEWEST_LEGACY, '2024-11-05', '', 'latest'])('revision "%s" in the envelope is −32022, with the supported revisions [C43]', async (requested) => {
    const client = await open(server)
    const error = await client.error('tools/list', {}, { meta: { [PROTOCOL_VERSION]: requested } })
    expect(error).toMatchObject({ code: -32022, data: { requested, supported: [MODERN] } })
  })

  test('a wrong version is reported before an unknown method, and an invalid envelope before both', async () => {
    const client = await open(server)
    expect(await client.error('no/such', {}, { meta: { [PROTOCOL_VERSION]: '2099-01-01' } })).toMatchObject({ code: -32022 })
    expect(await client.error('no/such', {}, { meta: { [PROTOCOL_VERSION]: '2099-01-01', [CLIENT_CAPABILITIES]: 1 } })).toMatchObject({ code: -32602 })
  })

  test('the handler gets the client info of its own request only [C41]', async () => {
    const client = await open(server)
    const said = async (meta: Record<string, unknown>) => JSON.parse(String(textOf(await client.call('who', {}, { meta }))))
    expect(await said({ [CLIENT_CAPABILITIES]: { roots: {} }, [CLIENT_INFO]: { name: 'rooted', version: '3' } })).toMatchObject({
      revision: MODERN,
      client: { info: { name: 'rooted', version: '3' }, capabilities: { roots: {} } },
      roots: true,
    })
    expect(await said({})).toMatchObject({ client: { info: { name: 'suite' }, capabilities: {} }, roots: false })
  })

  test('the handler gets unknown _meta keys, and not those of the engine', async () => {
    const client = await open(server)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const said = JSON.parse(String(textOf(await client.call('who', {}, { meta: { traceparent, 'example.com/x': [1], progressToken: 7, [LOG_LEVEL]: 'error' } }))))
    expect(said.meta).toEqual({ traceparent, 'example.com/x': [1], progressToken: 7 })
  })

  test('the _meta of a handler is merged with that of the server, and overrides it [C46]', async () => {
    const client = await open(server)
    expect((await client.call('meta'))._meta).toEqual({ 'example.com/mine': 1, 'io.modelcontextprotocol/serverInfo': { name: 'another', version: '2' } })
  })

  test('every list is the same after other requests [C51]', async () => {
    const client = await open(server)
    const before = await client.result('tools/list')
    await client.call('who', {}, { meta: { [CLIENT_CAPABILITIES]: { elicitation: {}, sampling: {} } } })
    expect(await client.result('tools/list')).toEqual(before)
  })
})

describe.each(oneWire.filter(({ revision, door }) => revision === NEWEST_LEGACY && door !== 'sse'))('$door', ({ open }) => {
  test('both eras share one connection, and are independent [S9]', async () => {
    const client = await open(server)
    const [modern] = await client.raw(modernText(1, 'tools/list'))
    const legacy = await client.result('tools/list')
    expect(modern?.result).toMatchObject({ resultType: 'complete' })
    expect(legacy).not.toHaveProperty('resultType')
    const said = await client.raw(modernText(2, 'tools/call', { name: 'who' }), requestText(3, 'tools/call', { name: 'who' }))
    expect(said.map(({ result = {} }) => JSON.parse(String(textOf(result))).revision).toSorted()).toEqual([NEWEST_LEGACY, MODERN])
    expect(await client.result('ping')).toEqual({})
    expect(await client.raw(modernText(4, 'ping'))).toMatchObject([{ error: { code: -32601 } }])
    expect(await client.raw(requestText(5, 'server/discover'))).toMatchObject([{ error: { code: -32601 } }])
  })

  test(`"not found" has the code of the request's era`, async () => {
    const client = await open(server)
    const answers = await client.raw(modernText(1, 'resources/read', { uri: 'a://none' }), requestText(2, 'resources/read', { uri: 'a://none' }))
    expect(Object.fromEntries(answers.map(({ id, error }) => [id, error?.code]))).toEqual({ 1: -32602, 2: -32002 })
  })

  test('each era has its own log level', async () => {
    const talking = newServer().tool('log', {}, (_, { log, id }) => {
      log.info(id)
      return 'ok'
    })
    const client = await open(talking)
    await client.result('logging/setLevel', { level: 'error' })
    await client.raw(requestText(1, 'tools/call', { name: 'log' }), modernText(2, 'tools/call', { name: 'log' }), modernText(3, 'tools/call', { name: 'log' }, { [LOG_LEVEL]: 'debug' }))
    expect(client.notifications.map(({ params }) => params?.data)).toEqual([3])
  })

  test('an id in flight in one era is in use for the other', async () => {
    const started = gate()
    const release = gate()
    const waiting = newServer().tool('wait', {}, async () => {
      started.open()
      await release
      return 'ok'
    })
    const client = await open(waiting)
    client.start('tools/call', { name: 'wait' }, { id: 'x' })
    await started
    expect(await client.raw(modernText('x', 'tools/list'))).toMatchObject([{ id: 'x', error: { code: -32600 } }])
    release.open()
    await client.until(({ id, result }) => id === 'x' && result !== undefined)
  })
})

describe.each(oneWire.filter(({ modern }) => modern))('$door', ({ open }) => {
  test('a handshake works after modern requests, and modern requests after it [S9]', async () => {
    const client = await open(server)
    await client.result('tools/list')
    expect(await client.raw(requestText(1, 'tools/list'))).toMatchObject([{ error: { code: -32600, message: expect.stringContaining('_meta') } }])
    expect(await client.raw(requestText(2, 'initialize', initializeParams('2025-06-18')))).toMatchObject([{ result: { protocolVersion: '2025-06-18' } }])
    expect(await client.raw(requestText(3, 'tools/list'))).toMatchObject([{ result: { tools: [{ name: 'who' }, { name: 'meta' }] } }])
    expect(await client.result('tools/list')).toMatchObject({ resultType: 'complete' })
  })

  test('a notification cancels a modern request [C31] [S7]', async () => {
    const started = gate()
    const stopped = gate()
    const waiting = newServer().tool('wait', {}, async (_, { signal }) => {
      started.open()
      signal.addEventListener('abort', () => stopped.open())
      await stopped
      return 'late'
    })
    const client = await open(waiting)
    const id = client.start('tools/call', { name: 'wait' })
    await started
    await client.notify('notifications/cancelled', { requestId: id, _meta: envelope() })
    await stopped
    await client.settled()
    expect(client.answersTo(id)).toEqual([])
  })
})

describe.each(everywhere)('$name', ({ open, modern }) => {
  test.each([
    ['tools/list', {}],
    ['tools/call', { name: 'who' }],
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri: 'a://b' }],
    ['prompts/list', {}],
    ['prompts/get', { name: 'p' }],
  ])('the result of %s has the form of its era [C45] [C130]', async (method, params) => {
    const client = await open(server)
    const result = await client.result(method, params)
    expect('resultType' in result).toBe(modern)
    expect('ttlMs' in result).toBe(modern && !['tools/call', 'prompts/get'].includes(method))
  })
})
