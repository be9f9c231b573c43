/** Log messages to the client: from the session's level on, or from the level that a modern request names. */
import { describe, expect, test } from 'vitest'
import { connect, everywhere, legacyWays, modernWays, serve } from '../harness/index.ts'
import { LOG_LEVEL } from '../harness/message.ts'
import { gate, newServer } from '../harness/server.ts'

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const

const server = newServer()
  .tool('shout', {}, (_, { log }) => {
    for (const level of LEVELS) log[level]({ said: level }, 'suite')
    return 'ok'
  })
  .resource('a://log', {}, (_, { log }) => {
    log.error('from a resource')
    return 'ok'
  })
  .prompt('log', {}, (_, { log }) => {
    log.error('from a prompt')
    return 'ok'
  })

describe.each(legacyWays)('$name', ({ open, door, revision }) => {
  test('before a level is set, messages from info on are sent [C120]', async () => {
    const client = await open(server)
    await client.call('shout')
    expect(client.notifications.map(({ params }) => params?.level)).toEqual(LEVELS.slice(1))
  })

  test.each(LEVELS)('from level %s on [C120]', async (level) => {
    const client = await open(server)
    expect(await client.result('logging/setLevel', { level })).toEqual({})
    await client.call('shout')
    expect(client.notifications.map(({ params }) => params?.level)).toEqual(LEVELS.slice(LEVELS.indexOf(level)))
  })

  test('a message has its level, its data and the name of its logger', async () => {
    const client = await open(server)
    await client.result('logging/setLevel', { level: 'emergency' })
    await client.call('shout')
    expect(client.notifications).toEqual([{ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'emergency', data: { said: 'emergency' }, logger: 'suite' } }])
  })

  test.each(['loud', 'INFO', '', undefined, null, 3, ['info']])('the level %s is −32602 and changes nothing [C120]', async (level) => {
    const client = await open(server)
    await client.result('logging/setLevel', { level: 'alert' })
    expect(await client.error('logging/setLevel', { level })).toMatchObject({ code: -32602 })
    await client.call('shout')
    expect(client.notifications).toHaveLength(2)
  })

  test('each session has its own level', async () => {
    const served = await serve(door, server)
    const [quiet, loud] = [await connect(served, revision), await connect(served, revision)]
    for (const client of [quiet, loud]) await client.handshake()
    await quiet.result('logging/setLevel', { level: 'emergency' })
    await loud.result('logging/setLevel', { level: 'debug' })
    await Promise.all([quiet.call('shout'), loud.call('shout')])
    expect([quiet.notifications.length, loud.notifications.length]).toEqual([1, 8])
  })

  test('a modern log level in _meta is ignored', async () => {
    const client = await open(server)
    await client.call('shout', {}, { meta: { [LOG_LEVEL]: 'emergency' } })
    expect(client.notifications).toHaveLength(7)
  })
})

describe.each(modernWays)('$name', ({ open }) => {
  test('a request without a level gets no log messages [C121]', async () => {
    const client = await open(server)
    await client.call('shout')
    await client.settled()
    expect(client.notifications).toEqual([])
  })

  test.each(LEVELS)('from level %s on, for that request only [C121]', async (level) => {
    const client = await open(server)
    await client.call('shout', {}, { meta: { [LOG_LEVEL]: level } })
    expect(client.notifications.map(({ params }) => params?.level)).toEqual(LEVELS.slice(LEVELS.indexOf(level)))
    const before = client.notifications.length
    await client.call('shout')
    expect(client.notifications).toHaveLength(before)
  })

  test.each(['loud', 'INFO', '', 3])('the level %s is −32602', async (level) => {
    const client = await open(server)
    expect(await client.error('tools/call', { name: 'shout' }, { meta: { [LOG_LEVEL]: level } })).toMatchObject({ code: -32602 })
    expect(client.notifications).toEqual([])
  })
})

describe.each(everywhere)('$name', ({ open, modern }) => {
  const meta = modern ? { [LOG_LEVEL]: 'info' } : {}

  test('messages arrive before the response, and none after it [C121]', async () => {
    const ended = gate()
    const talkative = newServer().tool('talk', {}, async (_, { log }) => {
      log.info('before')
      void ended.then(() => log.info('after'))
      return 'ok'
    })
    const client = await open(talkative)
    await client.call('talk', {}, { meta })
    ended.open()
    await client.settled()
    expect(client.received.slice(-2)).toMatchObject([{ params: { data: 'before' } }, { result: {} }])
  })

  test('resources and prompts can log like tools', async () => {
    const client = await open(server)
    await client.result('resources/read', { uri: 'a://log' }, { meta })
    await client.result('prompts/get', { name: 'log' }, { meta })
    expect(client.notifications.map(({ params }) => params?.data)).toEqual(['from a resource', 'from a prompt'])
  })

  test('data that JSON cannot express throws in the handler', async () => {
    const failing = newServer().tool('t', {}, (_, { log }) => log.info(1n))
    const client = await open(failing)
    expect(await client.call('t', {}, { meta })).toMatchObject({ isError: true })
  })
})
