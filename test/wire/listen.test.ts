/** `subscriptions/listen`: a request of the modern era that stays open, and tells of the changes that it asked for. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { McpServer } from '@gangway/core'
import type { Client } from '../harness/client.ts'
import { Peer } from '../harness/http-peer.ts'
import { connect, modernWays, serve, type DoorName } from '../harness/index.ts'
import { LOG_LEVEL, MODERN, modernText, type Id, type Json, type Message } from '../harness/message.ts'
import { gate, newServer } from '../harness/server.ts'

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId'
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged'
const UPDATED = 'notifications/resources/updated'
const LISTEN = 'subscriptions/listen'
const EVERYTHING = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ['shop://tea', 'shop://orders/7', 'shop://shelf'] }
const LISTS = ['notifications/tools/list_changed', 'notifications/prompts/list_changed', 'notifications/resources/list_changed']

const newShop = () =>
  newServer()
    .tool('t', {}, () => 'ok')
    .prompt('p', { args: { a: z.string() } }, () => 'ok')
    .resource('shop://tea', {}, () => 'tea')
    .resource('shop://orders/{order}', {}, ({ order }) => order)

const idOf = ({ params }: Message) => (params?._meta as Json | undefined)?.[SUBSCRIPTION]
/** What came for a subscription, up to now. */
const on = (client: Client, id: Id) => client.notifications.filter((message) => idOf(message) === id)
const told = (client: Client, id: Id) => on(client, id).slice(1).map(({ method, params }) => (method === UPDATED ? params?.uri : method))

/** Resolves once the server has acknowledged. */
async function listen(client: Client, notifications: Json, id?: Id, meta: Json = {}): Promise<Id> {
  const started = client.start(LISTEN, { notifications }, { ...(id !== undefined && { id }), meta })
  await client.until((message) => message.method === ACKNOWLEDGED && idOf(message) === started)
  return started
}

/** Changes all there is, and then the last resource, of which `clients` must hear on the subscription of that name. */
async function changeAll(server: McpServer, ...heard: readonly (readonly [Client, Id])[]): Promise<void> {
  const last = heard.map(([client, id]) => client.next((message) => message.params?.uri === 'shop://shelf/last' && idOf(message) === id))
  const { tools } = server.definition
  server.tool(`t${tools.size}`, {}, () => 'ok').prompt(`p${tools.size}`, {}, () => 'ok').resource(`shop://${tools.size}`, {}, () => 'ok')
  for (const uri of ['shop://tea', 'shop://nobody', 'shop://orders/7', 'shop://orders/8', 'shop://orders/7/lines', 'shop://shelf/last']) server.changed(uri)
  await Promise.all(last)
}

/** Follows who listens to the changes of a server; `left` opens when one has ceased to. */
function watch({ changes }: McpServer) {
  const left = gate()
  const watched = { count: 0, left }
  const subscribe = changes.subscribe.bind(changes)
  changes.subscribe = (listener, lists) => {
    const subscription = subscribe(listener, lists)
    watched.count++
    return {
      ...subscription,
      end: () => {
        subscription.end()
        watched.count--
        left.open()
      },
    }
  }
  return watched
}

const SERVED: readonly DoorName[] = ['memory', 'stdio', 'http']

describe.each(modernWays)('$name', ({ open, door }) => {
  test('the first message acknowledges the filter, with the id of the request [C71] [C72]', async () => {
    const client = await open(newShop())
    const id = await listen(client, EVERYTHING)
    expect(client.received).toEqual([{ jsonrpc: '2.0', method: ACKNOWLEDGED, params: { notifications: EVERYTHING, _meta: { [SUBSCRIPTION]: id } } }])
  })

  test.each<Id>(['text', '7', 7, 0, '', -1])('the id %j keeps its type in every message [C72]', async (id) => {
    const server = newShop()
    const client = await open(server)
    await listen(client, { toolsListChanged: true, resourceSubscriptions: ['shop://shelf'] }, id)
    await changeAll(server, [client, id])
    expect(client.notifications.map(idOf)).toEqual([id, id, id])
  })

  test('a subscription gets only the changes in its filter [C70] [C74] [C82] [C105]', async () => {
    const server = newShop()
    const client = await open(server)
    const id = await listen(client, EVERYTHING)
    await changeAll(server, [client, id])
    expect(told(client, id)).toEqual([...LISTS, 'shop://tea', 'shop://orders/7', 'shop://orders/7/lines', 'shop://shelf/last'])
    expect(on(client, id)[1]).toEqual({ jsonrpc: '2.0', method: LISTS[0], params: { _meta: { [SUBSCRIPTION]: id } } })
    expect(on(client, id)[4]).toEqual({ jsonrpc: '2.0', method: UPDATED, params: { uri: 'shop://tea', _meta: { [SUBSCRIPTION]: id } } })
    expect(client.notifications).toHaveLength(8)
  })

  test.each<[Json, unknown[]]>([
    [{ toolsListChanged: true }, [LISTS[0]]],
    [{ promptsListChanged: true }, [LISTS[1]]],
    [{ resourcesListChanged: true }, [LISTS[2]]],
    [{ resourceSubscriptions: ['shop://tea'] }, ['shop://tea']],
    [{ toolsListChanged: false, promptsListChanged: true, resourcesListChanged: false }, [LISTS[1]]],
    [{}, []],
    [{ resourceSubscriptions: [] }, []],
  ])('%j gets no other changes [C70]', async (notifications, expected) => {
    const server = newShop()
    const served = await serve(door, server)
    const client = await connect(served, MODERN)
    const id = await listen(client, notifications)
    await changeAll(server)
    await served.end?.()
    await client.until((message) => message.id === id)
    expect(told(client, id)).toEqual(expected)
    const asked = Object.fromEntries(Object.entries(notifications).filter(([, value]) => value !== false))
    expect(on(client, id)[0]?.params).toMatchObject({ notifications: asked })
    expect(Object.keys(on(client, id)[0]?.params?.notifications as Json)).toEqual(Object.keys(asked))
  })

  test('one client can have several subscriptions, each with its id and filter [C70] [C72]', async () => {
    const server = newShop()
    const client = await open(server)
    const ids = [await listen(client, { toolsListChanged: true, resourceSubscriptions: ['shop://shelf'] }), await listen(client, EVERYTHING), await listen(client, { toolsListChanged: true, resourceSubscriptions: ['shop://shelf'] })]
    await changeAll(server, ...ids.map((id) => [client, id] as const))
    expect(ids.map((id) => told(client, id).length)).toEqual([2, 7, 2])
    await client.cancel(ids[1] as Id)
    await client.settled()
    await changeAll(server, [client, ids[0] as Id], [client, ids[2] as Id])
    expect([told(client, ids[0] as Id).length, told(client, ids[2] as Id).length]).toEqual([4, 4])
  })

  test('two clients can use one id, and each gets its own changes [C70] [C72]', async () => {
    const server = newShop()
    const served = await serve(door, server)
    const [ann, ben] = [await connect(served, MODERN), await connect(served, MODERN)]
    await listen(ann, { toolsListChanged: true, resourceSubscriptions: ['shop://shelf'] }, 1)
    await listen(ben, { promptsListChanged: true, resourceSubscriptions: ['shop://shelf'] }, 1)
    await changeAll(server, [ann, 1], [ben, 1])
    expect([told(ann, 1), told(ben, 1)]).toEqual([[LISTS[0], 'shop://shelf/last'], [LISTS[1], 'shop://shelf/last']])
    await ann.close()
    await changeAll(server, [ben, 1])
    expect(told(ben, 1)).toHaveLength(4)
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'tools'],
    ['a list', ['toolsListChanged']],
    ['a flag that is a text', { toolsListChanged: 'true' }],
    ['a flag that is a number', { resourcesListChanged: 1 }],
    ['URIs that are one text', { resourceSubscriptions: 'shop://tea' }],
    ['URIs that are an object', { resourceSubscriptions: {} }],
    ['[case 8] more than 1000 URIs', { resourceSubscriptions: Array.from({ length: 1001 }, (_, order) => `shop://orders/${order}`) }],
    ['[case 17] a URI that is too long', { resourceSubscriptions: [`shop://orders/${'7'.repeat(2048)}`] }],
    ['a URI that is a number', { toolsListChanged: true, resourceSubscriptions: ['shop://tea', 7] }],
  ])('the filter %s is −32602, and nothing is acknowledged [C71]', async (_, notifications) => {
    const server = newShop()
    const client = await open(server)
    expect(await client.error(LISTEN, notifications === undefined ? {} : { notifications })).toMatchObject({ code: -32602 })
    server.tool('more', {}, () => 'ok')
    await client.result('tools/list')
    expect(client.notifications).toEqual([])
  })

  test('the acknowledgement leaves out unsupported and unknown members [C71]', async () => {
    const client = await open(newServer().tool('t', {}, () => 'ok'))
    const ids = [await listen(client, { ...EVERYTHING, taskIds: ['1'], somethingElse: true }), await listen(client, { promptsListChanged: true })]
    expect(ids.map((id) => on(client, id)[0]?.params?.notifications)).toEqual([{ toolsListChanged: true }, {}])
  })

  test('[case 8] 1000 URIs are one subscription', async () => {
    const server = newShop()
    const client = await open(server)
    const uris = Array.from({ length: 1000 }, (_, order) => `shop://orders/${order}`)
    const id = await listen(client, { resourceSubscriptions: uris })
    const heard = client.next(({ params }) => params?.uri === 'shop://orders/999')
    for (const uri of ['shop://orders/1000', 'shop://orders/7', 'shop://orders/999']) server.changed(uri)
    await heard
    expect(told(client, id)).toEqual(['shop://orders/7', 'shop://orders/999'])
  })

  test('[case 39] changes in one turn are one notification, also between two awaits', async () => {
    const server = newShop().tool('change', {}, async () => {
      for (let count = 0; count < 4; count++) {
        server.changed('shop://tea')
        await Promise.resolve()
      }
      return 'ok'
    })
    const client = await open(server)
    const id = await listen(client, { resourceSubscriptions: ['shop://tea', 'shop://shelf'] })
    await client.call('change')
    await changeAll(server, [client, id])
    expect(told(client, id).filter((uri) => uri === 'shop://tea').length).toBeLessThanOrEqual(2) // changeAll changes it once more.
  })

  test('changes in one turn are one notification', async () => {
    const server = newShop()
    const client = await open(server)
    const id = await listen(client, { toolsListChanged: true, resourceSubscriptions: ['shop://tea', 'shop://shelf'] })
    for (let index = 0; index < 20; index++) {
      server.tool(`more ${index}`, {}, () => 'ok')
      server.changed('shop://tea')
    }
    await changeAll(server, [client, id])
    expect(told(client, id)).toEqual([LISTS[0], 'shop://tea', 'shop://shelf/last'])
  })

  test('a change before the subscription is not sent [C71]', async () => {
    const server = newShop()
    const client = await open(server)
    await changeAll(server)
    const id = await listen(client, EVERYTHING)
    await changeAll(server, [client, id])
    expect(client.notifications).toHaveLength(8)
  })

  test('neither progress nor log messages are sent on it, whatever it requests [C75] [C121]', async () => {
    const server = newShop().tool('talk', {}, (_, { log, progress }) => {
      log.error('oh')
      progress(1)
      return 'ok'
    })
    const client = await open(server)
    const id = await listen(client, EVERYTHING, 'l', { progressToken: 'mine', [LOG_LEVEL]: 'debug' })
    await client.call('talk')
    await changeAll(server, [client, id])
    expect(client.notifications.every((message) => idOf(message) === id)).toBe(true)
    await client.call('talk', {}, { meta: { progressToken: 'other', [LOG_LEVEL]: 'debug' } })
    const spoken = client.notifications.filter((message) => idOf(message) !== id)
    expect(spoken.map(({ method }) => method)).toEqual(['notifications/message', 'notifications/progress'])
  })

  test('after a cancellation, no more messages are sent, not even a response [C31] [C73]', async () => {
    const server = newShop()
    const client = await open(server)
    const id = await listen(client, EVERYTHING, 'gone')
    await client.cancel(id)
    await client.settled()
    const fence = await listen(client, { resourceSubscriptions: ['shop://shelf'] }, 'fence')
    const before = client.notifications.length
    await changeAll(server, [client, fence])
    expect(client.notifications.slice(before).map(idOf)).toEqual([fence])
    expect(client.answersTo(id)).toEqual([])
  })

  test.each<[string, (client: Client, id: Id) => Promise<void>]>([
    ['the client has cancelled it', (client, id) => client.cancel(id)],
    ['the client has left', (client) => client.close()],
  ])('once %s, the server keeps nothing of it [C31]', async (_, leave) => {
    const server = newShop()
    const watched = watch(server)
    const client = await open(server)
    const id = await listen(client, EVERYTHING)
    expect(watched.count).toBe(1)
    await leave(client, id)
    await watched.left
    expect(watched.count).toBe(0)
  })

  test('when the server ends it, it gets its result, and on a shared connection a cancellation after that [C72] [C73]', async () => {
    const server = newShop()
    const served = await serve(door, server)
    const client = await connect(served, MODERN)
    const ids = [await listen(client, EVERYTHING, 7), await listen(client, { toolsListChanged: true }, '7')]
    await served.end?.()
    for (const id of ids) {
      const result = await client.until((message) => 'result' in message && message.id === id)
      expect(result).toEqual({ jsonrpc: '2.0', id, result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'suite', version: '1.0.0' }, [SUBSCRIPTION]: id } } })
    }
    if (door === 'http') return expect(client.notifications).toHaveLength(2)
    await client.until(({ method, params }) => method === 'notifications/cancelled' && params?.requestId === '7')
    for (const id of ids) {
      const [result, cancelled] = client.received.filter((message) => message.id === id || message.params?.requestId === id)
      expect([result?.id, cancelled]).toEqual([id, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }])
    }
    return undefined
  })

  test('other requests are served in the meantime, and an id in use is rejected on a shared connection', async () => {
    const client = await open(newShop())
    const id = await listen(client, EVERYTHING, 'l')
    expect(await client.call('t')).toMatchObject({ content: [{ text: 'ok' }] })
    if (door !== 'http') expect(await client.raw(modernText('l', 'tools/list'))).toMatchObject([{ id, error: { code: -32600 } }])
    expect(on(client, id)).toHaveLength(1)
  })
})

describe.each(SERVED)('%s', (door) => {
  test('one change is one notification to a session and to a subscription [C70] [C82] [C105]', async () => {
    const server = newShop()
    const served = await serve(door, server)
    const modern = await connect(served, MODERN)
    const legacy = await connect(served, '2025-11-25')
    await legacy.handshake()
    await legacy.result('resources/subscribe', { uri: 'shop://tea' })
    const id = await listen(modern, EVERYTHING)
    const heard = legacy.next(({ params }) => params?.uri === 'shop://tea')
    await changeAll(server, [modern, id])
    await heard
    expect(legacy.notifications.map(({ method, params }) => [method, params])).toEqual([...LISTS.map((method) => [method, {}]), [UPDATED, { uri: 'shop://tea' }]])
    expect(told(modern, id)).toEqual([...LISTS, 'shop://tea', 'shop://orders/7', 'shop://orders/7/lines', 'shop://shelf/last'])
  })
})

describe.each(['memory', 'stdio'] as const)('%s', (door) => {
  test('a connection has at most 1000 open subscriptions, and a cancelled one makes room', async () => {
    const client = await connect(await serve(door, newShop()), MODERN)
    for (let id = 1; id <= 1000; id++) await listen(client, { toolsListChanged: true }, id)
    expect(await client.error(LISTEN, { notifications: {} })).toMatchObject({ code: -32600, data: { reason: 'too_many_subscriptions' } })
    await client.cancel(1)
    await client.settled()
    await listen(client, { toolsListChanged: true }, 'again')
  })

  test('a session and a subscription on one connection get one notification each [C70]', async () => {
    const server = newShop()
    const client = await connect(await serve(door, server), '2025-11-25')
    await client.handshake()
    client.raw(modernText('l', LISTEN, { notifications: { toolsListChanged: true, resourceSubscriptions: ['shop://shelf'] } })).catch(() => {})
    await client.untilNotified(ACKNOWLEDGED)
    await changeAll(server, [client, 'l'])
    expect(told(client, 'l')).toEqual([LISTS[0], 'shop://shelf/last'])
    expect(client.notifications.filter((message) => idOf(message) === undefined).map(({ method }) => method)).toEqual(LISTS)
  })
})

describe('http', () => {
  test('a client that accepts JSON only gets 406', async () => {
    const peer = await Peer.open((await serve('http', newShop())).url ?? '', 'modern')
    for (const accept of ['application/json', 'application/*', 'application/json, text/event-stream;q=0']) {
      expect(await peer.request(1, LISTEN, { notifications: EVERYTHING }, { accept })).toMatchObject({ status: 406, messages: [{ error: { code: -32600 } }] })
    }
  })

  test('a posted cancellation ends nothing, because ids belong to their clients [C30]', async () => {
    const server = newShop()
    const served = await serve('http', server)
    const client = await connect(served, MODERN)
    await listen(client, { resourceSubscriptions: ['shop://shelf'] }, 1)
    const stranger = await Peer.open(served.url ?? '', 'modern')
    expect(await stranger.post(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }))).toMatchObject({ status: 202, text: '' })
    await changeAll(server, [client, 1])
    expect(told(client, 1)).toEqual(['shop://shelf/last'])
  })

  test('an invalid filter gets JSON, before any stream', async () => {
    const peer = await Peer.open((await serve('http', newShop())).url ?? '', 'modern')
    const reply = await peer.request(1, LISTEN, { notifications: [] })
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
    expect(reply.messages).toMatchObject([{ id: 1, error: { code: -32602 } }])
  })

  test('when the server closes, the stream ends with the result [C73] [H33]', async () => {
    const served = await serve('http', newShop())
    const peer = await Peer.open(served.url ?? '', 'modern')
    const watcher = await connect(served, MODERN)
    const reply = peer.request(1, LISTEN, { notifications: { toolsListChanged: true } })
    await listen(watcher, {}, 'also')
    await peer.request(2, 'tools/list')
    await served.end?.()
    const { status, headers, messages, text } = await reply
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream'])
    expect(messages).toMatchObject([{ method: ACKNOWLEDGED }, { id: 1, result: { resultType: 'complete', _meta: { [SUBSCRIPTION]: 1 } } }])
    expect(text).not.toMatch(/^id:/m) // This era resumes nothing.
  })
})
