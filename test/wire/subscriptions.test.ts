/** `resources/subscribe`: a session of the legacy era hears of the resources it subscribed to, and of no others. */
import { describe, expect, test } from 'vitest'
import type { McpServer } from '@gangway/core'
import type { Client } from '../harness/client.ts'
import { connect, legacyWays, modernWays, serve } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const newShop = () =>
  newServer()
    .resource('shop://tea', {}, () => 'tea')
    .resource('shop://milk', {}, () => 'milk')
    .resource('shop://shelf', {}, () => 'shelf')
    .resource('shop://shelf/', {}, () => 'shelf')
    .resource('shop://orders/{order}', {}, ({ order }) => order)
    .resource('shop://last', {}, () => 'the fence')
    .tool('t', {}, () => 'ok')

const UPDATED = 'notifications/resources/updated'
const isLast = ({ params }: { params?: { uri?: unknown } }) => params?.uri === 'shop://last'
const subscribe = async (client: Client, ...uris: string[]) => {
  for (const uri of uris) expect(await client.result('resources/subscribe', { uri })).toEqual({})
}
/** All that the client was told, once it has heard of a last change. */
async function told(server: McpServer, ...clients: Client[]): Promise<unknown[][]> {
  const heard = Promise.all(clients.map((client) => client.next(isLast)))
  server.changed('shop://last')
  await heard
  return clients.map(({ notifications }) => notifications.filter((message) => !isLast(message)).map(({ method, params }) => (method === UPDATED ? params?.uri : method)))
}

describe.each(legacyWays)('$name', ({ open, door, revision }) => {
  const join = async (served: Awaited<ReturnType<typeof serve>>) => {
    const client = await connect(served, revision)
    await client.handshake()
    return client
  }

  test('a subscriber is notified of its resources, and of no others [C105]', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://tea', 'shop://last')
    server.changed('shop://milk')
    server.changed('shop://tea')
    server.changed('shop://nobody')
    expect(await told(server, client)).toEqual([['shop://tea']])
    expect(client.notified(UPDATED)[0]).toEqual({ jsonrpc: '2.0', method: UPDATED, params: { uri: 'shop://tea' } })
  })

  test('a URI that a template matches can be subscribed to, whether or not it exists [C105]', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://orders/7', 'shop://last')
    server.changed('shop://orders/8')
    server.changed('shop://orders/7')
    expect(await told(server, client)).toEqual([['shop://orders/7']])
  })

  test('a subscription includes the resources below its URI [C105]', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://shelf', 'shop://last')
    for (const uri of ['shop://shelf/1', 'shop://shelf/1/left', 'shop://shelves', 'shop://shel', 'shop://shelf?x', 'shop://shelf/']) server.changed(uri)
    expect(await told(server, client)).toEqual([['shop://shelf/1', 'shop://shelf/1/left', 'shop://shelf/']])
  })

  test('a URI with a trailing slash includes the resources below it, and not the URI without the slash [C105]', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://shelf/', 'shop://last')
    for (const uri of ['shop://shelf', 'shop://shelf/', 'shop://shelf/1']) server.changed(uri)
    expect(await told(server, client)).toEqual([['shop://shelf/', 'shop://shelf/1']])
  })

  test('many concurrent changes are one notification each', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://tea', 'shop://tea', 'shop://milk', 'shop://last')
    for (let index = 0; index < 20; index++) for (const uri of ['shop://tea', 'shop://milk']) server.changed(uri)
    expect(await told(server, client)).toEqual([['shop://tea', 'shop://milk']])
    server.changed('shop://tea')
    expect(await told(server, client)).toEqual([['shop://tea', 'shop://milk', 'shop://tea']])
  })

  test('after unsubscribing, no notifications are sent [C105]', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://tea', 'shop://tea', 'shop://milk', 'shop://last')
    expect(await client.result('resources/unsubscribe', { uri: 'shop://tea' })).toEqual({})
    server.changed('shop://tea')
    server.changed('shop://milk')
    expect(await told(server, client)).toEqual([['shop://milk']])
    await subscribe(client, 'shop://tea')
    server.changed('shop://tea')
    expect(await told(server, client)).toEqual([['shop://milk', 'shop://tea']])
  })

  test('unsubscribing without a subscription does nothing', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://tea', 'shop://last')
    for (const uri of ['shop://milk', 'shop://nobody', '']) expect(await client.result('resources/unsubscribe', { uri })).toEqual({})
    server.changed('shop://tea')
    expect(await told(server, client)).toEqual([['shop://tea']])
  })

  test.each(['shop://nobody', 'shop://orders/', 'shop://orders/1/2', 'SHOP://tea', '', 'constructor'])('no resource at "%s": −32002, with the URI [C101]', async (uri) => {
    const client = await open(newShop())
    expect(await client.error('resources/subscribe', { uri })).toMatchObject({ code: -32002, data: { uri } })
  })

  test('a URI that is not a string, or overlong, is −32602', async () => {
    const client = await open(newShop())
    for (const uri of [undefined, null, 7, {}, ['shop://tea']]) {
      expect(await client.error('resources/subscribe', { uri })).toMatchObject({ code: -32602 })
      expect(await client.error('resources/unsubscribe', { uri })).toMatchObject({ code: -32602 })
    }
    expect(await client.error('resources/subscribe', { uri: `shop://orders/${'x'.repeat(10_000)}` })).toMatchObject({ code: -32602 })
  })

  test('a server without resources has no subscriptions', async () => {
    const client = await open(newServer().tool('t', {}, () => 'ok'))
    for (const method of ['resources/subscribe', 'resources/unsubscribe']) expect(await client.error(method, { uri: 'shop://tea' })).toMatchObject({ code: -32601 })
  })

  test('before notifications/initialized nothing is sent; afterwards, the changes that are still subscribed to [C22]', async () => {
    const server = newShop()
    const client = await connect(await serve(door, server), revision)
    await client.initialize()
    server.changed('shop://tea')
    await client.result('ping')
    await subscribe(client, 'shop://tea', 'shop://milk', 'shop://last')
    for (const uri of ['shop://milk', 'shop://tea', 'shop://milk']) server.changed(uri)
    await client.result('ping')
    await client.result('resources/unsubscribe', { uri: 'shop://tea' })
    expect(client.notifications).toEqual([])
    await client.initialized()
    expect(await told(server, client)).toEqual([['shop://milk']])
  })

  test('each session gets its own subscriptions, and an ended session does not matter [C70]', async () => {
    const server = newShop()
    const served = await serve(door, server)
    const [ann, ben, gone] = [await join(served), await join(served), await join(served)]
    await subscribe(ann, 'shop://tea', 'shop://last')
    await subscribe(ben, 'shop://milk', 'shop://tea', 'shop://last')
    await subscribe(gone, 'shop://tea')
    await gone.close()
    await ben.result('resources/unsubscribe', { uri: 'shop://tea' })
    server.changed('shop://milk')
    server.changed('shop://tea')
    expect(await told(server, ann, ben)).toEqual([['shop://tea'], ['shop://milk']])
  })

  test('a removed resource stays subscribed, and can return [C105]', async () => {
    const server = newShop()
    const client = await open(server)
    await subscribe(client, 'shop://tea', 'shop://last')
    server.removeResource('shop://tea')
    server.changed('shop://tea')
    expect(await told(server, client)).toEqual([['notifications/resources/list_changed', 'shop://tea']])
  })

  test('a tool can report a change while it runs, and its response is not affected', async () => {
    const server = newShop()
    server.tool('buy', {}, () => {
      server.changed('shop://tea')
      return 'bought'
    })
    const client = await open(server)
    await subscribe(client, 'shop://tea', 'shop://last')
    expect(await client.call('buy')).toEqual({ content: [{ type: 'text', text: 'bought' }] })
    expect(await told(server, client)).toEqual([['shop://tea']])
  })
})

describe.each(modernWays)('$name', ({ open }) => {
  test('the methods do not exist [C52]', async () => {
    const client = await open(newShop())
    for (const method of ['resources/subscribe', 'resources/unsubscribe']) expect(await client.error(method, { uri: 'shop://tea' })).toMatchObject({ code: -32601 })
  })
})
