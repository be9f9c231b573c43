/** One upstream of a proxy: its connections, what is known of its state, and the way to it for each client in front. */
import { ClientError } from '../client/errors.ts'
import { redactedError } from '../client/redacted-transport.ts'
import type { ClientTransport } from '../client/transport.ts'
import { isGangwayError } from '../gangway-error.ts'
import { atMost } from '../jsonrpc/delay.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { RpcError } from '../jsonrpc/errors.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import type { Revision } from '../protocol/revisions.ts'
import { redact } from '../redact.ts'
import type { Change } from '../server/changes.ts'
import type { RequestContext } from '../server/context.ts'
import type { Logger } from '../server/logger.ts'
import { Connections, type TransportOf } from './connections.ts'
import { ConnectionSlots, type Occupant } from './connection-slots.ts'
import { Forwarder } from './forward.ts'
import type { Front } from './front.ts'
import { LiveUpstream, type LiveHooks, type Offer } from './live-upstream.ts'
import { publicDelay, publicFault } from './public-fault.ts'
import { UpstreamClient } from './upstream-client.ts'

/** Distinct messages about one upstream that are logged at `warn`; it chooses how many there are. */
const MAX_REPORTS = 100

export interface SourceOptions {
  /** As configured; undefined for the only upstream. */
  readonly name: string | undefined
  readonly revision: Revision | undefined
  /** Milliseconds for a response, and to connect. */
  readonly timeout: number
  /** Milliseconds that a client gets to answer an input request. */
  readonly inputTimeout: number
  /** Milliseconds after which an unused connection is closed. */
  readonly idle: number
  readonly maxConnections: number
  /** The bound on the connections of all upstreams that are processes. */
  readonly processes: ConnectionSlots | undefined
  readonly logger: Logger
  /** The upstream is offered for the first time, or can be reached again, or no longer. */
  readonly onState: () => void
  readonly onChange: (front: Front, change: Change) => void
}

export class Source {
  readonly name: string | undefined
  /** What was seen last, by any client. */
  offer: Offer | undefined
  /** Whether a client has needed it yet. */
  needed = false
  /** Why it could not be reached the last time; undefined once it was. */
  fault: Error | undefined
  readonly #options: SourceOptions
  readonly #transport: ClientTransport | undefined
  readonly #connections: Connections
  readonly #slots: readonly ConnectionSlots[]
  readonly #forwarder: Forwarder
  readonly #clients = new Map<Front, UpstreamClient>()
  readonly #open = new Set<LiveUpstream>()
  /** Whose the connections are, those included that are being opened. */
  readonly #owners = new Map<Occupant, Front>()
  /** The one connection to a modern upstream. */
  #shared: Promise<LiveUpstream | undefined> | undefined
  readonly #reported = new Set<string>()
  /** How often: it may be needed again. */
  #closed = 0

  constructor(transport: ClientTransport | TransportOf, options: SourceOptions) {
    const { name, maxConnections, processes, revision, timeout, inputTimeout } = options
    this.name = name
    this.#options = options
    this.#transport = typeof transport === 'function' ? undefined : transport
    const own = new ConnectionSlots(this.#transport?.single ? 1 : maxConnections, name === undefined ? 'The upstream server' : `Upstream "${name}"`)
    this.#slots = [own, ...(processes && this.#transport?.spawns ? [processes] : [])]
    this.#connections = new Connections(transport, { revision, timeout, slots: this.#slots, onFault: (error) => this.#report('An upstream violates the protocol', error) })
    this.#forwarder = new Forwarder(timeout, inputTimeout, (error) => this.#toRpcError(error))
  }

  /** `ready()` for a client that waits so many milliseconds; the connection is opened for the next request all the same. */
  async readyWithin(milliseconds: number, front: Front): Promise<Offer> {
    const ready = this.ready(front)
    let offer: Offer | undefined
    await atMost(milliseconds, ready.then((found) => (offer = found)))
    if (offer) return offer
    throw new RpcError(ErrorCode.InternalError, publicDelay(this.name))
  }

  /** What this client is offered, which takes a connection. Throws `RpcError`. */
  async ready(front: Front): Promise<Offer> {
    this.needed = true
    const closed = this.#closed
    try {
      const offer = await this.#of(front).ready()
      const isFirst = this.offer === undefined
      this.offer = offer
      this.#succeeded(isFirst)
      return offer
    } catch (error) {
      if (error instanceof RpcError && this.#transport?.single && this.offer) return this.offer // While another client has the one connection, the lists that it saw.
      if (error instanceof RpcError) throw error
      if (closed === this.#closed) this.#failed(error as Error)
      throw new RpcError(ErrorCode.InternalError, publicFault(error, this.name)) // Without its cause, which the log has.
    }
  }

  /** What this client was offered last; undefined if nothing yet. */
  offerTo(front: Front): Offer | undefined {
    return this.#clients.get(front)?.offer ?? (this.#transport?.single ? this.offer : undefined)
  }

  /** Throws `RpcError`. */
  async forward(front: Front, ctx: RequestContext, method: string, params: Params): Promise<Result> {
    try {
      const result = await this.#forwarder.forward(this.#of(front), ctx, method, params)
      this.#succeeded(false)
      return result
    } catch (error) {
      if (error instanceof RpcError && error.cause instanceof ClientError && error.cause.code === 'GANGWAY_E_UNREACHABLE') this.#failed(error.cause)
      throw error
    }
  }

  watch(front: Front, uri: string, isWanted: boolean): void {
    if (isWanted) this.#of(front).watch(uri)
    else this.#clients.get(front)?.unwatch(uri)
  }

  /** The client has gone. */
  drop(front: Front): void {
    this.#clients.get(front)?.close()
    this.#clients.delete(front)
  }

  async close(): Promise<void> {
    this.#closed++
    this.#forwarder.close()
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
    for (const { upstream } of this.#open) this.#connections.close(upstream)
    await this.#connections.closeAll()
  }

  #of(front: Front): UpstreamClient {
    const known = this.#clients.get(front)
    if (known) return known
    const client = new UpstreamClient(front, {
      idle: this.#options.idle,
      open: (one, occupant, onEnded) => this.#openFor(one, occupant, onEnded),
      close: ({ upstream }) => this.#connections.close(upstream),
      onIdle: (occupant) => {
        for (const slots of this.#slots) {
          slots.used(occupant)
          slots.relieve()
        }
      },
      onChange: (change) => this.#options.onChange(front, change),
    })
    this.#clients.set(front, client)
    return client
  }

  async #openFor(front: Front, occupant: Occupant, onEnded: () => void): Promise<{ live: LiveUpstream; isShared: boolean }> {
    while (this.#connections.mayShare(front)) {
      const shared = await this.#shared?.catch(() => undefined)
      if (shared && !shared.ended) return { live: shared, isShared: true }
      if (this.#shared && !shared) {
        // Another client's attempt found an upstream without the modern era, or failed.
        this.#shared = undefined
        continue
      }
      const opening = this.#connect(front, occupant, onEnded)
      const sharing = opening.then((live) => (live.upstream.isModern ? live : undefined))
      sharing.catch(() => {})
      this.#shared = sharing
      const live = await opening
      if (live.upstream.isModern) return { live, isShared: true }
      if (this.#shared === sharing) this.#shared = undefined
      return { live, isShared: false }
    }
    return { live: await this.#connect(front, occupant, onEnded), isShared: false }
  }

  async #connect(front: Front, occupant: Occupant, onEnded: () => void): Promise<LiveUpstream> {
    if (this.#transport?.single && [...this.#owners.values()].some(({ session, attached }) => session && session !== front.session && attached)) {
      throw new RpcError(ErrorCode.InternalError, `${this.#transport.name} is one instance, which serves one client at a time, and another is connected: pass a function that makes one, such as () => createServer()`)
    }
    this.#owners.set(occupant, front)
    try {
      const upstream = await this.#connections.open(front, occupant)
      const live = new LiveUpstream(upstream, this.#hooks)
      this.#open.add(live)
      void upstream.connection.closedBy.then(() => {
        this.#open.delete(live)
        this.#owners.delete(occupant)
        onEnded()
      })
      return live
    } catch (error) {
      this.#owners.delete(occupant)
      throw error
    }
  }

  readonly #hooks: LiveHooks = {
    onListFault: (list, error) => this.#report(`An upstream failed to list its ${list}: they are missing here`, error, { list }),
    onOmitted: (tools) => this.#report('The proxy leaves out tools that run only as tasks, which it does not pass on', undefined, { tools }),
    onError: (error) => this.#options.logger.error({ upstream: this.#label, err: error }, 'A change of an upstream could not be passed on'),
    onReached: () => this.#succeeded(false),
    onUnheard: (error, isReached) => {
      this.#options.logger.debug({ upstream: this.#label, reason: this.#reasonOf(error) }, 'An upstream reports no changes')
      if (!isReached && error instanceof ClientError && error.code === 'GANGWAY_E_UNREACHABLE') this.#failed(error)
    },
  }

  get #label(): string {
    return this.name ?? this.#transport?.name ?? 'upstream'
  }

  #redact(text: string): string {
    return this.#transport?.redact?.(text) ?? redact(text)
  }

  #failed(error: Error): void {
    if (error.message === this.fault?.message) return // Logged already.
    this.fault = error
    this.#options.onState()
    this.#options.logger.warn({ upstream: this.#label, reason: this.#reasonOf(error) }, 'An upstream cannot be reached')
  }

  #succeeded(isFirst: boolean): void {
    if (!this.fault && !isFirst) return
    this.fault = undefined
    this.#options.onState()
  }

  /** Logs the same only once. */
  #report(message: string, error?: Error, fields: object = {}): void {
    const reason = error && this.#reasonOf(error)
    const key = JSON.stringify([message, reason, fields])
    const isNew = !this.#reported.has(key) && this.#reported.size < MAX_REPORTS
    if (isNew) this.#reported.add(key)
    this.#options.logger[isNew ? 'warn' : 'debug']({ upstream: this.#label, ...(reason !== undefined && { reason }), ...fields }, message)
  }

  /** An unexpected error is shown with its stack. */
  #reasonOf(error: unknown): string {
    const isExpected = isGangwayError(error) || error instanceof PeerError || error instanceof RpcError
    return this.#redact(error instanceof Error ? ((isExpected ? undefined : error.stack) ?? error.message) : String(error))
  }

  /** For clients: what went wrong in general. The log has the cause. */
  #toRpcError(error: unknown): unknown {
    if (error instanceof RpcError) return error
    const cause = isGangwayError(error) ? redactedError(error, (text) => this.#redact(text)) : new Error(this.#reasonOf(error))
    return new RpcError(ErrorCode.InternalError, publicFault(error, this.name), { cause })
  }
}
