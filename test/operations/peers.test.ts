/** What other frameworks were measured by over HTTP, each row at its best value. */
import { describe, expect, test } from 'vitest'
import { http } from '@gangway/transport-http'
import { exchange } from '../harness/http-client.ts'
import { BASE_HEADERS } from '../harness/http-headers.ts'
import { ERAS, Peer, type Era } from '../harness/http-peer.ts'
import { closing } from '../harness/index.ts'
import { requestText, type Revision } from '../harness/message.ts'
import { gate, newServer } from '../harness/server.ts'
import { z } from 'zod'

async function open(era: Era, revision?: Revision) {
  let ran = 0
  const together = gate()
  let present = 0
  const server = newServer()
    .tool('run', {}, () => String(++ran))
    .tool('add', { input: { a: z.number() } }, ({ a }) => String(a))
    .tool('meet', {}, async () => {
      if (++present === 10) together.open()
      await together
      return 'met'
    })
  const running = closing(await http({ host: '127.0.0.1', port: 0, path: '/mcp' }).serve(server))
  return { peer: await Peer.open(running.url ?? '', era, revision), ran: () => ran }
}

describe.each(ERAS)('%s', (era) => {
  const run = { name: 'run' }

  test('disallowed Origin, disallowed Host, and both: 403, and no handler runs', async () => {
    const { peer, ran } = await open(era)
    for (const headers of [{ origin: 'http://evil.example' }, { host: 'evil.example' }, { origin: 'http://evil.example', host: 'evil.example' }]) {
      expect(await peer.request(1, 'tools/call', run, headers)).toMatchObject({ status: 403, messages: [{ error: { code: -32600 } }] })
      for (const method of ['GET', 'DELETE', 'OPTIONS', 'PUT']) expect(await peer.send(method, headers)).toMatchObject({ status: 403 })
    }
    expect(ran()).toBe(0)
  })

  test('text/plain, which a page can send without a preflight: 415, and no handler runs', async () => {
    const { peer, ran } = await open(era)
    for (const type of ['text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded']) {
      expect(await peer.request(1, 'tools/call', run, { 'content-type': type })).toMatchObject({ status: 415, messages: [{ error: { code: -32600 } }] })
    }
    expect(ran()).toBe(0)
  })

  test('unknown MCP-Protocol-Version: 400', async () => {
    const { peer, ran } = await open(era)
    for (const version of ['1900-01-01', '2099-01-01', 'latest', '']) {
      expect(await peer.request(1, 'tools/call', run, { 'mcp-protocol-version': version })).toMatchObject({ status: 400 })
    }
    expect(ran()).toBe(0)
  })

  test.each(['with its length', 'in chunks'])('64 MiB body, %s: 413', { timeout: 60_000 }, async (kind) => {
    const { peer } = await open(era)
    const body = new Blob([new Uint8Array(2 ** 26)])
    const headers = peer.headers(peer.text(1, 'tools/call', run)) as Record<string, string>
    const reply = await fetch(peer.url, { method: 'POST', headers, duplex: 'half', body: kind === 'in chunks' ? body.stream() : body } as RequestInit)
    expect(reply.status).toBe(413)
    expect(await reply.json()).toMatchObject({ error: { code: -32600 } })
  })

  test('100k-deep JSON: 400', async () => {
    const { peer } = await open(era)
    const text = peer.text(1, 'tools/call', { ...run, arguments: { x: 'X' } })
    for (const [begin, end] of [['[', ']'], ['{"x":', '}']] as const) {
      expect(await peer.post(text.replace('"X"', `${begin.repeat(100_000)}1${end.repeat(100_000)}`))).toMatchObject({ status: 400, messages: [{ error: {} }] })
    }
    expect(await peer.request(2, 'tools/call', run)).toMatchObject({ status: 200 })
  })

  test('unknown tool: −32602', async () => {
    const { peer } = await open(era)
    expect((await peer.request(1, 'tools/call', { name: 'unknown' })).messages).toMatchObject([{ error: { code: -32602 } }])
  })

  test('bad tool arguments: isError', async () => {
    const { peer } = await open(era)
    expect((await peer.request(1, 'tools/call', { name: 'add', arguments: { a: 'x' } })).messages).toMatchObject([{ result: { isError: true } }])
  })

  test('10 concurrent calls: none waits for another', async () => {
    const { peer } = await open(era)
    const replies = await Promise.all(Array.from({ length: 10 }, (_, id) => peer.request(id, 'tools/call', { name: 'meet' })))
    for (const { messages } of replies) expect(messages).toMatchObject([{ result: { content: [{ text: 'met' }] } }])
  })
})

describe('legacy', () => {
  test.each(['2024-11-05', '2025-06-18', '2025-11-25'] as const)('500-call batch on %s: 400, and no handler runs', async (revision) => {
    const { peer, ran } = await open('legacy', revision)
    const batch = JSON.stringify(Array.from({ length: 500 }, (_, id) => JSON.parse(requestText(id, 'tools/call', { name: 'run' }))))
    expect(await peer.post(batch)).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] })
    expect(ran()).toBe(0)
  })

  test('500-call batch on 2025-03-26, which has batches: also 400, and no handler runs', async () => {
    const { peer, ran } = await open('legacy', '2025-03-26')
    const batch = JSON.stringify(Array.from({ length: 500 }, (_, id) => JSON.parse(requestText(id, 'tools/call', { name: 'run' }))))
    expect(await peer.post(batch)).toMatchObject({ status: 400, messages: [{ error: { code: -32600 } }] })
    expect(ran()).toBe(0)
  })

  test('the client gets its first response with one request: nothing is polled', async () => {
    const { peer } = await open('legacy')
    const text = requestText(1, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'suite', version: '1' } })
    expect(await exchange(peer.url, { headers: BASE_HEADERS, body: text })).toMatchObject({ status: 200, messages: [{ id: 1, result: { serverInfo: {} } }] })
  })
})
