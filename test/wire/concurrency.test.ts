/** Requests run side by side, and an id that is in use is not used again. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { connect, everywhere, modernWays, oneWire, serve } from '../harness/index.ts'
import { gate, newServer, textOf } from '../harness/server.ts'

function waitingServer() {
  const started = gate()
  const release = gate()
  const server = newServer()
    .tool('slow', {}, async () => {
      started.open()
      await release
      return 'slow'
    })
    .tool('fast', {}, () => 'fast')
    .tool('echo', { input: { n: z.number() } }, async ({ n }) => {
      for (let turn = n % 5; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
      return String(n)
    })
  return { server, started, release }
}

describe.each(everywhere)('$name', ({ open }) => {
  test('a slow tool does not delay a fast one', async () => {
    const { server, started, release } = waitingServer()
    const client = await open(server)
    const slow = client.call('slow')
    await started
    expect(textOf(await client.call('fast'))).toBe('fast')
    expect(await client.result('tools/list')).toBeDefined()
    release.open()
    expect(textOf(await slow)).toBe('slow')
  })

  test('many concurrent calls each get their own response [C3]', async () => {
    const { server } = waitingServer()
    const client = await open(server)
    const numbers = Array.from({ length: 40 }, (_, index) => index)
    const answers = await Promise.all(numbers.map((n) => client.call('echo', { n }, { id: n })))
    expect(answers.map(textOf)).toEqual(numbers.map(String))
  })

  test('an id can be used again after its response', async () => {
    const { server } = waitingServer()
    const client = await open(server)
    await client.call('fast', {}, { id: 1 })
    const [again] = await client.raw(client.text(1, 'tools/call', { name: 'fast' }))
    expect(again).toMatchObject({ id: 1, result: { content: [{ text: 'fast' }] } })
  })

  test('1 and "1" can be in flight together', async () => {
    const { server, release } = waitingServer()
    const client = await open(server)
    const calls = [client.call('slow', {}, { id: 1 }), client.call('slow', {}, { id: '1' })]
    release.open()
    expect((await Promise.all(calls)).map(textOf)).toEqual(['slow', 'slow'])
  })
})

describe.each(everywhere.filter(({ door, modern }) => !(door === 'http' && modern)))('$name', ({ open }) => {
  test('an id in flight is rejected with −32600, and its first request continues', async () => {
    const { server, started, release } = waitingServer()
    const client = await open(server)
    client.start('tools/call', { name: 'slow' }, { id: 'x' })
    await started
    expect(await client.raw(client.text('x', 'tools/call', { name: 'fast' }))).toMatchObject([{ id: 'x', error: { code: -32600 } }])
    release.open()
    expect(await client.until(({ id, result }) => id === 'x' && result !== undefined)).toMatchObject({ result: { content: [{ text: 'slow' }] } })
    expect(client.answersTo('x')).toHaveLength(2)
  })
})

describe.each(modernWays.filter(({ door }) => door === 'http'))('$name', ({ open }) => {
  test('each POST has separate ids', async () => {
    const { server, started, release } = waitingServer()
    const client = await open(server)
    client.start('tools/call', { name: 'slow' }, { id: 'x' })
    await started
    expect(await client.raw(client.text('x', 'tools/call', { name: 'fast' }))).toMatchObject([{ id: 'x', result: { content: [{ text: 'fast' }] } }])
    release.open()
    await client.until(({ result }) => result !== undefined && textOf(result) === 'slow')
  })
})

describe.each(everywhere)('$name', ({ door, revision }) => {
  test('two clients can use the same id at the same time', async () => {
    const { server, started, release } = waitingServer()
    const served = await serve(door, server)
    const [one, two] = [await connect(served, revision), await connect(served, revision)]
    for (const client of [one, two]) await client.handshake()
    const slow = one.call('slow', {}, { id: 1 })
    await started
    expect(textOf(await two.call('fast', {}, { id: 1 }))).toBe('fast')
    release.open()
    expect(textOf(await slow)).toBe('slow')
  })
})

describe.each(oneWire)('$name', ({ open }) => {
  test('messages in one chunk are all served', async () => {
    const { server } = waitingServer()
    const client = await open(server)
    const texts = [1, 2, 3].map((id) => client.text(id, 'tools/call', { name: 'fast' }))
    expect((await client.raw(...texts)).map(({ id }) => id).toSorted()).toEqual([1, 2, 3])
  })
})
