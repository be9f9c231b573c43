/** What a connection holds while its handshake is being answered. */
import { expect, test } from 'vitest'
import { Connection } from '../src/engine/duplex-connection.ts'
import type { Outgoing } from '../src/engine/encode-message.ts'
import { McpServer } from '../src/mcp-server.ts'
import { nextTurn } from './next-turn.ts'

const ping = (id: number): string => JSON.stringify({ jsonrpc: '2.0', id, method: 'ping', params: { text: 'x'.repeat(2 ** 20) } })

test('behind an unanswered initialize, 4 MiB are read, and everything is served afterwards', async () => {
  const answered = new AbortController()
  const waiting = new Promise<undefined>((resolve) => answered.signal.addEventListener('abort', () => resolve(undefined)))
  const server = Object.assign(new McpServer({ name: 'slow', version: '1.0.0' }), { prepare: (method: string) => (method === 'initialize' ? waiting : Promise.resolve(undefined)) })
  const sent: Outgoing[] = []
  const connection = new Connection(server, (outgoing) => sent.push(outgoing))
  connection.receive('{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}')
  const rooms = [1, 2, 3, 4].map((id) => {
    connection.receive(ping(id))
    return connection.room()
  })
  expect(rooms.map((room) => room === undefined)).toEqual([true, true, true, false])
  answered.abort()
  await rooms[3]
  await nextTurn()
  expect(connection.room()).toBeUndefined()
  expect(sent).toMatchObject([0, 1, 2, 3, 4].map((id) => ({ id, result: {} })))
})
