/** The legacy SSE door: answers come on the one event stream of a client, and its messages are posted. */
import { Agent } from 'node:http'
import { sse as sseTransport } from '@gangway/transport-sse'
import { eachEvent } from './events.ts'
import { exchange, send } from './http-client.ts'
import { BASE_HEADERS } from './http-headers.ts'
import type { Door, Served } from './wire.ts'

export const sse: Door = async (server) => {
  const running = await sseTransport({ host: '127.0.0.1', port: 0, path: '/sse' }).serve(server)
  return {
    ...sseAt(running.url ?? ''),
    running,
    close: async () => {
      void running.close()
      await running.close() // Twice: what a test left in flight is not waited for.
    },
  }
}

/** For tests whose server is not theirs to start or end. */
export function sseAt(url: string): Served & { url: string } {
  return {
    url,
    connect: sseWire(url),
    close: async () => {},
  }
}

/** Opens the stream of a client at this address. */
export const sseWire =
  (url: string): Served['connect'] =>
  async (receive) => {
    const agent = new Agent({ keepAlive: true })
    const leaving = new AbortController()
    const stream = await send(url, { method: 'GET', headers: { accept: 'text/event-stream' }, agent, signal: leaving.signal })
    stream.on('error', () => {}) // The suite closes it when the test is over.
    const endpoint = await new Promise<string>((resolve) => {
      void eachEvent(stream, ({ event, data }) => {
        if (event === 'endpoint') resolve(new URL(data, url).href)
        if (event === 'message') receive(data)
      })
    })
    return {
      answersInline: false,
      send: async (...texts) => {
        const replies = await Promise.all(texts.map((body) => exchange(endpoint, { headers: BASE_HEADERS, body, agent })))
        for (const { text } of replies) if (text !== '') receive(text)
      },
      close: async () => {
        leaving.abort()
        agent.destroy()
      },
    }
  }
