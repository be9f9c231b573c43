/** A server that another one takes the place of while it serves: on every door, what a client holds stays. */
import { describe, expect, test } from 'vitest'
import { ReplaceableServer } from '@gangway/core'
import { z } from 'zod'
import { everywhere, legacyWays, modernWays } from '../harness/index.ts'
import { gate, newServer } from '../harness/server.ts'

const saying = (text: string) => newServer().tool('say', {}, () => text)
const asking = (text: string) => newServer().tool('ask', {}, async (_, ctx) => `${text} ${(await ctx.elicit('q', '?', { n: z.number() })).value?.n}`)
const said = (text: string) => ({ content: [{ type: 'text', text }] })

describe.each(everywhere)('$name', ({ open, modern }) => {
  test('the next call runs the new code, and a call in flight finishes with the old', async () => {
    const [begun, go] = [gate(), gate()]
    const old = newServer().tool('say', {}, async () => {
      begun.open()
      await go
      return 'old'
    })
    const server = new ReplaceableServer(old)
    const client = await open(server)
    const slow = client.result('tools/call', { name: 'say' })
    await begun
    expect(await server.replace(saying('new'))).toBe(true)
    expect(await client.result('tools/call', { name: 'say' })).toMatchObject(said('new'))
    go.open()
    expect(await slow).toMatchObject(said('old'))
  })

  test('a subscriber gets changes of the new server, and not of the old one', async () => {
    const [old, next] = [newServer().resource('a://b', {}, () => 'old'), newServer().resource('a://b', {}, () => 'new')]
    const server = new ReplaceableServer(old)
    const client = await open(server)
    if (modern) client.start('subscriptions/listen', { notifications: { resourceSubscriptions: ['a://b'] } })
    else await client.result('resources/subscribe', { uri: 'a://b' })
    if (modern) await client.untilNotified('notifications/subscriptions/acknowledged')
    await server.replace(next)
    old.changed('a://b')
    await client.result('resources/read', { uri: 'a://b' })
    expect(client.notifications.filter(({ method }) => method === 'notifications/resources/updated')).toEqual([])
    next.changed('a://b')
    await client.untilNotified('notifications/resources/updated')
  })
})

describe.each(legacyWays)('$name', ({ open }) => {
  test('lists that differ are announced, also new kinds of list, and unchanged lists are not', async () => {
    const server = new ReplaceableServer(saying('old'))
    const client = await open(server)
    await server.replace(saying('new').prompt('p', {}, () => 'ok'))
    await client.untilNotified('notifications/prompts/list_changed')
    expect(client.notifications).toHaveLength(1)
    expect(await client.result('prompts/list')).toMatchObject({ prompts: [{ name: 'p' }] })
  })

  test('an input request is handled by the code that the call started with', async () => {
    const old = newServer().tool('ask', {}, async (_, ctx) => `old ${(await ctx.roots('r')).length}`)
    const server = new ReplaceableServer(old)
    const client = await open(server, { capabilities: { roots: {} } })
    const call = client.result('tools/call', { name: 'ask' })
    const { id } = await client.until(({ method }) => method === 'roots/list')
    await server.replace(newServer().tool('ask', {}, () => 'new'))
    await client.answer(id, { result: { roots: [] } })
    expect(await call).toMatchObject(said('old 0'))
  })
})

describe.each(modernWays)('$name', ({ open }) => {
  test('a subscription gets list changes, and continues', async () => {
    const server = new ReplaceableServer(saying('old'))
    const client = await open(server)
    client.start('subscriptions/listen', { notifications: { toolsListChanged: true, promptsListChanged: true } })
    await client.untilNotified('notifications/subscriptions/acknowledged')
    await server.replace(saying('new').tool('more', {}, () => 'ok'))
    await client.untilNotified('notifications/tools/list_changed')
    await server.replace(saying('newer').prompt('p', {}, () => 'ok'))
    await client.untilNotified('notifications/prompts/list_changed')
  })

  test('sealed state stays valid', async () => {
    const server = new ReplaceableServer(asking('old'))
    const client = await open(server, { capabilities: { elicitation: { form: {} } } })
    const { requestState } = await client.result('tools/call', { name: 'ask' })
    await server.replace(asking('new'))
    const inputResponses = { q: { action: 'accept', content: { n: 7 } } }
    expect(await client.result('tools/call', { name: 'ask', requestState, inputResponses })).toMatchObject(said('new 7'))
  })
})
