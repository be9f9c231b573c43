/** A client for what is special about HTTP: it sends what it is told to, and shows the whole reply. */
import type { IncomingMessage } from 'node:http'
import { eachEvent } from './events.ts'
import { exchange, post, send, withoutUndefined, type HttpOptions, type WholeReply } from './http-client.ts'
import { legacyHeaders, modernHeaders } from './http-headers.ts'
import { initializeParams, modernText, NEWEST_LEGACY, requestText, type Json, type Message, type Revision } from './message.ts'

export type Era = 'legacy' | 'modern'
export const ERAS: readonly Era[] = ['legacy', 'modern']

type Headers = Record<string, string | string[] | undefined>

export class Peer {
  readonly url: string
  readonly era: Era
  readonly revision: Revision
  session = ''
  /** Sent with everything. */
  readonly #always: Headers

  private constructor(url: string, era: Era, revision: Revision, always: Headers) {
    this.#always = always
    this.url = url
    this.era = era
    this.revision = revision
  }

  /** In the legacy era, after its handshake. */
  static async open(url: string, era: Era, revision: Revision = NEWEST_LEGACY, { capabilities, headers: always = {} }: { capabilities?: Json; headers?: Headers } = {}): Promise<Peer> {
    const peer = new Peer(url, era, revision, always)
    if (era === 'modern') return peer
    const { headers } = await post(url, requestText('open', 'initialize', initializeParams(revision, capabilities)), { ...legacyHeaders(undefined, revision), ...always })
    peer.session = String(headers['mcp-session-id'])
    await peer.post('{"jsonrpc":"2.0","method":"notifications/initialized"}')
    return peer
  }

  /** The same client at another address, with the same session. */
  at(url: string): Peer {
    const peer = new Peer(url, this.era, this.revision, this.#always)
    peer.session = this.session
    return peer
  }

  /** The headers that belong to this text. */
  headers(text: string): Headers {
    return { ...(this.era === 'modern' ? modernHeaders(text) : legacyHeaders(this.session, this.revision)), ...this.#always } as Headers
  }

  text(id: unknown, method: string, params?: Json, meta?: Json): string {
    return this.era === 'modern' ? modernText(id, method, params, meta) : requestText(id, method, { ...params, ...(meta && { _meta: meta }) })
  }

  /** Some headers may be replaced, or left out with undefined. */
  post(text: string, headers: Headers = {}, options: HttpOptions & { path?: string } = {}): Promise<WholeReply> {
    return post(new URL(options.path ?? '', this.url).href, text, { ...this.headers(text), ...headers }, options)
  }

  /** Posts a text and tells of each message on the stream of the reply as it comes. Resolves with the reply when that has ended. */
  async stream(text: string, take: (message: Message) => void): Promise<IncomingMessage> {
    const reply = await send(this.url, { headers: withoutUndefined(this.headers(text)), body: text })
    await eachEvent(reply, ({ event, data }) => {
      if (event === 'message' && data !== '') take(JSON.parse(data)) // One without data is there for its id.
    })
    return reply
  }

  request(id: unknown, method: string, params: Json = {}, headers: Headers = {}): Promise<WholeReply> {
    return this.post(this.text(id, method, params), headers)
  }

  /** Without a body. */
  send(method: string, headers: Headers = {}): Promise<WholeReply> {
    return exchange(this.url, { method, headers: withoutUndefined({ 'mcp-session-id': this.session, ...this.#always, ...headers }) })
  }
}
