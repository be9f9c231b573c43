/** What fails behind the back of a handler over HTTP: its own request gets the error, and no other connection notices. Runs the built packages. */
import { beforeAll, describe, expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { Peer } from '../harness/http-peer.ts'
import { programFile, startProgram, until } from '../harness/program.ts'

const INTERNAL: unknown = expect.objectContaining({ code: -32603, message: expect.stringMatching(/^Internal error \(error id/) })
const FAULTS = ['reject', 'throw', 'emit', 'microtask', 'microtask-later']


async function start(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const program = startProgram(process.execPath, [programFile('faulty-server.mjs')], { env: { GANGWAY_TRANSPORT: 'http', GANGWAY_PORT: '0', ...env } })
  const address = (): string | undefined => /http:\/\/[^"]+/.exec(program.stderr())?.[0]
  await until(() => address() !== undefined)
  return address() ?? ''
}

describe('a server with sessions', () => {
  let url = ''
  beforeAll(async () => void (url = await start()))

  test.each(['modern', 'legacy'] as const)('%s: the error has the id of the request', async (era) => {
    const peer = await Peer.open(url, era)
    for (const name of FAULTS) expect(await peer.request(`of ${name}`, 'tools/call', { name })).toMatchObject({ messages: [{ id: `of ${name}`, error: INTERNAL }] })
  })

  test('several errors of one call do not affect concurrent calls', async () => {
    const peers = await Promise.all(Array.from({ length: 4 }, () => Peer.open(url, 'modern')))
    for (let round = 0; round < 10; round++) {
      const [faulty, ...fine] = await Promise.all(peers.map((peer, index) => peer.request(round, 'tools/call', { name: index === 0 ? 'microtasks' : 'fine' })))
      expect(faulty).toMatchObject({ messages: [{ id: round, error: INTERNAL }] })
      for (const reply of fine) expect(reply).toMatchObject({ messages: [{ id: round, result: { content: [{ text: 'fine' }] } }] })
    }
  })
})

const call = (id: string, name: string): object => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } })

test('without sessions, an error in a batch has the id of its request', async () => {
  const url = await start({ GANGWAY_SESSIONS: 'none' })
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-03-26' }
  const { messages } = await exchange(url, { headers, body: JSON.stringify([call('a', 'throw'), call('b', 'fine')]) })
  expect(messages.flat()).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'a', error: INTERNAL }), expect.objectContaining({ id: 'b', result: expect.anything() })]))
})
