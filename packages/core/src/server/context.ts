/** All that a request may know about its surroundings. The front doors make it; methods and handlers read it. */
import type { Exchange } from '../jsonrpc/exchange.ts'
import { notification, type RequestId } from '../jsonrpc/message.ts'
import { hasCapability } from '../protocol/capabilities.ts'
import { projectProgress } from '../protocol/projection.ts'
import { isModernRevision, META, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo, ClientDescription, Meta } from '../protocol/types/base.ts'
import type { InputRequest, InputRequiredResult } from '../protocol/types/input.ts'
import { isAtLeast, LOG_LEVELS, type LogLevel } from '../protocol/types/logging.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'
import type { ChangeHub } from './changes.ts'
import { Inputs, type Reader } from './input.ts'
import { emptyMemory, responsesIn, type Memory } from './replay.ts'
import { createElicit, createRoots, createSample, type Elicit, type Roots, type Sample } from './questions.ts'

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
  /** Whether the client can be asked: `elicitation`, `elicitation.url`, `sampling`, `sampling.tools`, `roots`, or any other capability. */
  readonly can: (capability: string) => boolean
  /**
   * Asks the user to fill in a form or open a page. The handler ends at the first request without a response, and runs again from the top once the client
   * has responded: requests that have a response return it at once. A response counts only for the same key, message and form. Requests that are started
   * together are sent together. Rejects with `MissingCapabilityError` if the client does not support the request. See docs/asking.md.
   */
  readonly elicit: Elicit
  readonly sample: Sample
  readonly roots: Roots
  /** Runs `work` once and returns its value in every later run of the handler: for side effects, and for values that change from run to run. The value must survive JSON. */
  readonly step: Step
  /** Lets go of the connection while the work goes on: the client comes back for the answer. Does nothing where a client or transport cannot do that. */
  readonly closeStream: () => void
  /** In the visible form, `return inputRequired(…)`: the client's responses so far, by key. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** In the visible form: the state that the last run passed on. */
  readonly state: string | undefined
}

/** A session, or the connection of one client, for code that keeps something on its behalf, such as a connection to an upstream. */
export interface EndingSession {
  /** Whether its client can be reached outside of a request: its connection is open, or, over Streamable HTTP, its stream. */
  readonly attached: boolean
  /** Runs the function when the session has ended, or at once if it already has. */
  onEnd(run: () => void): void
  /** Runs the function whenever the client reports that its roots changed. */
  onRootsChanged(run: () => void): void
  /** Sends a log message that belongs to no request, unless the client wants only higher levels. */
  log(level: LogLevel, data: unknown, logger?: string): void
  /** Notifies the client of these changes, too: for a server that offers each session something else. Replaces those of an earlier call. */
  follow(changes: ChangeHub): void
}

export type Step = <T>(key: string, work: () => Awaitable<T>) => Promise<T>

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
  /** Of the one client that made the request, where it is known to be one: on a connection of its own, or in a session. */
  readonly peer?: EndingSession | undefined
  readonly closeStream?: (() => void) | undefined
  /** Why no request can be sent to the client, where that is not for want of its capabilities. */
  readonly cannotAsk?: string | undefined
}

const OWN_KEYS = new Set<string>([META.protocolVersion, META.clientInfo, META.clientCapabilities, META.logLevel])

/** Getters create each member when a handler reads it, so that a call pays only for what it uses. The members are bound: destructuring works. */
export class Context<Session = undefined> implements RequestContext {
  readonly #options: ContextOptions<Session>
  #memory: Memory | undefined
  #reported = Number.NEGATIVE_INFINITY
  #inputs: Inputs | undefined

  /** `memory` is what earlier runs of the same handler left. @default this is the first */
  constructor(options: ContextOptions<Session>, memory?: Memory) {
    this.#options = options
    this.#memory = memory
  }

  /** The context of the next run of the same handler. */
  recall(memory: Memory): Context<Session> {
    const next = new Context(this.#options, memory)
    next.#reported = this.#reported
    return next
  }

  /** What the next run of the handler is to know. */
  get memory(): Memory {
    return (this.#memory ??= emptyMemory())
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
    return this.#memory ? responsesIn(this.#memory) : {}
  }
  get state(): string | undefined {
    return this.#memory?.state
  }
  /** Whether the client has sent responses or state, so that the result may depend on them. */
  get answered(): boolean {
    const { sent = [], rounds = 0 } = this.#memory ?? {}
    return rounds > 0 || sent.length > 0
  }
  /** What this run of the handler has asked; undefined if nothing. */
  questions(): Promise<InputRequiredResult | undefined> | undefined {
    return this.#inputs?.questions()
  }

  #ask() {
    return <T>(key: string, request: InputRequest, read: Reader<T>): Promise<T> => this.#asked().ask(key, request, read)
  }

  #asked(): Inputs {
    const { client, revision } = this.#options
    this.#inputs ??= new Inputs(this.memory, client.capabilities, { asksAgain: isModernRevision(revision) })
    return this.#inputs
  }
}

/** The members that handlers see, in the order of `RequestContext`. */
const MEMBERS = Object.keys({
  id: true, revision: true, client: true, auth: true, meta: true, signal: true, progress: true, log: true, can: true, elicit: true, sample: true, roots: true, step: true, closeStream: true, inputs: true, state: true,
} satisfies Record<keyof RequestContext, true>)

const shown: ReadonlySet<string | symbol> = new Set(MEMBERS)

/** Getters on a prototype are not copied by `{ ...ctx }`; own properties would cost every request about as much as all else. A proxy costs one object. */
const SPREADABLE: ProxyHandler<Context<unknown>> = {
  get: (ctx, member) => ctx[member as keyof Context<unknown>],
  ownKeys: () => MEMBERS,
  getOwnPropertyDescriptor: (ctx, member) => (shown.has(member) ? { get: () => ctx[member as keyof RequestContext], enumerable: true, configurable: true } : undefined),
}

/** The context as handlers get it: `{ ...ctx }` has all its members. */
export const spreadable = (ctx: Context<unknown>): RequestContext => new Proxy(ctx, SPREADABLE)
