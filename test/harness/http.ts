/** The HTTP door: a real port, one session a legacy client, and a POST for each message. */
import { Agent, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { http as httpTransport, type HttpOptions } from '@gangway/transport-http'
import { eachEvent } from './events.ts'
import { send } from './http-client.ts'
import { idOf, isModernText, legacyHeaders, methodOf, modernHeaders } from './http-headers.ts'
import { MODERN, type Id, type Revision } from './message.ts'
import type { Door, Receive, Served, Wire } from './wire.ts'

export const http: Door = (server) => openHttp(server)

/** For tests that need options. */
export async function openHttp(server: Parameters<Door>[0], options: HttpOptions = {}): Promise<Served & { url: string }> {
  const running = await httpTransport({ host: '127.0.0.1', port: 0, path: '/mcp', ...options }).serve(server)
  const url = running.url ?? ''
  return {
    ...httpAt(url),
    end: () => running.close(),
    close: async () => {
      void running.close()
      await running.close() // Twice: what a test left in flight is not waited for.
    },
  }
}

/** For tests whose server is not theirs to start or end. */
export const httpAt = (url: string): Served & { url: string } => ({
  url,
  connect: async (receive, revision) => new HttpWire(url, receive, revision),
  close: async () => {},
})

class HttpWire implements Wire {
  readonly answersInline = true
  readonly #url: string
  readonly #receive: Receive
  readonly #revision: Revision
  readonly #agent = new Agent({ keepAlive: true })
  /** Those that are not over yet, with the ids of their messages. */
  readonly #posts = new Map<AbortController, unknown>()
  readonly #closing = new AbortController()
  #session: string | undefined

  constructor(url: string, receive: Receive, revision: Revision) {
    this.#url = url
    this.#receive = receive
    this.#revision = revision
  }

  async send(...texts: string[]): Promise<void> {
    await Promise.all(texts.map((message) => this.#post(message)))
  }

  abandon(id: Id): void {
    for (const [post, of] of this.#posts) if (of === id) post.abort()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const post of this.#posts.keys()) post.abort()
    this.#agent.destroy()
  }

  async #post(body: string): Promise<void> {
    const modern = isModernText(body) || this.#revision === MODERN
    const controller = new AbortController()
    this.#posts.set(controller, idOf(body))
    try {
      const headers = modern ? modernHeaders(body) : legacyHeaders(this.#session, this.#revision)
      const reply = await send(this.#url, { headers, body, agent: this.#agent, signal: controller.signal })
      const session = reply.headers['mcp-session-id']
      if (typeof session === 'string' && methodOf(body) === 'initialize') {
        this.#session = session
        await this.#listen(session)
      }
      await this.#read(reply)
    } catch (error) {
      if (!controller.signal.aborted) throw error
    } finally {
      this.#posts.delete(controller)
    }
  }

  /** Opens the stream for what the server says unasked, before anyone hears of the session. */
  async #listen(session: string): Promise<void> {
    const reply = await send(this.#url, {
      method: 'GET',
      headers: { accept: 'text/event-stream', 'mcp-session-id': session },
      agent: this.#agent,
      signal: this.#closing.signal,
    })
    reply.on('error', () => {}) // The suite closes it when the test is over.
    void this.#read(reply)
  }

  async #read(reply: IncomingMessage): Promise<void> {
    if (reply.headers['content-type'] === 'text/event-stream') {
      await eachEvent(reply, ({ event, data }) => {
        if (event === 'message' && data !== '') this.#receive(data) // One without data is there for its id.
      })
    } else {
      const body = await text(reply)
      if (body !== '') this.#receive(body)
    }
  }
}
