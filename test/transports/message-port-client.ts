import { connect, parseMessages, type Client, type ClientTransport } from '@gangway/core/client'

const overPort = (port: MessagePort): ClientTransport => ({
  name: 'message port',
  open: async (receiver) => {
    port.addEventListener('message', ({ data }) => {
      for (const message of parseMessages(String(data), 'message port')) receiver.receive(message)
    })
    port.start()
    return {
      exchanges: false, // All messages share one channel.
      send: async (message) => port.postMessage(JSON.stringify(message)),
      close: async () => port.close(),
    }
  },
})

export const connectTo = (port: MessagePort): Promise<Client> => connect(overPort(port))
