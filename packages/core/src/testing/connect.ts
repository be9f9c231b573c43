/** `connect()` for tests: a server value, and a client of it that a test can look into. */
import { connectTo, type ClientOptions } from '../client/connect.ts'
import type { ClientTransport } from '../client/transport.ts'
import { MODERN_REVISIONS, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { ToolType } from '../server/tool.ts'
import { memory } from './memory.ts'
import { toAnswers, type ScriptedAnswers } from './script.ts'
import { TestClient, type RecordedMessage } from './test-client.ts'

export interface TestOptions extends Omit<ClientOptions, 'revision' | 'known' | 'probeTimeout' | 'elicit' | 'sample' | 'roots'> {
  /** @default the newest */
  revision?: Revision
  /** Who the server takes the client for. */
  auth?: AuthInfo
  /** What the client answers when the server asks. */
  answers?: ScriptedAnswers
}

/**
 * Connects in memory: `await using client = await connect(server)`, then `await client.call.add({ a: 1, b: 2 })`.
 * The server's hooks run, as under any transport; nothing else of the process is touched.
 */
export async function connect<Tools extends Record<string, ToolType<unknown, unknown>>>(server: ServerDefinition & { readonly toolTypes: Tools }, options: TestOptions = {}): Promise<TestClient<Tools>> {
  const { revision = MODERN_REVISIONS[0], auth, answers = {}, ...rest } = options
  const messages: RecordedMessage[] = []
  const { connection, server: description } = await connectTo(recorded(memory(server, { auth }), messages), { ...rest, ...toAnswers(answers), revision })
  return new TestClient<Tools>(connection, description, server, messages)
}

const recorded = (transport: ClientTransport, messages: RecordedMessage[]): ClientTransport => ({
  name: transport.name,
  open: async (receiver, signal) => {
    const link = await transport.open({
      receive: (message, about) => {
        messages.push({ from: 'server', message })
        receiver.receive(message, about)
      },
      fault: (error) => receiver.fault(error),
      closed: (error) => receiver.closed(error),
    }, signal)
    return {
      exchanges: link.exchanges,
      send: (message, options) => {
        messages.push({ from: 'client', message })
        return link.send(message, options)
      },
      close: () => link.close(),
    }
  },
})
