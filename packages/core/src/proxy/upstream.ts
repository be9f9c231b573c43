/** One connection to the server behind a proxy, and what is going on over it. */
import { capabilitiesOf, type Answers } from '../client/answers.ts'
import { connectTo, type ClientOptions } from '../client/connect.ts'
import type { ClientConnection } from '../client/connection.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { ClientTransport } from '../client/transport.ts'
import type { ClientCapabilities, ClientDescription } from '../protocol/types/base.ts'
import type { InputRequest } from '../protocol/types/input.ts'
import type { EndingSession } from '../server/context.ts'
import { Calls } from './calls.ts'

export class Upstream {
  readonly server: ServerDescription
  readonly connection: ClientConnection
  readonly calls: Calls

  private constructor(connection: ClientConnection, server: ServerDescription, calls: Calls) {
    this.connection = connection
    this.server = server
    this.calls = calls
  }

  get isModern(): boolean {
    return !this.connection.requireEra().serverAsks
  }

  /** Whether the upstream can send requests of its own: modern ones do so in their results. */
  get hasSession(): boolean {
    return this.isModern || this.connection.hasSession
  }

  /** It is the client in front of the proxy that speaks, in that session if it has one. Throws `ClientError`, and `PeerError`. */
  static async open(transport: ClientTransport, { info, capabilities }: ClientDescription, options: ClientOptions, session?: EndingSession): Promise<Upstream> {
    const calls = new Calls(session)
    const ask =
      (method: string) =>
      async (params: object, { signal }: { signal: AbortSignal }): Promise<never> =>
        (await calls.ask({ method, params } as InputRequest, signal)) as never
    const answers: Answers = {
      ...(capabilities.elicitation && { elicit: ask('elicitation/create') }),
      ...(capabilities.sampling && { sample: ask('sampling/createMessage') }),
      ...(capabilities.roots && { roots: async (ctx) => ((await ask('roots/list')({}, ctx)) as { roots: [] }).roots }),
    }
    const { connection, server } = await connectTo(transport, {
      ...options,
      ...(info && { info }),
      ...answers,
      capabilities: { ...capabilitiesOf(answers, {}), ...askable(capabilities), ...(session && capabilities.roots && { roots: capabilities.roots }) },
      logLevel: 'debug', // Who wants less hears less: the front knows.
      onLog: (message) => calls.log(message),
    })
    return new Upstream(connection, server, calls)
  }

  /** Never rejects: a connection that has ended is followed by one that asks for them. */
  async rootsChanged(): Promise<void> {
    await this.connection.notify('notifications/roots/list_changed', {}).catch(() => {})
  }

  close(): Promise<void> {
    return this.connection.close()
  }
}

/** What a server behind the proxy may make use of. */
export const askable = ({ elicitation, sampling, roots, extensions }: ClientCapabilities): ClientCapabilities => ({
  ...(elicitation && { elicitation }),
  ...(sampling && { sampling }),
  ...(roots && { roots: {} }),
  ...(extensions && { extensions }),
})
