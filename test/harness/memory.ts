/** The memory door: core's own connection, with nothing around it. */
import { Connection, encodeMessage } from '@gangway/core/internal'
import type { Door } from './wire.ts'

export const memory: Door = async (server) => {
  const connections: Connection[] = []
  return {
    url: undefined,
    connect: async (receive) => {
      const connection = new Connection(server, (message) => receive(encodeMessage(server, message)))
      connections.push(connection)
      return {
        answersInline: false,
        // In a turn of their own, as messages from any real wire are.
        send: (...texts) =>
          new Promise((resolve) => {
            setImmediate(() => {
              for (const text of texts) connection.receive(text)
              resolve()
            })
          }),
        close: async () => connection.close(),
      }
    },
    end: async () => {
      for (const connection of connections) {
        await connection.drain()
        connection.close()
      }
    },
    close: async () => {},
  }
}
