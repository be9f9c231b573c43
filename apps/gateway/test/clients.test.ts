/** The official clients use the errands of the person with their key, on every transport. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport as FirstSse } from '@modelcontextprotocol/sdk/client/sse.js'
import { StreamableHTTPClientTransport as FirstHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bearer, start } from './application.ts'

let application: Awaited<ReturnType<typeof start>>
beforeEach(async () => void (application = await start()))
afterEach(() => application.app.close())

const info = { name: 'gateway', version: '1.0.0' }

async function first(Transport: typeof FirstHttp | typeof FirstSse, path: string, headers: Record<string, string>) {
  const client = new FirstClient(info)
  const transport = new Transport(new URL(path, application.origin), { requestInit: { headers } })
  // Its own transports do not satisfy its own interface under `exactOptionalPropertyTypes`.
  await client.connect(transport as Parameters<FirstClient['connect']>[0])
  return client
}

async function second(headers: Record<string, string>) {
  const client = new Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(new StreamableHTTPClientTransport(new URL('/api/mcp', application.origin), { requestInit: { headers } }))
  return client
}

describe.each([
  ['sdk 1.x over Streamable HTTP', (headers: Record<string, string>) => first(FirstHttp, '/api/mcp', headers)],
  ['sdk 1.x over HTTP+SSE', (headers: Record<string, string>) => first(FirstSse, '/api/sse', headers)],
  ['client 2.x', second],
])('%s', (_, connect) => {
  test('gets the errands of its person only', async () => {
    const { errands, keys } = application
    errands.add('bob', 'mix cement')
    const client = await connect(bearer(keys.ada))
    expect((await client.callTool({ name: 'add_errand', arguments: { what: 'buy punch cards' } })).structuredContent).toEqual({ id: 2, what: 'buy punch cards', done: false })
    expect((await client.callTool({ name: 'list_errands' })).structuredContent).toEqual({ errands: [{ id: 2, what: 'buy punch cards', done: false }] })
    expect(await client.callTool({ name: 'finish_errand', arguments: { id: 1 } })).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('No errand 1') }] })
    await client.callTool({ name: 'finish_errand', arguments: { id: 2 } })
    expect(errands.list('ada')).toEqual([{ id: 2, what: 'buy punch cards', done: true }])
    expect((await client.readResource({ uri: 'errands://mine' })).contents).toMatchObject([{ text: '[]' }])
    await client.close()
  })

  test('is rejected with a wrong key', async () => {
    await expect(connect(bearer('guessed'))).rejects.toThrow(/401|credentials/)
  })
})

test('a subscriber is notified of changes on the pages', async () => {
  const client = await first(FirstHttp, '/api/mcp', bearer(application.keys.ada))
  const heard = new Promise((resolve) => client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => resolve(params)))
  await client.subscribeResource({ uri: 'errands://mine' })
  application.errands.add('ada', 'found on the page')
  expect(await heard).toEqual({ uri: 'errands://mine' })
  await client.close()
})
