/** Changes of what a server offers: told to each session once it is ready, and once however many there are. */
import { describe, expect, test } from 'vitest'
import { connect, legacyWays, modernWays, oneWire, serve } from '../harness/index.ts'
import { MODERN, modernText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const offered = () =>
  newServer()
    .tool('t', {}, () => 'ok')
    .resource('a://b', {}, () => 'ok')
    .prompt('p', {}, () => 'ok')

describe.each(legacyWays)('$name', ({ open, door, revision }) => {
  test('each kind of list has its own notification [C82] [C105]', async () => {
    const server = offered()
    const client = await open(server)
    server.tool('t2', {}, () => 'ok')
    await client.untilNotified('notifications/tools/list_changed')
    server.resource('a://{c}', {}, () => 'ok')
    await client.untilNotified('notifications/resources/list_changed')
    server.prompt('p2', {}, () => 'ok')
    await client.untilNotified('notifications/prompts/list_changed')
    expect(client.notifications).toHaveLength(3)
    expect(client.notifications.every(({ params = {} }) => Object.keys(params).length === 0)).toBe(true)
  })

  test('removing an item is a change, and removing an unknown one is not', async () => {
    const server = offered()
    const client = await open(server)
    expect([server.removeTool('nobody'), server.removeResource('a://nobody'), server.removePrompt('nobody')]).toEqual([false, false, false])
    expect(server.removeResource('a://b')).toBe(true)
    await client.untilNotified('notifications/resources/list_changed')
    expect(client.notifications).toHaveLength(1)
    expect(await client.result('resources/list')).toEqual({ resources: [] })
  })

  test('many changes at once are one notification', async () => {
    const server = offered()
    const client = await open(server)
    for (let index = 0; index < 20; index++) server.tool(`more ${index}`, {}, () => 'ok')
    server.removeTool('t')
    server.prompt('p2', {}, () => 'ok')
    await client.untilNotified('notifications/prompts/list_changed')
    expect(client.notifications.map(({ method }) => method)).toEqual(['notifications/tools/list_changed', 'notifications/prompts/list_changed'])
    server.removeTool('more 1')
    await client.next(({ method }) => method === 'notifications/tools/list_changed')
  })

  test('a change before notifications/initialized is sent once after it [C22]', async () => {
    const server = offered()
    const client = await connect(await serve(door, server), revision)
    await client.initialize()
    server.tool('t2', {}, () => 'ok')
    await client.result('ping')
    server.removeTool('t2')
    await client.result('ping')
    expect(client.notifications).toEqual([])
    await client.initialized()
    await client.untilNotified('notifications/tools/list_changed')
    await client.result('ping')
    expect(client.notifications).toHaveLength(1)
  })

  test('a change before initialize is not sent', async () => {
    const server = offered()
    const client = await connect(await serve(door, server), revision)
    server.tool('t2', {}, () => 'ok')
    await client.handshake()
    server.prompt('p2', {}, () => 'ok')
    await client.untilNotified('notifications/prompts/list_changed')
    expect(client.notifications).toHaveLength(1)
  })

  test('every session gets one notification, and ended sessions do not matter', async () => {
    const server = offered()
    const served = await serve(door, server)
    const clients = []
    for (let index = 0; index < 3; index++) {
      const client = await connect(served, revision)
      await client.handshake()
      clients.push(client)
    }
    await clients[0]?.close()
    server.tool('t2', {}, () => 'ok')
    for (const client of clients.slice(1)) {
      await client.untilNotified('notifications/tools/list_changed')
      await client.result('ping')
      expect(client.notifications).toHaveLength(1)
    }
  })
})

describe.each(modernWays)('$name', ({ open }) => {
  test('a client without a subscription gets no notification, and sees the change in the list [C70]', async () => {
    const server = offered()
    const client = await open(server)
    await client.result('tools/list')
    server.tool('t2', {}, () => 'ok')
    expect(await client.result('tools/list')).toMatchObject({ tools: [{ name: 't' }, { name: 't2' }] })
    expect(client.notifications).toEqual([])
  })
})

describe.each(oneWire.filter(({ revision, door }) => revision === '2025-11-25' && door !== 'sse'))('$door', ({ open }) => {
  test('a session gets changes although modern requests share its connection', async () => {
    const server = offered()
    const client = await open(server)
    const [answer] = await client.raw(modernText(1, 'server/discover'))
    expect(answer).toMatchObject({ result: { supportedVersions: [MODERN] } })
    server.tool('t2', {}, () => 'ok')
    await client.untilNotified('notifications/tools/list_changed')
    expect(client.notifications).toHaveLength(1)
  })
})
