/** One server on two transports in one application: each has its endpoint, and the custom routes are there once. */
import { mcpHttp } from '@gangway/transport-http'
import { mcpSse } from '@gangway/transport-sse'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { listenOn } from '../harness/http-hosts.ts'
import { Peer } from '../harness/http-peer.ts'
import { join } from '../harness/sse-peer.ts'
import { initializeParams, requestText } from '../harness/message.ts'
import { logged, newServer, textOf } from '../harness/server.ts'

test.each(['', '/api', '/v1/tools'])('below the prefix "%s"', async (prefix) => {
  let served = 0
  const told: string[] = []
  const { logger, lines } = logged('warn')
  const server = newServer({ logger })
    .tool('t', {}, () => 'ok')
    .route({ method: 'GET', path: '/status/:of' }, (_, { params }) => {
      served++
      return new Response(params.of)
    })
    .route({ method: 'GET', path: '/' }, () => new Response('root'))
    .onStart(() => void told.push('start'))
    .onClose(() => void told.push('close'))
  const app = Fastify({ forceCloseConnections: true })
  app.get('/own', () => 'own')
  app.register(mcpHttp, { server, prefix })
  app.register(mcpSse, { server, prefix })
  const base = `${await listenOn(app)}${prefix}`

  expect(await exchange(`${base}/status/all`, { method: 'GET' })).toMatchObject({ status: 200, text: 'all' })
  expect(await exchange(`${base}/`, { method: 'GET' })).toMatchObject({ status: 200, text: 'root' })
  expect(served).toBe(1)
  for (const era of ['legacy', 'modern'] as const) {
    const peer = await Peer.open(`${base}/mcp`, era)
    expect(textOf((await peer.request(1, 'tools/call', { name: 't' })).messages[0]?.result ?? {})).toBe('ok')
  }
  const client = await join(`${base}/sse`)
  expect(new URL(client.endpoint).pathname).toBe(`${prefix}/messages`)
  await client.ask(1, requestText(1, 'initialize', initializeParams('2024-11-05')))
  await client.ask(2, requestText(2, 'initialize', initializeParams('2024-11-05')))
  expect(textOf((await client.ask(3, requestText(3, 'tools/call', { name: 't' }))).result ?? {})).toBe('ok')
  // One line for each client, however often it begins.
  expect(lines).toEqual([[{ client: { name: 'suite', version: '1.0.0' }, revision: '2024-11-05' }, expect.stringContaining('deprecated')]])

  expect(told).toEqual(['start'])
  await app.close()
  await client.ended
  expect(told).toEqual(['start', 'close'])
})
