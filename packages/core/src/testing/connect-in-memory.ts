/** `connectInMemory()` for tests: connects a test client to a server in the same process. */
import { CLIENT_OPTIONS, connectTo, type ClientOptions } from '../client/connect.ts'
import type { ClientTransport } from '../client/client-transport.ts'
import { MODERN_REVISIONS, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import type { ToolType } from '../definition/tool.ts'
import { memory } from './in-memory-transport.ts'
import { toInputHandlers, type ScriptedResponses } from './scripted-responses.ts'
import { TestClient, type RecordedMessage } from './test-client.ts'

export interface TestOptions extends Omit<ClientOptions, 'revision' | 'knownServer' | 'probeTimeout' | 'elicit' | 'sample' | 'roots'> {
  /** The protocol revision to use. @default the newest */
  revision?: Revision
  /** The identity of the client, as the authentication of an HTTP server would return it. */
  auth?: AuthInfo
  /** The client's responses to elicitation, sampling and roots requests. */
  answers?: ScriptedResponses
}

const { knownServer: _known, probeTimeout: _probeTimeout, elicit: _elicit, sample: _sample, roots: _roots, ...SHARED } = CLIENT_OPTIONS
const OPTIONS: OptionNames<TestOptions> = { ...SHARED, revision: true, auth: true, answers: true }
/** Options of other clients, for the suggestion in the error message: test clients use `answers` instead. */
const MEANT: ReadonlyMap<string, string> = new Map(['elicit', 'sample', 'roots'].map((name) => [name, 'answers']))

/**
 * Connects in memory: `await using client = await connectInMemory(server)`, then `await client.call.add({ a: 1, b: 2 })`.
 * The server's `onStart` and `onClose` hooks run, as with any transport. Process state, such as signal handlers and stdio, is not touched.
 */
export async function connectInMemory<Tools extends Record<string, ToolType<unknown, unknown>>>(server: ServerDefinition & { readonly toolTypes: Tools }, options: TestOptions = {}): Promise<TestClient<Tools>> {
  checkOptions('connectInMemory()', options, OPTIONS, MEANT)
  const { revision = MODERN_REVISIONS[0], auth, answers = {}, ...rest } = options
  const messages: RecordedMessage[] = []
  const { connection, server: description } = await connectTo(recorded(memory(server, { auth }), messages), { ...rest, ...toInputHandlers(answers), revision })
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
