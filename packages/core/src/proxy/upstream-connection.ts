/** One connection to the upstream of a proxy, with the calls in flight on it. */
import { connectTo, type ClientOptions } from '../client/connect.ts'
import type { ClientConnection } from '../client/client-connection.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { ClientTransport } from '../client/client-transport.ts'
import { MethodNotFoundError } from '../jsonrpc/rpc-errors.ts'
import type { ClientCapabilities, ClientDescription } from '../protocol/types/base-types.ts'
import type { InputRequest } from '../protocol/types/input-types.ts'
import type { EndingSession } from '../context/context.ts'
import { Calls } from './upstream-calls.ts'

/** The capability that a client must declare to receive each kind of input request. */
const CAPABILITY_OF: ReadonlyMap<string, keyof ClientCapabilities> = new Map<string, keyof ClientCapabilities>([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots'],
])

export class UpstreamConnection {
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

  /** Whether the upstream can request input from the client. A modern upstream needs no session for that, because it uses results. */
  get hasSession(): boolean {
    return this.isModern || this.connection.hasSession
  }

  /**
   * Connects with the name and capabilities of the proxy's client. `session` is that client's session, if it has one.
   * Rejects with `ClientError` or `PeerError`.
   */
  static async open(transport: ClientTransport, { info, capabilities }: ClientDescription, options: ClientOptions, session?: EndingSession): Promise<UpstreamConnection> {
    const calls = new Calls(session)
    const { connection, server } = await connectTo(transport, {
      ...options,
      ...(info && { info }),
      capabilities: { ...askable(capabilities), ...(session && capabilities.roots && { roots: capabilities.roots }) },
      logLevel: 'debug', // Request all levels: the proxy applies each client's own level.
      onLog: (message) => calls.log(message),
    }, async (method, params, { signal, call }) => {
      const capability = CAPABILITY_OF.get(method)
      if (!capability || !capabilities[capability]) throw new MethodNotFoundError(method)
      return (await calls.ask({ method, params } as unknown as InputRequest, signal, call)) as object
    })
    return new UpstreamConnection(connection, server, calls)
  }

  /** Never rejects: if the connection has ended, the next one requests the roots again. */
  async rootsChanged(): Promise<void> {
    await this.connection.notify('notifications/roots/list_changed', {}).catch(() => {})
  }

  close(): Promise<void> {
    return this.connection.close()
  }
}

/** Returns the client capabilities that an upstream can use through the proxy. */
export const askable = ({ elicitation, sampling, roots, extensions }: ClientCapabilities): ClientCapabilities => ({
  ...(elicitation && { elicitation }),
  ...(sampling && { sampling }),
  ...(roots && { roots: {} }),
  ...(extensions && { extensions }),
})
