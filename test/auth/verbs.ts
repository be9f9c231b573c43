/** Everything that a client can do at an endpoint, each with whatever credentials it likes. */
import type { OutgoingHttpHeaders } from 'node:http'
import { eachEvent } from '../harness/events.ts'
import { exchange, send, withoutUndefined, type WholeReply } from '../harness/http-client.ts'
import { BASE_HEADERS, legacyHeaders, modernHeaders } from '../harness/http-headers.ts'
import { initializeParams, modernText, NEWEST_LEGACY, requestText, type Json, type Message } from '../harness/message.ts'

export type Credentials = Record<string, OutgoingHttpHeaders[string]>
/** `query` is added to the address. */
export type Verb = (credentials: Credentials, query?: Record<string, string>) => Promise<WholeReply>

const STREAM = { accept: 'text/event-stream' }

const verb = (url: string, method: string, headers: OutgoingHttpHeaders, body?: string): Verb => (credentials, query = {}) => {
  const address = new URL(url)
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  return exchange(address.href, { method, headers: withoutUndefined({ ...headers, ...credentials }), body })
}
const post = (url: string, headers: OutgoingHttpHeaders, body: string): Verb => verb(url, 'POST', headers, body)

export function modernVerbs(url: string): Record<string, Verb> {
  const request = (method: string, params: Json): Verb => {
    const body = modernText(1, method, params)
    return post(url, modernHeaders(body), body)
  }
  return {
    'a call': request('tools/call', { name: 'touch' }),
    'a subscription': request('subscriptions/listen', { notifications: { toolsListChanged: true } }),
    'a notification': post(url, { ...BASE_HEADERS, 'mcp-protocol-version': '2026-07-28' }, '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}'),
    'no JSON': post(url, BASE_HEADERS, '{'),
  }
}

export function legacyVerbs(url: string, session?: string): Record<string, Verb> {
  const headers = legacyHeaders(session ?? '3f1c5a52-0000-4000-8000-000000000000', NEWEST_LEGACY)
  return {
    'a handshake': post(url, legacyHeaders(undefined, NEWEST_LEGACY), requestText(1, 'initialize', initializeParams(NEWEST_LEGACY))),
    'a call': post(url, headers, requestText(2, 'tools/call', { name: 'touch' })),
    'an answer': post(url, headers, '{"jsonrpc":"2.0","id":1,"result":{}}'),
    'a batch': post(url, headers, `[${requestText(3, 'tools/call', { name: 'touch' })}]`),
    'the stream': verb(url, 'GET', { ...headers, ...STREAM }),
    'a lost stream': verb(url, 'GET', { ...headers, ...STREAM, 'last-event-id': '1_0' }),
    'the end': verb(url, 'DELETE', headers),
    'another verb': verb(url, 'PUT', headers),
  }
}

export function sseVerbs(url: string, messages = `${new URL('messages', url).href}?sessionId=unknown`): Record<string, Verb> {
  return {
    'the stream': verb(url, 'GET', STREAM),
    'a handshake': post(messages, BASE_HEADERS, requestText(1, 'initialize', initializeParams(NEWEST_LEGACY))),
    'a call': post(messages, BASE_HEADERS, requestText(2, 'tools/call', { name: 'touch' })),
  }
}

export interface SseClient {
  /** Where it posts to. */
  readonly messages: string
  readonly received: Message[]
  post(text: string, credentials: Credentials): Promise<WholeReply>
  /** Resolves with the answer to a request, when it has come. */
  answer(id: number): Promise<Message>
  readonly ended: Promise<void>
  leave(): void
}

/** A client of HTTP+SSE that has opened its stream, and said nothing yet. */
export async function openSse(url: string, credentials: Credentials): Promise<SseClient> {
  const leaving = new AbortController()
  const stream = await send(url, { method: 'GET', headers: withoutUndefined({ ...STREAM, ...credentials }), signal: leaving.signal })
  stream.on('error', () => {})
  const received: Message[] = []
  const waiting = new Map<unknown, (message: Message) => void>()
  let ended: Promise<void> = Promise.resolve()
  const messages = await new Promise<string>((resolve) => {
    ended = eachEvent(stream, ({ event, data }) => {
      if (event === 'endpoint') return resolve(new URL(data, url).href)
      const message: Message = JSON.parse(data)
      received.push(message)
      waiting.get(message.id)?.(message)
    }).catch(() => {})
  })
  return {
    messages,
    received,
    post: (body, more) => exchange(messages, { headers: withoutUndefined({ ...BASE_HEADERS, ...more }), body }),
    answer: (id) => new Promise((resolve) => {
      const come = received.find((message) => message.id === id)
      if (come) resolve(come)
      else waiting.set(id, resolve)
    }),
    ended,
    leave: () => leaving.abort(),
  }
}
