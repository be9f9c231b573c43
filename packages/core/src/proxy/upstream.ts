/** One connection to the server behind a proxy, and what is going on over it. */
import { capabilitiesOf, type Answers } from '../client/answers.ts'
import { connectTo, type ClientOptions, type LogMessage } from '../client/connect.ts'
import type { ClientConnection } from '../client/connection.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { ClientTransport } from '../client/transport.ts'
import { MethodNotFoundError } from '../jsonrpc/errors.ts'
import type { ClientCapabilities, ClientDescription } from '../protocol/types/base.ts'
import type { InputRequest } from '../protocol/types/input.ts'

/** A call that is under way, and hears what the server says meanwhile. */
export interface UpstreamCall {
  ask(question: InputRequest, signal: AbortSignal): Promise<unknown>
  log(message: LogMessage): void
}

export class Upstream {
  readonly server: ServerDescription
  readonly connection: ClientConnection
  /** The oldest first: what the server asks without naming a call is taken to be about that one. */
  readonly calls: Set<UpstreamCall>

  private constructor(connection: ClientConnection, server: ServerDescription, calls: Set<UpstreamCall>) {
    this.connection = connection
    this.server = server
    this.calls = calls
  }

  get isModern(): boolean {
    return !this.connection.requireEra().serverAsks
  }

  /** It is the client in front of the proxy that speaks. Throws `ClientError`, and `PeerError`. */
  static async open(transport: ClientTransport, { info, capabilities }: ClientDescription, options: ClientOptions): Promise<Upstream> {
    const calls = new Set<UpstreamCall>()
    const ask =
      (method: string) =>
      async (params: object, { signal }: { signal: AbortSignal }): Promise<never> => {
        const [call] = calls
        if (!call) throw new MethodNotFoundError(method) // Nobody is there who could be asked.
        return (await call.ask({ method, params } as InputRequest, signal)) as never
      }
    const answers: Answers = {
      ...(capabilities.elicitation && { elicit: ask('elicitation/create') }),
      ...(capabilities.sampling && { sample: ask('sampling/createMessage') }),
      ...(capabilities.roots && { roots: async (ctx) => ((await ask('roots/list')({}, ctx)) as { roots: [] }).roots }),
    }
    const { connection, server } = await connectTo(transport, {
      ...options,
      ...(info && { info }),
      ...answers,
      capabilities: { ...capabilitiesOf(answers, {}), ...askable(capabilities) },
      logLevel: 'debug', // Who wants less hears less: the front knows.
      onLog: (message) => {
        // Nobody is to read what was said to somebody else.
        const [call, ...others] = calls
        if (others.length === 0) call?.log(message)
      },
    })
    return new Upstream(connection, server, calls)
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
