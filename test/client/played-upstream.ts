/** A server of 2025 behind a proxy that a test plays: what it heard, and what it says. */
import type { ClientTransport, Receiver } from '@gangway/core/client'
import type { Message, RequestId } from '@gangway/core/internal'

export interface Played {
  readonly transport: ClientTransport
  /** From all connections. */
  readonly heard: Message[]
  /** Over the connection that was opened last, which is that of a client once there is one. `about` is the request whose stream carries it, as over HTTP. */
  readonly say: (message: object, about?: RequestId) => void
}

/** Has one tool, `ask`. `call` takes what is called; by default, calls are not answered. */
export function playedUpstream(call: (id: unknown, say: Played['say']) => void = () => {}, outputSchema?: object): Played {
  const heard: Message[] = []
  let last: Receiver | undefined
  const transport: ClientTransport = {
    name: 'played',
    open: async (receiver) => {
      last = receiver
      const say: Played['say'] = (message, about) => receiver.receive({ jsonrpc: '2.0', ...message } as Message, about)
      return {
        exchanges: false,
        send: async (message) => {
          heard.push(message)
          const { id, method } = message as { id?: unknown; method?: string }
          if (method === 'initialize') say({ id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {}, logging: {} }, serverInfo: { name: 'played', version: '1' } } })
          else if (method === 'logging/setLevel') say({ id, result: {} })
          else if (method === 'tools/list') say({ id, result: { tools: [{ name: 'ask', inputSchema: { type: 'object' }, outputSchema }] } })
          else if (method === 'tools/call') call(id, say)
        },
        close: async () => {},
      }
    },
  }
  return { transport, heard, say: (message, about) => last?.receive({ jsonrpc: '2.0', ...message } as Message, about) }
}
