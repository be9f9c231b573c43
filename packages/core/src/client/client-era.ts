/** The interfaces between the two protocol eras and the client connection: what each era must implement, and what the connection offers to it. */
import type { Params, Result } from '../jsonrpc/message.ts'
import type { Meta } from '../protocol/types/base-types.ts'
import type { LogLevel } from '../protocol/types/log-level.ts'
import type { Change } from '../definition/changes.ts'
import type { ListenFilter } from '../definition/listen-filter.ts'
import type { ServerDescription } from './server-description.ts'
import type { Settings } from './client-settings.ts'
import type { Subscription } from './subscription.ts'

export interface ClientEra {
  /** True if the server can send requests. If false, the server returns input requests in its results instead. */
  readonly serverAsks: boolean
  /** Whether closing a request's own connection cancels the request, so that no `notifications/cancelled` is needed. */
  readonly leaves: boolean
  /** Returns the `_meta` entries that every request of this era carries. */
  envelope(settings: Settings): Meta
  /** Resolves once the server has accepted the subscription. */
  listen(requester: Requester, server: ServerDescription, filter: ListenFilter): Promise<Subscription>
  setLogLevel(requester: Requester, level: LogLevel): Promise<void>
}

export interface Requester {
  /** The server's name in error messages. */
  readonly name: string
  readonly settings: Settings
  /** Subscriptions that receive the change notifications which are not addressed to a particular subscription. */
  readonly subscriptions: Set<Subscription>
  /** Resource URIs that the current session is subscribed to. */
  readonly uris: Map<string, SharedUri>
  /** Sets the negotiated era. `renew` establishes a new session after the server has dropped the current one; omit it if the era has no sessions. */
  begin(era: ClientEra, renew?: () => Promise<void>): void
  /** Rejects with `PeerError` if the server returns an error, with the signal's reason on abort, and with `ClientError` for any other failure. */
  request(method: string, params: Params, options?: SendRequestOptions): Promise<Result>
  notify(method: string, params: Params): Promise<void>
}

export interface SharedUri {
  /** Number of subscriptions that use the URI. */
  users: number
  /** Settles with the server's response to `resources/subscribe`. */
  readonly agreed: Promise<unknown>
}

export interface ProgressReport {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

export interface SendRequestOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds to wait for a response. Progress notifications reset the timer. */
  readonly timeout?: number | undefined
  /** Maximum total milliseconds to wait, regardless of progress. */
  readonly totalTimeout?: number | undefined
  /** A progress token is sent only if this callback is set. */
  readonly onProgress?: ((report: ProgressReport) => void) | undefined
  readonly meta?: Meta | undefined
  /** Headers that repeat arguments of the call (`x-mcp-header`). */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Overrides the connection's era. Requests with this option are not repeated after a session renewal. @default the one that was agreed on */
  readonly era?: ClientEra
  /** Receives the log messages that arrive on this request's own stream. They are not passed to the client's `onLog`. */
  readonly onLog?: (params: Params) => void
  /** Passed as `call` to the handlers of input requests, so that they can tell which request an input request belongs to. */
  readonly call?: object | undefined
  /** For `subscriptions/listen`: called with the accepted filter, then `notify` is called for each change. */
  readonly onAcknowledged?: (filter: Params) => void
  readonly notify?: (change: Change) => void
}
