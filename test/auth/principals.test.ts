/** Whose something is: what one principal began, no other can use, not even one of the same name at another issuer. */
import type { IncomingMessage } from 'node:http'
import type { AuthInfo, McpServer } from '@gangway/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { exchange, send } from '../harness/http-client.ts'
import { BASE_HEADERS, legacyHeaders, modernHeaders } from '../harness/http-headers.ts'
import { closing } from '../harness/index.ts'
import { eachEvent } from '../harness/events.ts'
import { CLIENT_CAPABILITIES, initializeParams, modernText, NEWEST_LEGACY, requestText, type Json } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'
import { believe, caller, says, serveBelieving } from './callers.ts'
import { HTTP_HOSTS, SSE_HOSTS } from './hosts.ts'
import { legacyVerbs, openSse } from './verbs.ts'

const ADA: AuthInfo = { ...caller('ada', 'mcp'), issuer: 'https://id.example.com' }
const OTHERS: Record<string, AuthInfo> = {
  'another subject': { ...ADA, subject: 'bob' },
  'the same subject of another issuer': { ...ADA, issuer: 'https://id.example.org' },
  'the same subject of no issuer': caller('ada', 'mcp'),
  'one whose name looks like both': caller('["https://id.example.com","ada"]', 'mcp'),
}

const newTarget = () =>
  newServer()
    .tool('touch', {}, () => 'touched')
    .tool('ask', {}, async (_, { elicit, auth }) => `${auth?.subject} ${JSON.stringify(await elicit('sure', 'Sure?', { sure: z.boolean() }))}`)
    .tool('progress', {}, (_, { progress }) => {
      progress(1)
      return 'done'
    }) as unknown as McpServer

describe.each(Object.entries(OTHERS))('%s', (_, other) => {
  describe.each(Object.entries(HTTP_HOSTS))('%s', (_host, host) => {
    test('http 2025-11-25 > cannot use the session of ada with any method, nor read its events [A11]', async () => {
      const url = await host(newTarget(), believe)
      const post = (auth: AuthInfo, text: string, session?: string) => exchange(url, { headers: { ...legacyHeaders(session, NEWEST_LEGACY), ...says(auth) }, body: text })
      const session = String((await post(ADA, requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)))).headers['mcp-session-id'])
      const told = await post(ADA, requestText(2, 'tools/call', { name: 'progress', _meta: { progressToken: 1 } }), session)
      const [, event = ''] = /^id: (.+)$/m.exec(told.text) ?? []
      expect(event).not.toBe('')

      const { 'a handshake': _handshake, 'another verb': _verb, ...verbs } = legacyVerbs(url, session)
      for (const [name, verb] of Object.entries(verbs)) expect({ name, status: (await verb(says(other))).status }).toEqual({ name, status: 404 })
      const resume = (auth: AuthInfo) => exchange(url, { method: 'GET', headers: { ...legacyHeaders(session, NEWEST_LEGACY), ...says(auth), accept: 'text/event-stream', 'last-event-id': event } })
      expect(await resume(other)).toMatchObject({ status: 404, messages: [{ error: { code: -32600 } }] })
      expect(await resume(ADA)).toMatchObject({ status: 200, messages: expect.arrayContaining([expect.objectContaining({ id: 2 })]) })
      expect(await verbs['the end']?.(says(ADA))).toMatchObject({ status: 204 })
    })
  })

  test.each(Object.entries(SSE_HOSTS))('sse 2025-11-25 > cannot post to the stream of ada: %s [A11]', async (_host, host) => {
    const client = await openSse(await host(newTarget(), believe), says(ADA))
    closing({ close: async () => client.leave() })
    expect(await client.post(requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)), says(other))).toMatchObject({ status: 404 })
    expect(await client.post(requestText(2, 'initialize', initializeParams(NEWEST_LEGACY)), says({ ...ADA, scopes: ['more'] }))).toMatchObject({ status: 202 })
    expect(await client.answer(2)).toMatchObject({ result: {} })
    expect(client.received).toHaveLength(1)
  })

  test('http 2026-07-28 > cannot continue the input requests of ada', async () => {
    const app = serveBelieving(newTarget())
    const capable = { [CLIENT_CAPABILITIES]: { elicitation: { form: {} } } }
    const first = await app.modern(ADA, 'tools/call', { name: 'ask' }, capable)
    const { requestState } = first.message.result as { requestState: string }
    expect(requestState).toEqual(expect.any(String))
    const again: Json = { name: 'ask', requestState, inputResponses: { sure: { action: 'accept', content: { sure: true } } } }
    expect((await app.modern(other, 'tools/call', again, capable)).message).toMatchObject({ error: { code: -32602, message: 'Invalid requestState' } })
    expect((await app.modern({ ...ADA, scopes: ['more'] }, 'tools/call', again, capable)).message).toMatchObject({ result: { content: [{ text: expect.stringContaining('ada {"action":"accept"') }] } })
  })
})

describe('open streams end when their token expires', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  const LIFETIME = 60_000
  const KEEP_ALIVE = 15_000

  async function livesUntilExpiry(open: (auth: AuthInfo) => Promise<IncomingMessage>): Promise<void> {
    const stream = await open({ ...ADA, expiresAt: Date.now() + LIFETIME })
    let ended = false
    let alive: (() => void) | undefined
    stream.on('error', () => {})
    const reading = eachEvent(stream, ({ event }) => event === '' && alive?.()).then(() => (ended = true))
    for (let passed = KEEP_ALIVE; passed < LIFETIME; passed += KEEP_ALIVE) {
      const kept = new Promise<void>((resolve) => (alive = resolve))
      vi.advanceTimersByTime(KEEP_ALIVE)
      await kept
      expect(ended).toBe(false)
    }
    vi.advanceTimersByTime(KEEP_ALIVE)
    await reading
  }

  test.each(Object.entries(HTTP_HOSTS))('http 2026-07-28 > a subscription: %s [A6]', async (_host, host) => {
    const url = await host(newTarget(), believe)
    const body = modernText(1, 'subscriptions/listen', { notifications: { toolsListChanged: true } })
    await livesUntilExpiry((auth) => send(url, { headers: { ...modernHeaders(body), ...says(auth) }, body }))
  })

  test.each(Object.entries(HTTP_HOSTS))('http 2025-11-25 > the standalone stream of a session: %s [A6]', async (_host, host) => {
    const url = await host(newTarget(), believe)
    const { headers } = await exchange(url, { headers: { ...legacyHeaders(undefined, NEWEST_LEGACY), ...says(ADA) }, body: requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)) })
    const session = String(headers['mcp-session-id'])
    await livesUntilExpiry((auth) => send(url, { method: 'GET', headers: { ...legacyHeaders(session, NEWEST_LEGACY), accept: 'text/event-stream', ...says(auth) } }))
    expect((await exchange(url, { headers: { ...legacyHeaders(session, NEWEST_LEGACY), ...says(ADA) }, body: requestText(2, 'ping') })).status).toBe(200) // The session is not the token's, but its owner's.
  })

  test.each(Object.entries(SSE_HOSTS))('sse 2025-11-25 > the stream of a session: %s [A6]', async (_host, host) => {
    const url = await host(newTarget(), believe)
    await livesUntilExpiry((auth) => send(url, { method: 'GET', headers: { ...BASE_HEADERS, accept: 'text/event-stream', ...says(auth) } }))
  })
})
