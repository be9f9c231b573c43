/** How much one client may have going on on one wire: requests beyond that wait for their turn, and nothing else does. */
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { ASKABLE, rooted } from '../harness/answering.ts'
import { oneWire } from '../harness/index.ts'
import { MODERN, NEWEST_LEGACY } from '../harness/message.ts'
import { gate, newServer, textOf } from '../harness/server.ts'

vi.setConfig({ testTimeout: 20_000 })

const ways = oneWire.filter(({ door }) => door === 'memory' || door === 'stdio')

/** Tools that wait until so many of them are called. */
function meetingServer(size: number) {
  const release = gate()
  const begun: number[] = []
  const server = newServer()
    .tool('meet', { input: { n: z.number() } }, async ({ n }) => {
      begun.push(n)
      if (begun.length === size) release.open()
      await release
      return 'met'
    })
    .tool('ask', {}, async (_, { roots }) => (await roots('where')).map(({ uri }) => uri).join())
  return { server, begun, release }
}

const numbers = (end: number): number[] => Array.from({ length: end }, (_, index) => index)

describe.each(ways.filter(({ door, revision }) => revision === (door === 'memory' ? NEWEST_LEGACY : MODERN)))('$name', ({ open }) => {
  test('64 calls run at a time; further calls wait, and run in order', async () => {
    const { server, begun } = meetingServer(64)
    const client = await open(server)
    const answers = await Promise.all(numbers(100).map((n) => client.call('meet', { n })))
    expect(answers).toHaveLength(100)
    expect(begun).toEqual(numbers(100))
  })
})

describe.each(ways)('$name', ({ open }) => {
  test('ten calls run at a time', async () => {
    const { server } = meetingServer(10)
    const client = await open(server)
    const answers = await Promise.all(numbers(10).map((n) => client.call('meet', { n })))
    expect(answers.map(textOf)).toEqual(numbers(10).map(() => 'met'))
  })

  test('a call that is cancelled while it waits does not run, and gets no response [C31]', async () => {
    const { server, begun, release } = meetingServer(-1)
    const client = await open(server)
    const ids = numbers(200).map((n) => client.start('tools/call', { name: 'meet', arguments: { n } }))
    await client.settled()
    for (const id of ids.slice(100)) await client.cancel(id)
    await client.settled()
    release.open()
    await client.until(({ id }) => id === ids[99])
    await client.settled()
    expect(begun).toEqual(numbers(100))
    expect(client.received.filter(({ id }) => ids.indexOf(id as string) >= 100)).toEqual([])
  })

  test('the id of a waiting call is in use', async () => {
    const { server, release } = meetingServer(-1)
    const client = await open(server)
    for (const n of numbers(100)) client.start('tools/call', { name: 'meet', arguments: { n } }, { id: n })
    expect(await client.raw(client.text(99, 'tools/call', { name: 'meet', arguments: { n: 99 } }))).toMatchObject([{ id: 99, error: { code: -32600 } }])
    release.open()
    await client.until(({ id, result }) => id === 99 && result !== undefined)
  })

  test('invalid messages get errors at a limited rate, and valid messages are still served [S3]', async () => {
    const { server } = meetingServer(1)
    const client = await open(server)
    const answers = await client.raw(...numbers(1000).map(() => 'no message'))
    expect(answers.length).toBeGreaterThanOrEqual(100)
    expect(answers.length).toBeLessThan(1000)
    expect(textOf(await client.call('meet', { n: 0 }))).toBe('met')
  })
})

describe.each(ways.filter(({ modern }) => !modern))('$name', ({ open }) => {
  test('responses to input requests are handled, however many calls wait', async () => {
    const { server } = meetingServer(0)
    const client = await open(server, { capabilities: ASKABLE })
    client.onQuestion = (question) => void client.answer(question.id, { result: rooted('file:///here') })
    const answers = await Promise.all(numbers(200).map(() => client.call('ask')))
    expect(answers.map(textOf)).toEqual(numbers(200).map(() => 'file:///here'))
  })

  test('a ping gets a response, however many calls wait [C26]', async () => {
    const { server, release } = meetingServer(-1)
    const client = await open(server)
    for (const n of numbers(200)) client.start('tools/call', { name: 'meet', arguments: { n } }, { id: n })
    expect(await client.result('ping')).toEqual({})
    release.open()
    await client.until(({ id }) => id === 199)
  })
})

describe.each(ways.filter(({ modern }) => modern))('$name', ({ open }) => {
  test('subscriptions do not count as running calls', async () => {
    const { server } = meetingServer(1)
    const client = await open(server)
    for (const n of numbers(100)) client.start('subscriptions/listen', { notifications: { toolsListChanged: true } }, { id: `s${n}` })
    await client.until(() => client.notified('notifications/subscriptions/acknowledged').length === 100)
    expect(textOf(await client.call('meet', { n: 0 }))).toBe('met')
  })
})
