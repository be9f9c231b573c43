/** Progress of a request: for those who asked for it, under their token, rising, and over with the answer. */
import { describe, expect, test } from 'vitest'
import { everywhere } from '../harness/index.ts'
import { gate, newServer } from '../harness/server.ts'

const server = newServer()
  .tool('work', {}, async (_, { progress }) => {
    progress(1, 3, 'one')
    await Promise.resolve()
    progress(2.5, 3)
    progress(3)
    return 'ok'
  })
  .tool('stumble', {}, (_, { progress }) => {
    for (const step of [1, 1, 0, Number.NaN, 2, 2, 1.5, Number.POSITIVE_INFINITY, 3]) progress(step)
    return 'ok'
  })
  .tool('fail', {}, (_, { progress }) => {
    progress(1)
    throw new Error('no')
  })
  .resource('a://work', {}, (_, { progress }) => {
    progress(1)
    return 'ok'
  })
  .prompt('work', {}, (_, { progress }) => {
    progress(1)
    return 'ok'
  })

describe.each(everywhere)('$name', ({ open, revision }) => {
  test.each(['a token', '', 0, 7, -1])('the token %j is returned unchanged [C36]', async (progressToken) => {
    const client = await open(server)
    await client.call('work', {}, { meta: { progressToken } })
    expect(client.notified('notifications/progress').map(({ params }) => params)).toEqual([
      { progressToken, progress: 1, total: 3, ...(revision !== '2024-11-05' && { message: 'one' }) },
      { progressToken, progress: 2.5, total: 3 },
      { progressToken, progress: 3 },
    ])
  })

  test('it only increases [C36]', async () => {
    const client = await open(server)
    await client.call('stumble', {}, { meta: { progressToken: 't' } })
    expect(client.notified('notifications/progress').map(({ params }) => params?.progress)).toEqual([1, 2, 3])
  })

  test.each([undefined, null, true, {}, ['t']])('without a token, or with %j as one, no progress is sent', async (progressToken) => {
    const client = await open(server)
    await client.call('work', {}, { meta: progressToken === undefined ? {} : { progressToken } })
    await client.settled()
    expect(client.notifications).toEqual([])
  })

  test('it is sent before the response, and not after it [C36]', async () => {
    const ended = gate()
    const eager = newServer().tool('t', {}, (_, { progress }) => {
      progress(1)
      void ended.then(() => progress(2))
      return 'ok'
    })
    const client = await open(eager)
    await client.call('t', {}, { meta: { progressToken: 't' } })
    ended.open()
    await client.settled()
    expect(client.received.slice(-2)).toMatchObject([{ method: 'notifications/progress' }, { result: {} }])
    expect(client.notifications).toHaveLength(1)
  })

  test('failures, resources and prompts can report progress', async () => {
    const client = await open(server)
    await client.call('fail', {}, { meta: { progressToken: 1 } })
    await client.result('resources/read', { uri: 'a://work' }, { meta: { progressToken: 2 } })
    await client.result('prompts/get', { name: 'work' }, { meta: { progressToken: 3 } })
    expect(client.notified('notifications/progress').map(({ params }) => params?.progressToken)).toEqual([1, 2, 3])
  })

  test('concurrent requests have separate progress [C37]', async () => {
    const started = [gate(), gate()]
    const release = gate()
    const server = newServer().tool('both', {}, async (_, { progress, meta }) => {
      const which = Number(meta.progressToken)
      progress(10 + which)
      started[which]?.open()
      await release
      progress(20 + which)
      return String(which)
    })
    const client = await open(server)
    const calls = [0, 1].map((progressToken) => client.call('both', {}, { meta: { progressToken } }))
    await Promise.all(started)
    release.open()
    await Promise.all(calls)
    for (const token of [0, 1]) {
      const mine = client.notified('notifications/progress').filter(({ params }) => params?.progressToken === token)
      expect(mine.map(({ params }) => params?.progress)).toEqual([10 + token, 20 + token])
    }
  })
})
