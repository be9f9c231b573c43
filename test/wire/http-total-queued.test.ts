/** Events that wait for clients that do not read have a bound over all streams: a stream that exceeds it is closed, and its client can resume. */
import { fetchHandler } from '@gangway/transport-http/fetch'
import { expect, test } from 'vitest'
import { gate, newServer } from '../harness/server.ts'

const KIB = 1024
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const ACCEPT = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

test('[case 4] of many unread streams, those beyond the bound are closed, and can be resumed', async () => {
  const steps = gate()
  const server = newServer().tool('chatter', {}, async (_args, ctx) => {
    ctx.log.info('begin')
    await steps
    for (let count = 0; count < 3; count++) ctx.log.info('x'.repeat(50 * KIB))
    return 'done'
  })
  const handle = fetchHandler(server, { allowedHosts: 'any', totalQueueBytes: 200 * KIB, eventLogBytes: 10_000 * KIB })
  const url = 'http://127.0.0.1/mcp'
  const post = (body: object, headers: Record<string, string> = {}): Promise<Response> => Promise.resolve(handle(new Request(url, { method: 'POST', headers: { ...ACCEPT, ...headers }, body: JSON.stringify({ jsonrpc: '2.0', ...body }) })))
  const opened = await post({ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })
  const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') as string }
  await post({ method: 'notifications/initialized' }, session)
  const replies = await Promise.all(Array.from({ length: 8 }, (_, index) => post({ id: index + 1, method: 'tools/call', params: { name: 'chatter' } }, session)))
  const readers = replies.map(({ body }) => (body as ReadableStream<Uint8Array>).getReader())
  const texts = await Promise.all(readers.map(async (reader) => textOf((await reader.read()).value)))
  await new Promise(setImmediate) // The streams ask for more, and get it; nobody reads what comes after that.
  steps.open()
  await new Promise(setImmediate)
  for (const [index, reader] of readers.entries()) for (let piece = await reader.read(); !piece.done; piece = await reader.read()) texts[index] += textOf(piece.value)
  const cut = texts.filter((text) => !text.includes('"done"'))
  expect(cut.length).toBeGreaterThan(0)
  expect(cut.length).toBeLessThan(texts.length)
  for (const text of cut) {
    const [, last = ''] = [...text.matchAll(/^id: (.*)$/gm)].at(-1) ?? []
    const resumed = await handle(new Request(url, { headers: { ...ACCEPT, ...session, 'last-event-id': last } }))
    expect(await resumed.text()).toContain('"done"')
  }
})
