/** Opens connections to one upstream: within the bounds, in the era of the client where the upstream speaks it, and less and less often while that fails. */
import type { ClientOptions } from '../client/connect.ts'
import type { ClientTransport } from '../client/transport.ts'
import { isLegacyRevision, isModernRevision, type LegacyRevision, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { ConnectionSlots, Occupant } from './connection-slots.ts'
import type { Front } from './front.ts'
import { Upstream } from './upstream.ts'

/** Milliseconds before an upstream that could not be reached is tried again. Each failure doubles them. */
const BACKOFF = 500
const MAX_BACKOFF = 30_000

/** Milliseconds that a caller waits while there are too many connections. */
const SLOT_TIMEOUT = 60_000

/** One client in front, for a transport that connects as that client does. */
export interface ProxyCaller {
  /** As of the latest request; undefined for anonymous callers. */
  readonly auth: AuthInfo | undefined
}

export type TransportOf = (caller: ProxyCaller) => ClientTransport

export interface ConnectionsOptions {
  readonly revision: Revision | undefined
  /** Milliseconds for each response while connecting. */
  readonly timeout: number
  /** The bounds that a connection counts against. */
  readonly slots: readonly ConnectionSlots[]
  readonly onFault: (error: Error) => void
}

export class Connections {
  readonly #transport: ClientTransport | undefined
  readonly #transportOf: TransportOf
  readonly #options: ConnectionsOptions
  /** What is known of the eras that the upstream speaks. Forgotten after a failure: it may be replaced. */
  #speaksModern: boolean | undefined
  #legacy: LegacyRevision | false | undefined
  #failures = 0
  #retryAt = 0
  #failure: unknown
  /** Aborts what is being opened. */
  readonly #opening = new Set<AbortController>()
  /** Processes take time to end, and must not be left behind. */
  readonly #closing = new Set<Promise<void>>()

  constructor(transport: ClientTransport | TransportOf, options: ConnectionsOptions) {
    this.#transport = typeof transport === 'function' ? undefined : transport
    this.#transportOf = typeof transport === 'function' ? transport : () => transport
    this.#options = options
  }

  /** Whether clients share the connection of a modern upstream: each request says who makes it. A caller with credentials of its own shares nothing. */
  mayShare(front: Front): boolean {
    const { revision } = this.#options
    if (!this.#transport || this.#transport.single) return false
    if (revision) return isModernRevision(revision)
    return front.isModern ? this.#speaksModern !== false : this.#legacy === false
  }

  /** Opens a connection as this client. Rejects with `ClientError`, `PeerError`, and `RpcError` if there are too many connections. */
  async open(front: Front, occupant: Occupant): Promise<Upstream> {
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
      const upstream = await this.#connect(front, opening.signal)
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

  /** Its slots are free once it has ended. */
  close(upstream: Upstream): void {
    this.#track(upstream.close())
  }

  async closeAll(): Promise<void> {
    for (const opening of this.#opening) {
      this.#opening.delete(opening)
      opening.abort(new Error('The proxy has ended'))
    }
    await Promise.allSettled(this.#closing)
  }

  async #connect(front: Front, signal: AbortSignal): Promise<Upstream> {
    const { timeout } = this.#options
    try {
      const open = (era: Pick<ClientOptions, 'revision' | 'prefer'>): Promise<Upstream> =>
        Upstream.open(this.#transport ?? this.#transportOf(front), front.client, { ...era, signal, timeout, onFault: this.#options.onFault }, front.peer)
      let upstream = await open(this.#era(front))
      if (!upstream.hasSession && !this.#options.revision && this.#speaksModern !== false) {
        // A legacy server without sessions can request nothing from the client. If it speaks the modern era, it can.
        await upstream.close()
        upstream = await open({})
        if (!upstream.isModern) {
          this.#speaksModern = false
          await upstream.close()
          upstream = await open(this.#era(front)) // In the client's own revision.
        }
      }
      this.#learn(upstream, front)
      this.#failures = 0
      return upstream
    } catch (error) {
      this.#speaksModern = this.#legacy = undefined
      this.#failure = error
      if (!signal.aborted) this.#retryAt = Date.now() + Math.min(MAX_BACKOFF, BACKOFF * 2 ** this.#failures++)
      throw error
    }
  }

  #era(front: Front): Pick<ClientOptions, 'revision' | 'prefer'> {
    const { revision } = this.#options
    if (revision) return { revision }
    if (!front.isModern && this.#legacy !== false) return { prefer: front.revision as LegacyRevision }
    return front.isModern && this.#speaksModern === false && this.#legacy ? { prefer: this.#legacy } : {}
  }

  #learn({ isModern, server: { revision } }: Upstream, front: Front): void {
    if (isModern) this.#speaksModern = true
    else if (isLegacyRevision(revision)) this.#legacy = revision
    if (front.isModern && !isModern) this.#speaksModern = false
    if (!front.isModern && isModern && !this.#options.revision) this.#legacy = false
  }

  #ended(upstream: Upstream, occupant: Occupant): void {
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
