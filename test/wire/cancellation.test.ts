/** Cancellation: the handler is told, the client hears no more of it, and whatever does not fit is ignored. */
import { describe, expect, test } from 'vitest'
import { connect, everywhere, legacyWays, serve } from '../harness/index.ts'
import { LOG_LEVEL } from '../harness/message.ts'
import { aborted, gate, newServer, textOf } from '../harness/server.ts'

/** A tool that waits for its cancellation, and one that does not care. */
function slowServer() {
  const started = gate()
  const stopped = gate<unknown>()
  const release = gate()
  const server = newServer()
    .tool('obedient', {}, async (_, { signal, log, progress }) => {
      started.open()
      stopped.open(await aborted(signal))
      log.emergency('after the end')
      progress(99)
      return 'too late'
    })
    .tool('stubborn', {}, async (_, { signal }) => {
      started.open()
      await release
      stopped.open(signal.aborted)
      return 'too late'
    })
    .tool('angry', {}, async (_, { signal }) => {
      started.open()
      await aborted(signal)
      stopped.open('threw')
      throw new Error('I was not done')
    })
    .tool('quick', {}, () => 'quick')
  return { server, started, stopped, release }
}

describe.each(everywhere)('$name', ({ open, door, modern }) => {
  const meta = { progressToken: 't', ...(modern && { [LOG_LEVEL]: 'debug' }) }

  test('[case 61] the signal of the handler aborts, and no more messages are sent [C31]', async () => {
    const { server, started, stopped } = slowServer()
    const client = await open(server)
    const id = client.start('tools/call', { name: 'obedient' }, { meta })
    await started
    await client.cancel(id, 'Out of patience')
    expect(await stopped).toMatchObject({ name: 'AbortError' })
    if (!(door === 'http' && modern)) expect(await stopped).toMatchObject({ message: 'Out of patience' })
    await client.settled()
    expect(client.answersTo(id)).toEqual([])
    expect(client.notifications).toEqual([])
    expect(textOf(await client.call('quick'))).toBe('quick')
  })

  test.each(['stubborn', 'angry'])('[case 61] no message is sent for a handler that is %s either [C32]', async (name) => {
    const { server, started, stopped, release } = slowServer()
    const client = await open(server)
    const id = client.start('tools/call', { name })
    await started
    await client.cancel(id)
    await client.settled()
    if (name === 'angry') await stopped
    release.open()
    await stopped
    await client.settled()
    expect(client.answersTo(id)).toEqual([])
    expect(textOf(await client.call('quick'))).toBe('quick')
  })

  test('unknown, finished and invalid ids are ignored [C32]', async () => {
    const { server } = slowServer()
    const client = await open(server)
    await client.call('quick', {}, { id: 'done' })
    const params = [{ requestId: 'never' }, { requestId: 'done' }, { requestId: null }, { requestId: {} }, {}, { requestId: 'done', reason: 7 }]
    const cancels = params.map((cancel) => JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: cancel }))
    expect(await client.raw(...cancels, JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled' }))).toEqual([])
    expect(textOf(await client.call('quick'))).toBe('quick')
  })

  test('other requests continue', async () => {
    const { server, started, stopped, release } = slowServer()
    const client = await open(server)
    const cancelled = client.start('tools/call', { name: 'obedient' })
    const kept = client.call('stubborn')
    await started
    await client.cancel(cancelled)
    release.open()
    expect(textOf(await kept)).toBe('too late')
    await stopped
  })
})

describe.each(legacyWays)('$name', ({ open, door, revision }) => {
  test('1 and "1" are different requests', async () => {
    const started = gate()
    const stopped = gate<unknown>()
    const release = gate()
    const server = newServer().tool('wait', {}, async (_, { id, signal }) => {
      started.open()
      if (id === 1) await release
      else stopped.open(await aborted(signal))
      return 'ok'
    })
    const client = await open(server)
    const kept = client.call('wait', {}, { id: 1 })
    client.start('tools/call', { name: 'wait' }, { id: '1' })
    await started
    await client.cancel('1')
    await stopped
    release.open()
    expect(textOf(await kept)).toBe('ok')
  })

  test('a client cannot cancel the request of another client', async () => {
    const { server, started, release } = slowServer()
    const served = await serve(door, server)
    const [mine, yours] = [await connect(served, revision), await connect(served, revision)]
    for (const client of [mine, yours]) await client.handshake()
    const call = mine.call('stubborn', {}, { id: 'x' })
    await started
    await yours.cancel('x')
    await yours.settled()
    release.open()
    expect(textOf(await call)).toBe('too late')
  })
})

describe.each(everywhere.filter(({ door, modern }) => door !== 'stdio' && !(door === 'http' && !modern)))('$name', ({ open }) => {
  test('a client that disconnects cancels its requests [C31]', async () => {
    const { server, started, stopped } = slowServer()
    const client = await open(server)
    client.start('tools/call', { name: 'obedient' })
    await started
    await client.close()
    expect(await stopped).toMatchObject({ name: 'AbortError' })
  })
})

describe.each(everywhere.filter(({ door, modern }) => door === 'http' && !modern))('$name', ({ open }) => {
  test('a dropped connection cancels nothing [H8]', async () => {
    const { server, started, stopped, release } = slowServer()
    const client = await open(server)
    client.start('tools/call', { name: 'stubborn' })
    await started
    await client.close()
    release.open()
    expect(await stopped).toBe(false)
  })
})
