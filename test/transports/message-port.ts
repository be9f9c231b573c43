import { checkServer, Connection, encodeMessage, type Running, type Transport } from '@gangway/core/transport'

/** Serves one client at the other end of a message port, until the port is closed. */
export function messagePort(port: MessagePort): Transport {
  return {
    name: 'message port',
    configure: () => messagePort(port), // The command line has no options for this transport.
    serve: async (server): Promise<Running> => {
      checkServer(server, 'messagePort(port).serve(server)')
      await server.open()
      const connection = new Connection(server, (outgoing) => port.postMessage(encodeMessage(server, outgoing)))
      let stop: (() => void) | undefined
      const closed = new Promise<void>((resolve) => (stop = resolve)).then(async () => {
        connection.endInput()
        await connection.drain() // Requests in flight get their responses.
        connection.close()
        port.close()
        await server.close()
      })
      port.addEventListener('message', ({ data }) => connection.receive(String(data)))
      port.addEventListener('close', () => stop?.())
      port.start()
      const close = (): Promise<void> => {
        stop?.()
        return closed
      }
      return { url: undefined, closed, close }
    },
  }
}
