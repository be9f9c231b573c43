/** The client transport to a server in the same program: the whole engine, and no wire. */
import { parseMessages, type ClientTransport } from '../client/transport.ts'
import { Connection } from '../connection.ts'
import { encodeMessage } from '../encode.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { ServerDefinition } from '../server/definition.ts'

export interface MemoryOptions {
  /** Who the server takes the client for, as an HTTP server's authentication would tell. */
  auth?: AuthInfo | undefined
}

/** Messages go as text, so nothing passes that JSON does not carry. The server is opened and closed with the client. */
export function memory(server: ServerDefinition, { auth }: MemoryOptions = {}): ClientTransport {
  const { name } = server.info
  return {
    name,
    open: async (receiver) => {
      await server.open()
      const connection = new Connection(server, (outgoing) => {
        const messages = parseMessages(encodeMessage(server, outgoing), name)
        queueMicrotask(() => messages.forEach((message) => receiver.receive(message)))
      }, { auth })
      let closing: Promise<void> | undefined
      return {
        exchanges: false,
        send: async (message) => {
          const text = JSON.stringify(message)
          queueMicrotask(() => connection.receive(text)) // In a turn of its own, as from any wire.
        },
        close: async () => {
          connection.close()
          await (closing ??= server.close())
        },
      }
    },
  }
}
