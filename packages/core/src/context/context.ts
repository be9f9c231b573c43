/** The context of a request: who sent it, how to report progress, and how to reach the client. Transports create it; methods and handlers read it. */
import type { Exchange } from '../jsonrpc/incoming-requests.ts'
import { notification, type RequestId } from '../jsonrpc/message.ts'
import { hasCapability } from '../protocol/capabilities.ts'
import { projectProgress } from '../protocol/projection.ts'
import { isModernRevision, META, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo, ClientDescription, Meta } from '../protocol/types/base-types.ts'
import type { InputRequest, InputRequiredResult } from '../protocol/types/input-types.ts'
import { isAtLeast, LOG_LEVELS, type LogLevel } from '../protocol/types/log-level.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { ChangeHub } from '../definition/changes.ts'
import { Inputs, type Reader } from './input-requests.ts'
import { emptyReplayState, responsesIn, type ReplayState } from './replay-state.ts'
import { createElicit, createRoots, createSample, type Elicit, type Roots, type Sample } from './elicit-sample-roots.ts'

/** Sends log messages to the client, except those below the level that the client set. `data` is any JSON value. */
export type Log = Readonly<Record<LogLevel, (data: unknown, logger?: string) => void>>

/**
 * Reports the progress of the work. `progress` must increase with each call; other calls are ignored. Nothing is sent unless the client requested progress.
 *
 * @example ctx.progress(3, 10, 'Read 3 of 10 files')
 */
export type Progress = (progress: number, total?: number, message?: string) => void

/** The context of a request, passed to every handler as its last argument. */
export interface RequestContext {
  readonly id: RequestId
  /** The protocol revision of the request, such as `2025-11-25`. */
  readonly revision: Revision
  readonly client: ClientDescription
  /** The authenticated caller. Undefined without authentication, as on stdio. */
  readonly auth: AuthInfo | undefined
  /** The `_meta` of the request, without the keys that the engine handles itself. */
  readonly meta: Meta
  /** Aborts when the request is canceled or the client has disconnected permanently. */
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly log: Log
  /** Whether the client supports `elicitation`, `elicitation.url`, `sampling`, `sampling.tools`, `roots`, or any other capability. */
  readonly can: (capability: string) => boolean
  /**
   * Prompts the user to fill in a form or to open a page. An unanswered elicitation throws to suspend the handler; let that error propagate. After the client
   * has responded, the handler runs again from the top, and requests that have a response resolve at once. A response counts only for the same key, message and form.
   * Requests that are started together are sent together. Rejects with `MissingCapabilityError` if the client does not support the request. See docs/asking.md.
   */
  readonly elicit: Elicit
  readonly sample: Sample
  readonly roots: Roots
  /**
   * Runs `work` once and returns its value in every later run of the handler. Use it for side effects, and for values that differ from run to run.
   * The value must be a JSON value.
   *
   * @example const id = await ctx.step('order', () => createOrder())
   */
  readonly step: Step
  /** Closes the HTTP stream while the work continues; the client polls for the response. Does nothing if the client or the transport does not support this. */
  readonly closeStream: () => void
  /** For handlers that return `inputRequired()`: the client's responses so far, by key. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** For handlers that return `inputRequired()`: the state that the previous run passed to it. */
  readonly state: string | undefined
}

/** A session, or the connection of one client. For code that holds resources for the client, such as a connection to an upstream. */
export interface EndingSession {
  /** Whether the client can be reached outside a request: its connection is open or, with Streamable HTTP, its stream. */
  readonly attached: boolean
  /** Whether the session has ended. A second `initialize` restarts a session; it does not end it. */
  readonly ended: boolean
  /** Calls the function once, when the session restarts or ends. Calls it at once if the session has already ended. */
  onEnd(run: () => void): void
  /** Calls the function each time the client reports that its roots changed, until the session restarts. */
  onRootsChanged(run: () => void): void
  /** Sends a log message that belongs to no request, unless it is below the level that the client set. */
  log(level: LogLevel, data: unknown, logger?: string): void
  /** Also notifies the client of these changes. For servers that offer each session something different. Replaces the hub of an earlier call. */
  followChanges(changes: ChangeHub): void
}

export type Step = <T>(key: string, work: () => Awaitable<T>) => Promise<T>

export interface ContextOptions<Session> {
  readonly id: RequestId
  readonly revision: Revision
  readonly client: ClientDescription
  readonly auth: AuthInfo | undefined
  /** The complete `_meta` of the request. */
  readonly meta: Meta
  /** The lowest level of log messages to send; undefined sends none. */
  readonly logLevel: LogLevel | undefined
  readonly exchange: Exchange
  readonly session: Session
  /** The client that made the request, if it has its own connection or session. */
  readonly peer?: EndingSession | undefined
  readonly closeStream?: (() => void) | undefined
  /** Why no input request can reach the client, if the reason is not its capabilities. */
  readonly cannotAsk?: string | undefined
}

const OWN_KEYS = new Set<string>([META.protocolVersion, META.clientInfo, META.clientCapabilities, META.logLevel])

/** Getters create each member when a handler reads it, so that a call pays only for what it uses. Functions are bound to the context, so destructuring works. */
export class Context<Session = undefined> implements RequestContext {
  readonly #options: ContextOptions<Session>
  #replayState: ReplayState | undefined
  #reported = Number.NEGATIVE_INFINITY
  #inputs: Inputs | undefined

  /** `replayState` is the state of earlier runs of the same handler. @default this is the first */
  constructor(options: ContextOptions<Session>, replayState?: ReplayState) {
    this.#options = options
    this.#replayState = replayState
  }

  /** Creates the context for the next run of the same handler. */
  recall(replayState: ReplayState): Context<Session> {
    const next = new Context(this.#options, replayState)
    next.#reported = this.#reported
    return next
  }

  /** The state to pass to the next run of the handler. */
  get replayState(): ReplayState {
    return (this.#replayState ??= emptyReplayState())
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
  get peer(): EndingSession | undefined {
    return this.#options.peer
  }

  get cannotAsk(): string | undefined {
    return this.#options.cannotAsk
  }

  get exchange(): Exchange {
    return this.#options.exchange
  }

  get meta(): Meta {
    return Object.fromEntries(Object.entries(this.#options.meta).filter(([key]) => !OWN_KEYS.has(key)))
  }

  get progress(): Progress {
    return (progress, total, message) => {
      const { progressToken } = this.#options.meta
      if ((typeof progressToken !== 'string' && typeof progressToken !== 'number') || !Number.isFinite(progress) || progress <= this.#reported) return
      this.#reported = progress
      this.#options.exchange.send(notification('notifications/progress', projectProgress({ progressToken, progress, total, message }, this.revision)))
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
    return (capability) => hasCapability(this.#options.client.capabilities, capability)
  }

  get elicit(): Elicit {
    return createElicit(this.#ask())
  }
  get sample(): Sample {
    return createSample(this.#ask())
  }
  get roots(): Roots {
    return createRoots(this.#ask())
  }
  get step(): Step {
    return (key, work) => this.#asked().step(key, work)
  }
  get closeStream(): () => void {
    return () => this.#options.closeStream?.()
  }
  get inputs(): Readonly<Record<string, unknown>> {
    return this.#replayState ? responsesIn(this.#replayState) : {}
  }
  get state(): string | undefined {
    return this.#replayState?.state
  }
  /** Whether the client has sent responses or state. The result may depend on them, so it must not be cached. */
  get answered(): boolean {
    const { sent = [], rounds = 0 } = this.#replayState ?? {}
    return rounds > 0 || sent.length > 0
  }
  /** The input requests of this run of the handler; undefined if it made none. */
  questions(): Promise<InputRequiredResult | undefined> | undefined {
    return this.#inputs?.questions()
  }

  #ask() {
    return <T>(key: string, request: InputRequest, read: Reader<T>): Promise<T> => this.#asked().ask(key, request, read)
  }

  #asked(): Inputs {
    const { client, revision } = this.#options
    this.#inputs ??= new Inputs(this.replayState, client.capabilities, { asksAgain: isModernRevision(revision) })
    return this.#inputs
  }
}

/** The members that handlers see, in the order of `RequestContext`. */
const MEMBERS = Object.keys({
  id: true, revision: true, client: true, auth: true, meta: true, signal: true, progress: true, log: true, can: true, elicit: true, sample: true, roots: true, step: true, closeStream: true, inputs: true, state: true,
} satisfies Record<keyof RequestContext, true>)

const shown: ReadonlySet<string | symbol> = new Set(MEMBERS)

/** `{ ...ctx }` does not copy getters of a prototype. Own properties would about double the cost of a request; a proxy costs one object. */
const SPREADABLE: ProxyHandler<Context<unknown>> = {
  get: (ctx, member) => ctx[member as keyof Context<unknown>],
  ownKeys: () => MEMBERS,
  getOwnPropertyDescriptor: (ctx, member) => (shown.has(member) ? { get: () => ctx[member as keyof RequestContext], enumerable: true, configurable: true } : undefined),
}

/** The context as handlers receive it. `{ ...ctx }` contains all of its members. */
export const spreadable = (ctx: Context<unknown>): RequestContext => new Proxy(ctx, SPREADABLE)
