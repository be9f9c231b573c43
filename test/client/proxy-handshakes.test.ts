/** Handshakes that a proxy cannot finish, because its upstream is slow, count against the bounds of its endpoint. */
import type { ClientTransport } from '@gangway/core/client'
import type { Message } from '@gangway/core/internal'
import { proxy } from '@gangway/core/proxy'
import { http } from '@gangway/transport-http'
import { expect, test } from 'vitest'
import { post } from '../harness/http-client.ts'
import { legacyHeaders } from '../harness/http-headers.ts'
import { closing } from '../harness/index.ts'
import { initializeParams, requestText } from '../harness/message.ts'
import { gate } from '../harness/server.ts'

const REVISION = '2025-11-25'

/** An upstream of one tool that answers a handshake when `released` resolves. */
function slowUpstream(released: Promise<unknown>): { transport: ClientTransport; handshakes: () => number } {
  let handshakes = 0
  const transport: ClientTransport = {
    name: 'slow',
    open: async (receiver) => ({
      exchanges: false,
      send: async (message) => {
        const { id, method } = message as { id?: unknown; method?: string }
        const reply = (answer: object): void => receiver.receive({ jsonrpc: '2.0', id, ...answer } as Message)
        if (method === 'initialize') {
          handshakes++
          await released
          reply({ result: { protocolVersion: REVISION, capabilities: { tools: {} }, serverInfo: { name: 'slow', version: '1' } } })
        } else if (method === 'tools/list') reply({ result: { tools: [] } })
        else if (id !== undefined && method !== undefined) reply({ error: { code: -32601, message: 'Method not found' } })
      },
      close: async () => {},
    }),
  }
  return { transport, handshakes: () => handshakes }
}

const handshake = (url: string, padding = 0) =>
  post(url, requestText(1, 'initialize', { ...initializeParams(REVISION), padding: Array.from({ length: padding }, () => []) }), legacyHeaders(undefined, REVISION))

test.each([
  ['memory', { totalBodyLimit: 200 * 1024 }, 1700, 'too_many_bytes'],
  ['places', { maxTotalInflight: 1 }, 0, 'too_many_requests'],
])('[case 16] pending handshakes take %s until the upstream answers', async (_, limits, padding, reason) => {
  const release = gate()
  const { transport, handshakes } = slowUpstream(release)
  const { url = '' } = closing(await http({ port: 0, host: '127.0.0.1', drainTimeout: 1, ...limits }).serve(proxy(transport)))
  const pending = handshake(url, padding)
  await expect.poll(handshakes).toBe(1)
  expect(await handshake(url, padding)).toMatchObject({ status: 503, messages: [{ error: { data: { reason } } }] })
  release.open()
  expect(await pending).toMatchObject({ status: 200, messages: [{ result: {} }] })
  expect(await handshake(url, padding)).toMatchObject({ status: 200, messages: [{ result: {} }] })
})
