/** Plain HTTP, with every header under the caller's control. */
import { Agent, request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import type { Message } from './message.ts'

export interface HttpOptions {
  method?: string
  headers?: OutgoingHttpHeaders
  body?: string | Uint8Array | undefined
  agent?: Agent
  signal?: AbortSignal
}

/** Resolves with the head of the reply; its body is still to come. */
export function send(url: string, { method = 'POST', headers = {}, body, agent = new Agent(), signal }: HttpOptions = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent, ...(signal && { signal }) }, resolve).on('error', reject).end(body)
  })
}

export interface WholeReply {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The messages in the body: one, or one for each event. */
  messages: Message[]
}

export async function exchange(url: string, options?: HttpOptions): Promise<WholeReply> {
  const reply = await send(url, options)
  const body = await text(reply.headers['content-encoding'] === 'gzip' ? reply.pipe(createGunzip()) : reply)
  return { status: reply.statusCode ?? 0, headers: reply.headers, text: body, messages: messagesOf(reply.headers['content-type'], body) }
}

function messagesOf(type: string | undefined, body: string): Message[] {
  if (type?.startsWith('application/json') && body !== '') return [JSON.parse(body)]
  if (type !== 'text/event-stream') return []
  return [...body.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => JSON.parse(data))
}

/** Posts a text with exactly these headers; one that is undefined is left out. */
export function post(url: string, body: string | Uint8Array | undefined, headers: Record<string, OutgoingHttpHeaders[string]>, options: HttpOptions = {}): Promise<WholeReply> {
  return exchange(url, { ...options, body, headers: withoutUndefined(headers) })
}

export const withoutUndefined = (headers: Record<string, OutgoingHttpHeaders[string]>): OutgoingHttpHeaders => Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
