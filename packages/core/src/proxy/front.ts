/** The clients in front of a proxy: which requests come from the same one, and for how long it is remembered. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { isImplementation } from '../methods/lifecycle.ts'
import { normalizeCapabilities } from '../protocol/capabilities.ts'
import { isModernRevision, negotiate, type Revision } from '../protocol/revisions.ts'
import type { AuthInfo, ClientCapabilities, ClientDescription } from '../protocol/types/base.ts'
import { principalOf } from '../server/access.ts'
import { ChangeHub } from '../server/changes.ts'
import type { Context, EndingSession } from '../server/context.ts'
import { askable } from './upstream.ts'

/** Clients without a session that are remembered. The longest unused one is forgotten first. */
const MAX_FRONTS = 256
/** Characters of the JSON that describes such a client: each upstream connection is kept for one description. */
const MAX_DESCRIPTION = 32 * 1024

/** One client in front of the proxy: a session, or the modern requests of one connection, or those over HTTP with the same principal, client name and capabilities. */
export class Front {
  /** What changes for this client. */
  readonly changes: ChangeHub
  /** As the upstream is to see the client. */
  readonly client: ClientDescription
  readonly revision: Revision
  /** The session or connection that it ends with. */
  readonly peer: EndingSession | undefined
  /** Undefined for a modern client, which has no session. */
  readonly session: EndingSession | undefined
  readonly principal: string | undefined
  /** As of the latest request. */
  auth: AuthInfo | undefined
  /** Requests that listen for changes. */
  listening = 0

  constructor(client: ClientDescription, revision: Revision, ctx: Context<unknown>, onError: (error: unknown) => void) {
    this.changes = new ChangeHub(onError)
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

  /** Whether it would miss changes if its connection to the upstream ended. */
  get attached(): boolean {
    return this.listening > 0 || (this.peer?.attached ?? false)
  }
}

export interface FrontsOptions {
  /** Whether requests with different tokens are different clients, as where each caller has upstream connections to itself. */
  readonly byToken: boolean
  readonly onGone: (front: Front) => void
  /** Receives what a listener for changes throws. */
  readonly onError: (error: unknown) => void
}

export class Fronts {
  readonly #options: FrontsOptions
  readonly #ofPeers = new WeakMap<EndingSession, Map<string, Front>>()
  /** The longest unused first. */
  readonly #others = new Map<string, Front>()

  constructor(options: FrontsOptions) {
    this.#options = options
  }

  /** Throws `InvalidParamsError` for a description that is too large. */
  of(ctx: Context<unknown>, method: string, params: Params): Front {
    const { client, revision } = method === 'initialize' ? introduced(ctx, params) : ctx
    const { peer } = ctx
    const front = peer ? this.#ofPeer(peer, client, revision, ctx) : this.#other(client, revision, ctx)
    front.auth = ctx.auth ?? front.auth
    return front
  }

  #ofPeer(peer: EndingSession, client: ClientDescription, revision: Revision, ctx: Context<unknown>): Front {
    const known = this.#ofPeers.get(peer)
    const fronts = known ?? new Map<string, Front>()
    const key = isModernRevision(revision) ? describe(client) : ''
    const front = fronts.get(key) ?? new Front(client, revision, ctx, this.#options.onError)
    fronts.set(key, front)
    const [first] = fronts
    if (first && fronts.size > MAX_FRONTS) {
      fronts.delete(first[0])
      this.#options.onGone(first[1])
    }
    if (front.session) front.session.follow(front.changes)
    if (known) return front
    this.#ofPeers.set(peer, fronts)
    peer.onEnd(() => {
      this.#ofPeers.delete(peer)
      for (const gone of fronts.values()) this.#options.onGone(gone)
    })
    return front
  }

  #other(client: ClientDescription, revision: Revision, ctx: Context<unknown>): Front {
    const key = `${principalOf(ctx.auth) ?? ''}\n${this.#options.byToken ? (ctx.auth?.token ?? '') : ''}\n${revision}\n${describe(client)}`
    const front = this.#others.get(key) ?? new Front(client, revision, ctx, this.#options.onError)
    this.#others.delete(key)
    this.#others.set(key, front)
    const [oldest] = this.#others
    if (oldest && this.#others.size > MAX_FRONTS) {
      this.#others.delete(oldest[0])
      this.#options.onGone(oldest[1])
    }
    return front
  }
}

function describe({ info, capabilities }: ClientDescription): string {
  const text = JSON.stringify([info, askable(capabilities)])
  if (text.length > MAX_DESCRIPTION) throw new InvalidParamsError(`The client's name and capabilities take more than ${MAX_DESCRIPTION} characters`)
  return text
}

/** As `initialize` describes the client; what is malformed is refused when the method itself runs. */
function introduced(ctx: Context<unknown>, { protocolVersion, clientInfo, capabilities }: Params): { client: ClientDescription; revision: Revision } {
  const revision = negotiate(typeof protocolVersion === 'string' ? protocolVersion : '')
  const info = isImplementation(clientInfo) ? clientInfo : undefined
  return { revision, client: { info, capabilities: normalizeCapabilities((isObject(capabilities) ? capabilities : {}) as ClientCapabilities, revision) } }
}
