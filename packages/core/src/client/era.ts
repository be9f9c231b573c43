/** What tells one era from the other for a client, and what an era may ask of the connection. */
import type { Params, Result } from '../jsonrpc/message.ts'
import type { Meta } from '../protocol/types/base.ts'
import type { LogLevel } from '../protocol/types/logging.ts'
import type { Change } from '../server/changes.ts'
import type { ListenFilter } from '../server/listen-filter.ts'
import type { ServerDescription } from './server-description.ts'
import type { Settings } from './settings.ts'
import type { Subscription } from './subscription.ts'

export interface ClientEra {
  /** Whether the server may send requests; if not, it asks in its results. */
  readonly serverAsks: boolean
  /** Whether a request that has a connection of its own is cancelled by leaving that. */
  readonly leaves: boolean
  /** What each request says of itself. */
  envelope(settings: Settings): Meta
  /** Resolves once the server has agreed. */
  listen(requester: Requester, server: ServerDescription, filter: ListenFilter): Promise<Subscription>
  setLogLevel(requester: Requester, level: LogLevel): Promise<void>
}

export interface Requester {
  /** What errors call the server. */
  readonly name: string
  readonly settings: Settings
  /** Those that are fed by what the server says unasked. */
  readonly subscriptions: Set<Subscription>
  /** What the session subscribes to. */
  readonly uris: Map<string, SharedUri>
  /** The era is agreed on. `renew` begins another session, where a server may forget one. */
  begin(era: ClientEra, renew?: () => Promise<void>): void
  /** Rejects with `PeerError` for what the server answers, with the signal's reason, and with `ClientError`. */
  request(method: string, params: Params, options?: SendRequestOptions): Promise<Result>
  notify(method: string, params: Params): Promise<void>
}

export interface SharedUri {
  /** The subscriptions that want it. */
  users: number
  /** Settles when the server has answered. */
  readonly agreed: Promise<unknown>
}

export interface ProgressReport {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

export interface SendRequestOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without an answer or progress. */
  readonly timeout?: number | undefined
  /** Milliseconds altogether. */
  readonly maxTimeout?: number | undefined
  /** Progress is asked for only if somebody hears of it. */
  readonly onProgress?: ((report: ProgressReport) => void) | undefined
  readonly meta?: Meta | undefined
  /** Headers that repeat arguments. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Of the requests that settle it; they are not repeated in another session. @default the one that was agreed on */
  readonly era?: ClientEra
  /** Takes the log messages that are known to belong to this request; nobody else hears of those. */
  readonly onLog?: (params: Params) => void
  /** Of `subscriptions/listen`: what it will tell, and then does. */
  readonly onAcknowledged?: (filter: Params) => void
  readonly tell?: (change: Change) => void
}
