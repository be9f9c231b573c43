/** The clients of a proxy: decides which requests come from the same client, and when a client is forgotten. */
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import { BoundedMap } from '../util/bounded-map.ts'
import { isObject } from '../util/is-object.ts'
import { runAll } from '../util/run-all.ts'
import type { Params } from '../jsonrpc/message.ts'
import { isImplementation } from '../methods/lifecycle.ts'
import { normalizeCapabilities } from '../protocol/capabilities.ts'
import { isModernRevision, negotiate, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo, ClientCapabilities, ClientDescription } from '../protocol/types/base-types.ts'
import { principalOf } from '../definition/access.ts'
import { ChangeHub } from '../definition/changes.ts'
import type { Context, EndingSession } from '../context/context.ts'
import { askable } from './upstream-connection.ts'

/** Maximum number of stored clients without a session. The least recently used one is removed first. */
const MAX_FRONTS = 256
/** Maximum characters of JSON in such a client's name and capabilities. Each different description needs its own upstream connection. */
const MAX_DESCRIPTION = 32 * 1024

/**
 * One client of the proxy: a session, the modern requests of one connection,
 * or the modern HTTP requests with the same principal, client name and capabilities.
 */
export class DownstreamClient {
  /** Publishes the changes that this client is notified of. */
  readonly changes: ChangeHub
  /** Name and capabilities to declare to the upstream. */
  readonly client: ClientDescription
  readonly revision: Revision
  /** The session or connection that the client belongs to; undefined for modern clients over HTTP. */
  readonly peer: EndingSession | undefined
  /** Undefined for a modern client, which has no session. */
  readonly session: EndingSession | undefined
  readonly principal: string | undefined
  /** Authentication of the latest request. */
  auth: AuthInfo | undefined
  /** Number of open `subscriptions/listen` requests. */
  listening = 0
  /** True once no new requests can arrive from the client. Requests in flight keep their connections. */
  gone = false
  /** Called when the client reports that its roots changed. */
  readonly rootsWatchers: Set<() => void> = new Set()

  constructor(client: ClientDescription, revision: Revision, ctx: Context<unknown>, { onError, onWatched }: DownstreamClientsOptions) {
    this.changes = new ChangeHub(onError)
    this.changes.onWatched = (uri, isWanted) => onWatched(this, uri, isWanted)
    const isModern = isModernRevision(revision)
    const { roots } = client.capabilities
    this.client = { info: client.info, capabilities: { ...askable(client.capabilities), ...(!isModern && roots && { roots }) } }
    this.revision = revision
    this.peer = ctx.peer
    this.session = isModern ? undefined : ctx.peer
    this.auth = ctx.auth
    this.principal = principalOf(ctx.auth)
  }

  get isModern(): boolean {
    return isModernRevision(this.revision)
  }

  /** Whether the client would miss change notifications if its upstream connection were closed. */
  get attached(): boolean {
    return this.listening > 0 || (this.peer?.attached ?? false)
  }
}

/** The clients of one session or connection. */
interface Peer {
  /** Modern clients by their description; the legacy client of the session by the key `SESSION`. */
  readonly fronts: BoundedMap<string, DownstreamClient>
  /** The legacy client whose `initialize` has not been accepted yet. */
  next: DownstreamClient | undefined
}

/** Differs from every description of a modern client. */
const SESSION = ''

export interface DownstreamClientsOptions {
  /** Whether requests with different tokens are treated as different clients. Required if each caller has its own upstream connections. */
  readonly byToken: boolean
  readonly onGone: (downstream: DownstreamClient) => void
  /** Called when the client subscribes to a URI or unsubscribes from it. */
  readonly onWatched: (downstream: DownstreamClient, uri: string, isWanted: boolean) => void
  /** Receives errors thrown by change listeners. */
  readonly onError: (error: unknown) => void
}

export class DownstreamClients {
  readonly #options: DownstreamClientsOptions
  readonly #peers = new WeakMap<EndingSession, Peer>()
  /** Least recently used first. */
  readonly #others = this.#createFronts()

  constructor(options: DownstreamClientsOptions) {
    this.#options = options
  }

  /** Returns the client that sent the request. Throws `InvalidParamsError` if the client's description is too large. */
  of(ctx: Context<unknown>, method: string, params: Params): DownstreamClient {
    const { client, revision } = method === 'initialize' ? introduced(ctx, params) : ctx
    const { peer } = ctx
    const downstream = peer ? this.#ofPeer(peer, client, revision, ctx, method === 'initialize') : this.#other(client, revision, ctx)
    downstream.auth = ctx.auth ?? downstream.auth
    return downstream
  }

  /** A handshake creates a new client. It replaces the previous one when the session restarts; until then, the handshake can still be rejected. */
  #ofPeer(session: EndingSession, client: ClientDescription, revision: Revision, ctx: Context<unknown>, isHandshake: boolean): DownstreamClient {
    const peer = this.#peers.get(session) ?? this.#met(session)
    const key = isModernRevision(revision) ? describe(client) : SESSION
    if (key === SESSION && peer.next) {
      this.#gone(peer.next)
      peer.next = undefined
    }
    if (isHandshake) return (peer.next = new DownstreamClient(client, revision, ctx, this.#options))
    const downstream = peer.fronts.get(key) ?? new DownstreamClient(client, revision, ctx, this.#options)
    peer.fronts.set(key, downstream)
    downstream.session?.followChanges(downstream.changes)
    return downstream
  }

  #met(session: EndingSession): Peer {
    const peer: Peer = { fronts: this.#createFronts(), next: undefined }
    this.#peers.set(session, peer)
    this.#watch(session, peer)
    return peer
  }

  #watch(session: EndingSession, peer: Peer): void {
    session.onRootsChanged(() => runAll(peer.fronts.get(SESSION)?.rootsWatchers ?? []))
    session.onEnd(() => (session.ended ? this.#ended(session, peer) : this.#restarted(session, peer)))
  }

  /** Replaces the legacy client after a second handshake. Modern clients of the same connection stay. */
  #restarted(session: EndingSession, peer: Peer): void {
    const { next } = peer
    const old = peer.fronts.get(SESSION)
    peer.fronts.delete(SESSION)
    peer.next = undefined
    if (next) {
      peer.fronts.set(SESSION, next)
      session.followChanges(next.changes)
    }
    this.#watch(session, peer)
    if (old) this.#gone(old)
  }

  #ended(session: EndingSession, { fronts, next }: Peer): void {
    this.#peers.delete(session)
    for (const downstream of fronts.values()) this.#gone(downstream)
    if (next) this.#gone(next)
  }

  #createFronts(): BoundedMap<string, DownstreamClient> {
    return new BoundedMap(MAX_FRONTS, (downstream) => this.#gone(downstream))
  }

  #gone(downstream: DownstreamClient): void {
    downstream.gone = true
    this.#options.onGone(downstream)
  }

  #other(client: ClientDescription, revision: Revision, ctx: Context<unknown>): DownstreamClient {
    const key = `${principalOf(ctx.auth) ?? ''}\n${this.#options.byToken ? (ctx.auth?.token ?? '') : ''}\n${revision}\n${describe(client)}`
    const downstream = this.#others.get(key) ?? new DownstreamClient(client, revision, ctx, this.#options)
    this.#others.set(key, downstream)
    return downstream
  }
}

function describe({ info, capabilities }: ClientDescription): string {
  const text = JSON.stringify([info, askable(capabilities)])
  if (text.length > MAX_DESCRIPTION) throw new InvalidParamsError(`The client's name and capabilities take more than ${MAX_DESCRIPTION} characters`)
  return text
}

/** Reads the client's description from the parameters of `initialize`. Malformed parameters are rejected later, when the method runs. */
function introduced(ctx: Context<unknown>, { protocolVersion, clientInfo, capabilities }: Params): { client: ClientDescription; revision: Revision } {
  const revision = negotiate(typeof protocolVersion === 'string' ? protocolVersion : '')
  const info = isImplementation(clientInfo) ? clientInfo : undefined
  return { revision, client: { info, capabilities: normalizeCapabilities((isObject(capabilities) ? capabilities : {}) as ClientCapabilities, revision) } }
}
