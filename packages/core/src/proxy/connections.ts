/** Opens connections to one upstream: limits their number, selects the protocol era, and backs off after failures. */
import type { ClientOptions } from '../client/connect.ts'
import type { ClientTransport } from '../client/client-transport.ts'
import { isLegacyRevision, isModernRevision, type LegacyRevision, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import type { ConnectionSlots, SlotHolder } from './connection-slots.ts'
import type { DownstreamClient } from './downstream-clients.ts'
import { UpstreamConnection } from './upstream-connection.ts'

/** Milliseconds before an unreachable upstream is tried again. Each failure doubles the pause. */
const BACKOFF = 500
const MAX_BACKOFF = 30_000

/** Maximum milliseconds that a caller waits for a free connection. */
const SLOT_TIMEOUT = 60_000

/** The client of a proxy, for functions that return a transport with that client's credentials. */
export interface ProxyCaller {
  /** Authentication of the client's latest request; undefined for anonymous callers. */
  readonly auth: AuthInfo | undefined
}

export type TransportOf = (caller: ProxyCaller) => ClientTransport

export interface ConnectionsOptions {
  readonly revision: Revision | undefined
  /** Milliseconds to wait for each response while connecting. */
  readonly timeout: number
  /** The limits that each connection counts against. */
  readonly slots: readonly ConnectionSlots[]
  readonly onFault: (error: Error) => void
}

export class Connections {
  readonly #transport: ClientTransport | undefined
  readonly #transportOf: TransportOf
  readonly #options: ConnectionsOptions
  /** Which eras the upstream is known to speak. Reset after a failure, because another version of the upstream may replace it. */
  #speaksModern: boolean | undefined
  #legacy: LegacyRevision | false | undefined
  #failures = 0
  #retryAt = 0
  #failure: unknown
  /** Aborts connections that are being opened. */
  readonly #opening = new Set<AbortController>()
  /** Connections that are closing. `closeAll()` waits for them, so that no process is left running. */
  readonly #closing = new Set<Promise<void>>()

  constructor(transport: ClientTransport | TransportOf, options: ConnectionsOptions) {
    this.#transport = typeof transport === 'function' ? undefined : transport
    this.#transportOf = typeof transport === 'function' ? transport : () => transport
    this.#options = options
  }

  /** Whether clients can share one connection: a modern request carries the client's name and capabilities. Callers with their own credentials never share. */
  mayShare(downstream: DownstreamClient): boolean {
    const { revision } = this.#options
    if (!this.#transport || this.#transport.single) return false
    if (revision) return isModernRevision(revision)
    return downstream.isModern ? this.#speaksModern !== false : this.#legacy === false
  }

  /** Connects with the name and capabilities of this client. Rejects with `ClientError`, `PeerError`, or `RpcError` if there are too many connections. */
  async open(downstream: DownstreamClient, occupant: SlotHolder): Promise<UpstreamConnection> {
    if (this.#transport && Date.now() < this.#retryAt) throw this.#failure
    const opening = new AbortController()
    this.#opening.add(opening)
    const taken: ConnectionSlots[] = []
    const late = setTimeout(() => opening.abort(), Math.min(this.#options.timeout, SLOT_TIMEOUT))
    try {
      for (const slots of this.#options.slots) {
        await slots.take(occupant, opening.signal).catch((error: unknown) => {
          throw opening.signal.aborted && !this.#opening.has(opening) ? error : slots.full()
        })
        taken.push(slots)
      }
      clearTimeout(late)
      const upstream = await this.#connect(downstream, opening.signal)
      void upstream.connection.closedBy.then(() => this.#ended(upstream, occupant))
      return upstream
    } catch (error) {
      for (const slots of taken) slots.free(occupant)
      throw error
    } finally {
      clearTimeout(late)
      this.#opening.delete(opening)
    }
  }

  /** Closes the connection. Its slots are freed once it has closed. */
  close(upstream: UpstreamConnection): void {
    this.#track(upstream.close())
  }

  async closeAll(): Promise<void> {
    for (const opening of this.#opening) {
      this.#opening.delete(opening)
      opening.abort(new Error('The proxy has shut down'))
    }
    await Promise.allSettled(this.#closing)
  }

  async #connect(downstream: DownstreamClient, signal: AbortSignal): Promise<UpstreamConnection> {
    const { timeout } = this.#options
    try {
      const open = (era: Pick<ClientOptions, 'revision' | 'preferredRevision'>): Promise<UpstreamConnection> =>
        UpstreamConnection.open(this.#transport ?? this.#transportOf(downstream), downstream.client, { ...era, signal, timeout, onFault: this.#options.onFault }, downstream.peer)
      let upstream = await open(this.#era(downstream))
      if (!upstream.hasSession && !this.#options.revision && this.#speaksModern !== false) {
        // A legacy server without sessions cannot send input requests. If it also speaks the modern era, it can return them in results.
        await upstream.close()
        upstream = await open({})
        if (!upstream.isModern) {
          this.#speaksModern = false
          await upstream.close()
          upstream = await open(this.#era(downstream)) // Reconnect with the client's own revision.
        }
      }
      this.#learn(upstream, downstream)
      this.#failures = 0
      return upstream
    } catch (error) {
      this.#speaksModern = this.#legacy = undefined
      this.#failure = error
      if (!signal.aborted) this.#retryAt = Date.now() + Math.min(MAX_BACKOFF, BACKOFF * 2 ** this.#failures++)
      throw error
    }
  }

  #era(downstream: DownstreamClient): Pick<ClientOptions, 'revision' | 'preferredRevision'> {
    const { revision } = this.#options
    if (revision) return { revision }
    if (!downstream.isModern && this.#legacy !== false) return { preferredRevision: downstream.revision as LegacyRevision }
    return downstream.isModern && this.#speaksModern === false && this.#legacy ? { preferredRevision: this.#legacy } : {}
  }

  #learn({ isModern, server: { revision } }: UpstreamConnection, downstream: DownstreamClient): void {
    if (isModern) this.#speaksModern = true
    else if (isLegacyRevision(revision)) this.#legacy = revision
    if (downstream.isModern && !isModern) this.#speaksModern = false
    if (!downstream.isModern && isModern && !this.#options.revision) this.#legacy = false
  }

  #ended(upstream: UpstreamConnection, occupant: SlotHolder): void {
    const freed = upstream.close().finally(() => {
      for (const slots of this.#options.slots) slots.free(occupant)
    })
    this.#track(freed)
  }

  #track(closing: Promise<void>): void {
    const tracked = closing.catch(() => {})
    this.#closing.add(tracked)
    void tracked.finally(() => this.#closing.delete(tracked))
  }
}
