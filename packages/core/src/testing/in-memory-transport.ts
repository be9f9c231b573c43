/** A client transport to a server in the same process. Messages pass through the whole engine, but not through a network or pipe. */
import { parseMessages, type ClientTransport } from '../client/client-transport.ts'
import { Connection } from '../engine/duplex-connection.ts'
import { encodeMessage } from '../engine/encode-message.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

export interface MemoryOptions {
  /** The identity of the client, as the authentication of an HTTP server would return it. */
  auth?: AuthInfo | undefined
}

const OPTIONS: OptionNames<MemoryOptions> = { auth: true }

/** Messages are sent as JSON text, so that only JSON values get through. The server is opened and closed together with the client. */
export function memory(server: ServerDefinition, options: MemoryOptions = {}): ClientTransport {
  checkOptions('memory()', options, OPTIONS)
  const { auth } = options
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
          queueMicrotask(() => connection.receive(text)) // Deliver asynchronously, as any other transport does.
        },
        close: async () => {
          connection.close()
          await (closing ??= server.close())
        },
      }
    },
  }
}
