/** A client of the legacy transport that shows what its POSTs are answered. */
import { EventEmitter, once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { eachEvent } from './events.ts'
import { exchange, send, type WholeReply } from './http-client.ts'
import type { Id, Message } from './message.ts'

export interface SsePeer {
  readonly reply: IncomingMessage
  /** Where messages go. */
  readonly endpoint: string
  /** What has come on the stream. */
  readonly messages: Message[]
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>
  post(body: string, headers?: Record<string, string>): Promise<WholeReply>
  /** Posts it, and resolves with the first message on the stream that has this id. */
  ask(id: Id, body: string, headers?: Record<string, string>): Promise<Message>
  /** Resolves with the first message that fits. */
  find(fits: (message: Message) => boolean): Promise<Message>
}

export async function join(url: string, headers: Record<string, string> = {}): Promise<SsePeer> {
  const reply = await send(url, { method: 'GET', headers: { accept: 'text/event-stream', ...headers } })
  reply.on('error', () => {}) // Tests break connections.
  const messages: Message[] = []
  const arrived = new EventEmitter()
  const begun = once(arrived, 'endpoint')
  const ended = eachEvent(reply, ({ event, data }) => {
    if (event === 'message') messages.push(JSON.parse(data))
    arrived.emit(event || 'comment', data)
  })
  const endpoint = new URL(String((await begun)[0]), url).href
  const post = (body: string, more: Record<string, string> = {}): Promise<WholeReply> => exchange(endpoint, { headers: { 'content-type': 'application/json', ...more }, body })
  const find = async (fits: (message: Message) => boolean): Promise<Message> => {
    for (;;) {
      const found = messages.find(fits)
      if (found) return found
      await once(arrived, 'message')
    }
  }
  const ask = async (id: Id, body: string, more?: Record<string, string>): Promise<Message> => {
    await post(body, more)
    return find((message) => message.id === id && message.method === undefined)
  }
  return { reply, endpoint, messages, ended, post, ask, find }
}
