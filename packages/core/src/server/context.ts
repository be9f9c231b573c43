/** All that a request may know about its surroundings. The front doors make it; methods and handlers read it. */
import type { Exchange } from '../jsonrpc/exchange.ts'
import { notification, type RequestId } from '../jsonrpc/message.ts'
import { META, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo, ClientDescription, Meta } from '../protocol/types/base.ts'
import { isAtLeast, LOG_LEVELS, type LogLevel } from '../protocol/types/logging.ts'

/** Sends a log message to the client, unless it asked for higher levels only. `data` is any JSON value. */
export type Log = Readonly<Record<LogLevel, (data: unknown, logger?: string) => void>>

/** Reports how far the work is: `progress` must rise from call to call. Nothing is sent unless the client asked for progress. */
export type Progress = (progress: number, total?: number, message?: string) => void

/** The last argument of every handler. */
export interface RequestContext {
  readonly id: RequestId
  /** The protocol revision that the request is served under. */
  readonly revision: Revision
  readonly client: ClientDescription
  /** Who is asking, where the transport knows. */
  readonly auth: AuthInfo | undefined
  /** The request's `_meta`, without the keys that the engine reads itself. */
  readonly meta: Meta
  /** Aborts when the request is cancelled, or the client is gone for good. */
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly log: Log
  /** Whether the client declared a capability, such as `elicitation`, `sampling` or `roots`. */
  readonly can: (capability: string) => boolean
}

export interface ContextOptions<Session> {
  readonly id: RequestId
  readonly revision: Revision
  readonly client: ClientDescription
  readonly auth: AuthInfo | undefined
  /** The request's own `_meta`. */
  readonly meta: Meta
  /** Undefined: send no log messages. */
  readonly logLevel: LogLevel | undefined
  readonly exchange: Exchange
  readonly session: Session
}

const OWN_KEYS = new Set<string>([META.protocolVersion, META.clientInfo, META.clientCapabilities, META.logLevel])

/** Getters make what a handler touches when it touches it, so that a plain call pays for none of it, and destructuring works. */
export class Context<Session = undefined> implements RequestContext {
  readonly #options: ContextOptions<Session>
  #reported = Number.NEGATIVE_INFINITY

  constructor(options: ContextOptions<Session>) {
    this.#options = options
  }

  get id(): RequestId {
    return this.#options.id
  }
  get revision(): Revision {
    return this.#options.revision
  }
  get client(): ClientDescription {
    return this.#options.client
  }
  get auth(): AuthInfo | undefined {
    return this.#options.auth
  }
  get signal(): AbortSignal {
    return this.#options.exchange.signal
  }
  get cancelled(): boolean {
    return this.#options.exchange.cancelled
  }
  get session(): Session {
    return this.#options.session
  }

  get meta(): Meta {
    return Object.fromEntries(Object.entries(this.#options.meta).filter(([key]) => !OWN_KEYS.has(key)))
  }

  get progress(): Progress {
    return (progress, total, message) => {
      const { progressToken } = this.#options.meta
      if ((typeof progressToken !== 'string' && typeof progressToken !== 'number') || !Number.isFinite(progress) || progress <= this.#reported) return
      this.#reported = progress
      this.#options.exchange.send(notification('notifications/progress', { progressToken, progress, total, message }))
    }
  }

  get log(): Log {
    const { logLevel, exchange } = this.#options
    const write = (level: LogLevel) => (data: unknown, logger?: string) => {
      if (logLevel && isAtLeast(level, logLevel)) exchange.send(notification('notifications/message', { level, data, logger }))
    }
    return Object.fromEntries(LOG_LEVELS.map((level) => [level, write(level)])) as Log
  }

  get can(): (capability: string) => boolean {
    return (capability) => Object.hasOwn(this.#options.client.capabilities, capability)
  }
}
