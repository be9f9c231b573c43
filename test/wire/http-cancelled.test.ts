/** A cancelled request over HTTP: the exchange ends, and no message is sent for it. */
import { describe, expect, test } from 'vitest'
import { HOST_NAMES, HOSTS } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { gate, newServer, type RequestGate } from '../harness/server.ts'

function newSlow(): { server: ReturnType<typeof newServer>; started: RequestGate } {
  const started = gate()
  const until = async (signal: AbortSignal): Promise<string> => {
    started.open()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return 'late'
  }
  const server = newServer()
    .tool('silent', {}, (_, { signal }) => until(signal))
    .tool('talkative', {}, (_, { signal, progress }) => {
      progress(1)
      return until(signal)
    })
  return { server, started }
}

const cancel = (peer: Peer) => peer.post('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}')

describe.each(HOST_NAMES)('[case 61] %s', (name) => {
  test.each([
    ['an event stream without events', 'application/json, text/event-stream', 200, 'text/event-stream'],
    ['an event stream without events', 'text/event-stream', 200, 'text/event-stream'],
    ['202 for a client that accepts JSON only', 'application/json', 202, undefined],
  ])('a response that had not started ends as %s (accept: %s)', async (_, accept, status, type) => {
    const { server, started } = newSlow()
    const peer = await Peer.open((await HOSTS[name](server)).url, 'legacy')
    const reply = peer.post(peer.text(7, 'tools/call', { name: 'silent' }), { accept })
    await started
    await cancel(peer)
    const { status: got, headers, messages } = await reply
    expect([got, headers['content-type'], messages]).toEqual([status, type, []])
    expect(await peer.request(8, 'ping')).toMatchObject({ status: 200 })
  })

  test('a stream ends after its last message, and cannot be resumed', async () => {
    const { server, started } = newSlow()
    const peer = await Peer.open((await HOSTS[name](server)).url, 'legacy')
    const reply = peer.post(peer.text(7, 'tools/call', { name: 'talkative' }, { progressToken: 't' }))
    await started
    await cancel(peer)
    expect((await reply).messages.map(({ method, error }) => method ?? error)).toEqual(['notifications/progress'])
    expect(await peer.send('GET', { accept: 'text/event-stream', 'last-event-id': '1_1' })).toMatchObject({ status: 204 })
  })

  test('a request that the server gives up gets an error, because its client still waits', async () => {
    const { server, started } = newSlow()
    const peer = await Peer.open((await HOSTS[name](server)).url, 'legacy')
    const reply = peer.request(7, 'tools/call', { name: 'silent' })
    await started
    await peer.send('DELETE')
    expect(await reply).toMatchObject({ status: 200, messages: [{ id: 7, error: { code: -32800 } }] })
  })
})
