/** The handshake of the legacy era: who may speak before it, what it settles, and what a second one does. */
import { describe, expect, test } from 'vitest'
import { connect, oneWire, serve, wholeMatrix, type Way } from '../harness/index.ts'
import { initializeParams, LEGACY, NEWEST_LEGACY, requestText, type Json } from '../harness/message.ts'
import { newServer, textOf } from '../harness/server.ts'

const untold = async ({ door, revision }: Way, server = newServer()) => connect(await serve(door, server), revision)

describe.each(wholeMatrix.filter(({ modern }) => !modern))('$name', (way) => {
  test('initialize returns the requested revision, the capabilities and the name of the server [C20] [C21]', async () => {
    const server = newServer({ title: 'The suite', instructions: 'Be kind' }).tool('t', {}, () => 'ok')
    const client = await untold(way, server)
    expect(await client.initialize()).toEqual({
      protocolVersion: way.revision,
      capabilities: { logging: {}, tools: { listChanged: true } },
      serverInfo: { name: 'suite', version: '1.0.0', ...(way.revision >= '2025-06-18' && { title: 'The suite' }) },
      instructions: 'Be kind',
    })
  })

  test.each(['2026-07-28', '2099-01-01', '1.0', ''])('initialize with revision "%s" returns the newest legacy revision [C21] [C24]', async (asked) => {
    const client = await untold(way)
    expect(await client.result('initialize', initializeParams(asked))).toMatchObject({ protocolVersion: NEWEST_LEGACY })
  })

  test.each<[string, Json]>([
    ['no version', { protocolVersion: undefined }],
    ['a version that is a number', { protocolVersion: 20_250_618 }],
    ['no capabilities', { capabilities: undefined }],
    ['capabilities that are null', { capabilities: null }],
    ['capabilities that are a list', { capabilities: [] }],
    ['no client', { clientInfo: undefined }],
    ['a client without a name', { clientInfo: { version: '1' } }],
    ['a client without a version', { clientInfo: { name: 'x' } }],
  ])('%s is −32602, and a handshake works afterwards [C24]', async (_, wrong) => {
    const client = await untold(way)
    expect(await client.error('initialize', { ...initializeParams(way.revision), ...wrong })).toMatchObject({ code: -32602 })
    expect(await client.initialize()).toMatchObject({ protocolVersion: way.revision })
  })

  test('unknown capabilities and members of a client are accepted', async () => {
    const client = await untold(way)
    const params = { ...initializeParams(way.revision), capabilities: { tomorrow: { x: 1 } }, clientInfo: { name: 'x', version: '1', mood: 'good' }, more: true }
    expect(await client.result('initialize', params)).toMatchObject({ protocolVersion: way.revision })
  })

  test('[case 45] a second initialize restarts the session, with the client that it names', async () => {
    const server = newServer().tool('who', {}, (_, { client, revision }) => JSON.stringify({ client, revision }))
    const client = await way.open(server)
    expect(await client.result('initialize', { ...initializeParams(way.revision), clientInfo: { name: 'second', version: '2' } })).toMatchObject({ protocolVersion: way.revision })
    await client.initialized()
    expect(JSON.parse(String(textOf(await client.call('who'))))).toEqual({ client: { info: { name: 'second', version: '2' }, capabilities: {} }, revision: way.revision })
  })

  test('a second initialize that is invalid is −32602, and the session continues', async () => {
    const client = await way.open(newServer())
    expect(await client.error('initialize', { ...initializeParams(way.revision), clientInfo: null })).toMatchObject({ code: -32602 })
    expect(await client.result('ping')).toEqual({})
  })

  test.each(['tools/list', 'resources/read', 'logging/setLevel', 'server/discover', 'no/such/method'])('%s before initialize is −32600, and the error explains what to send', async (method) => {
    const client = await untold(way, newServer().tool('t', {}, () => 'ok'))
    const error = await client.error(method)
    expect(error).toMatchObject({ code: -32600, message: expect.stringContaining('"initialize"') })
  })

  test('requests are served before notifications/initialized', async () => {
    const client = await untold(way, newServer().tool('t', {}, () => 'ok'))
    await client.initialize()
    expect(await client.result('tools/list')).toMatchObject({ tools: [{ name: 't' }] })
    expect(await client.result('ping')).toEqual({})
  })

  test('the handler gets the name of the client', async () => {
    const server = newServer().tool('who', {}, (_, { client, revision, can }) => JSON.stringify({ client, revision, can: [can('roots'), can('sampling'), can('constructor')] }))
    const client = await untold(way, server)
    await client.result('initialize', { ...initializeParams(way.revision), capabilities: { roots: {} } })
    expect(JSON.parse(String(textOf(await client.call('who'))))).toEqual({
      client: { info: { name: 'suite', version: '1.0.0' }, capabilities: { roots: {} } },
      revision: way.revision,
      can: [true, false, false],
    })
  })

  test('ping gets an empty result [C26]', async () => {
    const client = await way.open(newServer())
    expect(await client.result('ping')).toEqual({})
    expect(await client.result('ping', { _meta: { x: 1 } })).toEqual({})
  })
})

describe.each(oneWire.filter(({ modern }) => !modern))('$name', (way) => {
  test('ping works before initialize, and before notifications/initialized [C26]', async () => {
    const client = await untold(way)
    expect(await client.result('ping')).toEqual({})
    await client.initialize()
    expect(await client.result('ping')).toEqual({})
  })

  test('initialized before initialize is ignored', async () => {
    const client = await untold(way)
    await client.initialized()
    expect(await client.error('tools/list')).toMatchObject({ code: -32600 })
    expect(await client.initialize()).toMatchObject({ protocolVersion: way.revision })
  })
})

describe.each(oneWire.filter(({ modern, door }) => !modern && door !== 'sse'))('$name', (way) => {
  test('messages right after initialize reach the session, and get their responses after it', async () => {
    const server = newServer().tool('chat', {}, (_, { log }) => {
      log.error('hello')
      return 'ok'
    })
    const client = await untold(way, server)
    await client.raw(
      requestText(1, 'initialize', initializeParams(way.revision)),
      JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
      requestText(2, 'tools/call', { name: 'chat' }),
    )
    await client.until(({ id }) => id === 2)
    expect(client.received.map(({ id, method }) => id ?? method)).toEqual([1, 'notifications/message', 2])
  })

  test('initialize cannot be cancelled [C33]', async () => {
    const client = await untold(way)
    const cancel = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })
    const answers = await client.raw(requestText(1, 'initialize', initializeParams(way.revision)), cancel)
    expect(answers).toMatchObject([{ id: 1, result: { protocolVersion: way.revision } }])
  })
})

test.each(['memory', 'stdio', 'http', 'sse'] as const)('%s: each client of one server has its requested revision', async (door) => {
  const served = await serve(door, newServer().tool('revision', {}, (_, ctx) => ctx.revision))
  const clients = await Promise.all(LEGACY.map((revision) => connect(served, revision)))
  for (const client of clients) await client.handshake()
  const said = await Promise.all(clients.map(async (client) => textOf(await client.call('revision'))))
  expect(said).toEqual(LEGACY)
})
