/** One upstream of a proxy: manages its connections, tracks its state, and forwards the requests of each client. */
import { ClientError } from '../client/client-errors.ts'
import { redactedError } from '../client/redacted-transport.ts'
import type { ClientTransport } from '../client/client-transport.ts'
import { isGangwayError } from '../gangway-error.ts'
import { withTimeout } from '../util/with-timeout.ts'
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { RpcError } from '../jsonrpc/rpc-errors.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import type { Revision } from '../protocol/revisions.ts'
import { redact } from '../util/redact.ts'
import { LIST_OF_METHOD, type ListName } from '../protocol/lists.ts'
import type { Change } from '../definition/changes.ts'
import type { RequestContext } from '../context/context.ts'
import { logLimited } from '../logging/limited-log.ts'
import type { Logger } from '../logging/logger.ts'
import { shorten } from '../util/shorten.ts'
import { Connections, type TransportOf } from './connections.ts'
import { ConnectionSlots, type SlotHolder } from './connection-slots.ts'
import { Forwarder } from './forward-request.ts'
import type { DownstreamClient } from './downstream-clients.ts'
import { LiveUpstream, type LiveHooks, type OfferedLists } from './live-upstream.ts'
import { publicDelay, publicError } from './public-error.ts'
import { UpstreamClient } from './upstream-client.ts'

/** Maximum number of distinct messages logged at `warn` for one upstream, since the upstream controls their text. Further ones are logged at `debug`. */
const MAX_REPORTS = 100

/** Maximum characters of an upstream's error in a log line. */
const MAX_REASON = 8192

/** The list that a request depends on. The proxy forwards only calls of listed tools and prompts. */
const NEEDED: ReadonlyMap<string, ListName> = new Map([
  ...LIST_OF_METHOD,
  ['tools/call', 'tools'],
  ['prompts/get', 'prompts'],
])

export interface UpstreamSettings {
  /** The configured name; undefined if there is only one upstream. */
  readonly name: string | undefined
  readonly revision: Revision | undefined
  /** Milliseconds to connect, and to wait for a response. */
  readonly timeout: number
  /** Milliseconds that a client has to respond to an input request. */
  readonly inputTimeout: number
  /** Milliseconds after which an unused connection is closed. */
  readonly idleTimeout: number
  readonly maxConnections: number
  /** The shared limit of processes of all upstreams, if there is one. */
  readonly processes: ConnectionSlots | undefined
  readonly logger: Logger
  /** Called when the upstream is first reached, becomes unreachable, or can be reached again. */
  readonly onState: () => void
  readonly onChange: (downstream: DownstreamClient, change: Change) => void
}

export class Upstream {
  readonly name: string | undefined
  /** The lists that any client saw most recently. */
  offer: OfferedLists | undefined
  /** Whether any client has needed this upstream yet. */
  needed = false
  /** The error of the last connection attempt; undefined after a success. */
  fault: Error | undefined
  readonly #options: UpstreamSettings
  readonly #transport: ClientTransport | undefined
  readonly #connections: Connections
  readonly #slots: readonly ConnectionSlots[]
  readonly #forwarder: Forwarder
  readonly #clients = new Map<DownstreamClient, UpstreamClient>()
  /** Clients that have disconnected but may still have requests in flight. */
  readonly #gone = new WeakMap<DownstreamClient, UpstreamClient>()
  readonly #open = new Set<LiveUpstream>()
  /** The client of each connection, including connections that are being opened. */
  readonly #owners = new Map<SlotHolder, DownstreamClient>()
  /** The connection that all clients of a modern upstream share. */
  #shared: Promise<LiveUpstream | undefined> | undefined
  readonly #reported = new Set<string>()
  /** Number of `close()` calls. A connection attempt that `close()` interrupts is not reported as a failure. */
  #closed = 0

  constructor(transport: ClientTransport | TransportOf, options: UpstreamSettings) {
    const { name, maxConnections, processes, revision, timeout, inputTimeout } = options
    this.name = name
    this.#options = options
    this.#transport = typeof transport === 'function' ? undefined : transport
    const own = new ConnectionSlots(this.#transport?.single ? 1 : maxConnections, name === undefined ? 'The upstream server' : `Upstream "${name}"`)
    this.#slots = [own, ...(processes && this.#transport?.spawns ? [processes] : [])]
    this.#connections = new Connections(transport, { revision, timeout, slots: this.#slots, onFault: (error) => this.#report('An upstream violates the protocol', error) })
    this.#forwarder = new Forwarder(timeout, inputTimeout, (error) => this.#toRpcError(error))
  }

  /** Like `ready()`, but rejects after the given milliseconds. Connecting continues, so that a later request can succeed. */
  waitUntilReady(milliseconds: number, downstream: DownstreamClient, method: string): Promise<OfferedLists> {
    return withTimeout(milliseconds, this.ready(downstream, method), () => {
      throw new RpcError(ErrorCode.InternalError, publicDelay(this.name))
    })
  }

  /** Connects if necessary, and resolves with the lists for this client. If the list that `method` needs failed before, it is fetched again. Rejects with `RpcError`. */
  async ready(downstream: DownstreamClient, method: string): Promise<OfferedLists> {
    this.needed = true
    const closed = this.#closed
    try {
      const offer = await this.#of(downstream).ready(NEEDED.get(method))
      const isFirst = this.offer === undefined
      this.offer = offer
      this.#succeeded(isFirst)
      return offer
    } catch (error) {
      if (error instanceof RpcError && this.#transport?.single && this.offer) return this.offer // Another client uses the only connection: return the lists that it saw.
      if (error instanceof RpcError) throw error
      if (closed === this.#closed) this.#failed(error as Error)
      throw new RpcError(ErrorCode.InternalError, publicError(error, this.name)) // The cause is logged, but not sent to clients.
    }
  }

  /** The lists that this client last saw; undefined before its first successful request. */
  offerTo(downstream: DownstreamClient): OfferedLists | undefined {
    return (this.#clients.get(downstream) ?? this.#gone.get(downstream))?.offer ?? (this.#transport?.single ? this.offer : undefined)
  }

  /** Forwards a request and resolves with the upstream's result. Rejects with `RpcError`. */
  async forward(downstream: DownstreamClient, ctx: RequestContext, method: string, params: Params): Promise<Result> {
    try {
      const result = await this.#forwarder.forward(this.#of(downstream), ctx, method, params)
      this.#succeeded(false)
      return result
    } catch (error) {
      if (error instanceof RpcError && error.cause instanceof ClientError && error.cause.code === 'GANGWAY_E_UNREACHABLE') this.#failed(error.cause)
      throw error
    }
  }

  watch(downstream: DownstreamClient, uri: string, isWanted: boolean): void {
    if (isWanted) this.#of(downstream).watch(uri)
    else this.#clients.get(downstream)?.unwatch(uri)
  }

  /** Forgets a client. If its session continues after another handshake, requests in flight keep their connections until they finish. */
  drop(downstream: DownstreamClient): void {
    const client = this.#clients.get(downstream)
    if (!client) return
    this.#clients.delete(downstream)
    this.#gone.set(downstream, client)
    if (downstream.peer?.ended) client.close()
    else client.retire()
  }

  async close(): Promise<void> {
    this.#closed++
    this.#forwarder.close()
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
    for (const { upstream } of this.#open) this.#connections.close(upstream)
    await this.#connections.closeAll()
  }

  #of(downstream: DownstreamClient): UpstreamClient {
    const known = this.#clients.get(downstream) ?? this.#gone.get(downstream)
    if (known) return known
    const client = new UpstreamClient(downstream, {
      idleTimeout: this.#options.idleTimeout,
      open: (one, occupant, onEnded) => this.#openFor(one, occupant, onEnded),
      close: ({ upstream }) => this.#connections.close(upstream),
      onIdle: (occupant) => {
        for (const slots of this.#slots) {
          slots.used(occupant)
          slots.relieve()
        }
      },
      onChange: (change) => this.#options.onChange(downstream, change),
    })
    ;(downstream.gone ? this.#gone : this.#clients).set(downstream, client)
    return client
  }

  async #openFor(downstream: DownstreamClient, occupant: SlotHolder, onEnded: () => void): Promise<{ live: LiveUpstream; isShared: boolean }> {
    while (this.#connections.mayShare(downstream)) {
      const shared = await this.#shared?.catch(() => undefined)
      if (shared && !shared.ended) return { live: shared, isShared: true }
      if (this.#shared && !shared) {
        // Another client's attempt failed, or the upstream does not speak the modern era.
        this.#shared = undefined
        continue
      }
      const opening = this.#connect(downstream, occupant, onEnded)
      const sharing = opening.then((live) => (live.upstream.isModern ? live : undefined))
      sharing.catch(() => {})
      this.#shared = sharing
      const live = await opening
      if (live.upstream.isModern) return { live, isShared: true }
      if (this.#shared === sharing) this.#shared = undefined
      return { live, isShared: false }
    }
    return { live: await this.#connect(downstream, occupant, onEnded), isShared: false }
  }

  async #connect(downstream: DownstreamClient, occupant: SlotHolder, onEnded: () => void): Promise<LiveUpstream> {
    if (this.#transport?.single && [...this.#owners.values()].some(({ session, attached }) => session && session !== downstream.session && attached)) {
      throw new RpcError(ErrorCode.InternalError, `${this.#transport.name} is a single server instance, which serves one client at a time, and another client is connected. Pass a function that creates a server, such as () => createServer()`)
    }
    // A single instance can serve only one handshake: close the previous connection of this session, including its calls in flight.
    if (this.#transport?.single && downstream.session) for (const [other, { session }] of this.#owners) if (session === downstream.session) other.evict()
    this.#owners.set(occupant, downstream)
    try {
      const upstream = await this.#connections.open(downstream, occupant)
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
    onListFault: (list, error) => {
      this.#report(`An upstream failed to list its ${list}: they are missing until a later attempt succeeds`, error, { list })
      this.#options.onState()
    },
    onListRecovered: (list) => {
      this.#options.logger.info({ upstream: this.#label, list }, 'A list that an upstream had failed to return is now available')
      this.#options.onState()
    },
    onOmitted: (tools) => this.#report('The proxy omits tools that run only as tasks, because it does not forward tasks', undefined, { tools }),
    onError: (error) => logLimited(this.#options.logger, 'error', { upstream: this.#label, err: error }, 'A change notification from an upstream could not be passed on'),
    onReached: () => this.#succeeded(false),
    onListenError: (error, isReached) => {
      this.#options.logger.debug({ upstream: this.#label, reason: this.#reasonOf(error) }, 'An upstream does not report changes')
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
    if (error.message === this.fault?.message) return // Already logged.
    this.fault = error
    this.#options.onState()
    this.#options.logger.warn({ upstream: this.#label, reason: this.#reasonOf(error) }, 'An upstream cannot be reached')
  }

  #succeeded(isFirst: boolean): void {
    if (!this.fault && !isFirst) return
    this.fault = undefined
    this.#options.onState()
  }

  /** Logs a repeated message only once at `warn`, and then at `debug`. */
  #report(message: string, error?: Error, fields: object = {}): void {
    const reason = error && this.#reasonOf(error)
    const key = JSON.stringify([message, reason, fields])
    const isNew = !this.#reported.has(key) && this.#reported.size < MAX_REPORTS
    if (isNew) this.#reported.add(key)
    this.#options.logger[isNew ? 'warn' : 'debug']({ upstream: this.#label, ...(reason !== undefined && { reason }), ...fields }, message)
  }

  /** Includes the stack of unexpected errors. */
  #reasonOf(error: unknown): string {
    const isExpected = isGangwayError(error) || error instanceof PeerError || error instanceof RpcError
    const text = error instanceof Error ? ((isExpected ? undefined : error.stack) ?? error.message) : String(error)
    return this.#redact(shorten(text, MAX_REASON))
  }

  /** Converts an error for clients: its message names only the kind of failure. The cause, which is logged, has the details. */
  #toRpcError(error: unknown): unknown {
    if (error instanceof RpcError) return error
    const cause = isGangwayError(error) ? redactedError(error, (text) => this.#redact(text)) : new Error(this.#reasonOf(error))
    return new RpcError(ErrorCode.InternalError, publicError(error, this.name), { cause })
  }
}
