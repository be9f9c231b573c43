/** A server that can be replaced by another one while it serves. Connections, sessions and subscriptions refer to this wrapper and survive the replacement. */
import type { Params } from '../jsonrpc/message.ts'
import { Mutex } from '../util/mutex.ts'
import { WaitGroup } from '../util/wait-group.ts'
import type { Implementation } from '../protocol/types/base-types.ts'
import type { AccessRules } from './access.ts'
import { LIST_NAMES, type ListName } from '../protocol/lists.ts'
import { ChangeHub, type ChangeSubscription } from './changes.ts'
import type { Context, EndingSession } from '../context/context.ts'
import type { Definition, PinnedServer, ServerDefinition } from './server-definition.ts'
import type { ErrorPolicy } from './error-policy.ts'
import { logLimited } from '../logging/limited-log.ts'
import type { Logger } from '../logging/logger.ts'
import { ReplaceableChanges } from './replaceable-changes.ts'
import { ReplaceableRoutes } from './replaceable-routes.ts'
import type { Route } from './route.ts'
import type { StateSeal } from '../context/request-state.ts'

/** The server in use, with the number of requests that it is handling. */
interface Current {
  readonly server: ServerDefinition
  readonly requests: WaitGroup
}

/** A long-lived request that runs until its client ends it. It reports the changes of the current server, also after a replacement. */
interface Listener {
  readonly method: string
  readonly params: Params
  readonly ctx: Context<unknown>
  readonly changes: ReplaceableChanges
}

const LASTING: ReadonlySet<string> = new Set(['subscriptions/listen'])

export class ReplaceableServer implements ServerDefinition {
  /** Changes of the current server. Changes of a replaced server are not reported. */
  readonly changes: ChangeHub = new ChangeHub((error) => this.#onError(error))
  readonly #routes = new ReplaceableRoutes(() => this.#current.server)
  /** Subscribes to the current server for the URIs that clients have subscribed to. */
  #watching: ChangeSubscription
  readonly #listeners = new Set<Listener>()
  /** The latest request of each session, if the server is a proxy. After a replacement, it identifies the client to the next server. */
  readonly #sessions = new Map<EndingSession, Context<unknown>>()
  readonly #noChanges: ChangeHub = new ChangeHub((error) => this.#onError(error))
  readonly #retiring = new Set<Promise<void>>()
  #current: Current
  #unsubscribe: () => void
  #seal: StateSeal | undefined
  readonly #offers = new WeakMap<Definition, Definition>()
  #users = 0
  /** Resolves at the last `close()`, so that a request that never ends cannot block it. */
  #end = new Latch()
  readonly #mutex = new Mutex()
  /** Sequence numbers of replacements: the last one begun and the last one completed. A replacement that opens slowly must not undo a later one. */
  #begun = 0
  #done = 0

  constructor(server: ServerDefinition) {
    this.#current = { server, requests: new WaitGroup() }
    this.#unsubscribe = server.changes.relay((change) => this.changes.publish(change))
    this.#watching = server.changes.subscribe(() => {}, []) // No listener here: the relay delivers the changes.
    this.changes.onWatched = (uri, wanted) => (wanted ? this.#watching.watch(uri) : this.#watching.unwatch(uri))
  }

  get info(): Implementation {
    return this.#current.server.info
  }
  get instructions(): string | undefined {
    return this.#current.server.instructions
  }
  get access(): AccessRules {
    return this.#current.server.access
  }
  get logger(): Logger {
    return this.#current.server.logger
  }
  get errors(): ErrorPolicy {
    return this.#current.server.errors ?? 'masked'
  }
  get inputTimeout(): number {
    return this.#current.server.inputTimeout
  }
  get definition(): Definition {
    return this.#offering(this.#current.server.definition)
  }
  /**
   * The routes at the time of the first replacement, because hosts register routes once, at startup.
   * A route that the current server lacks, or has with another `auth`, responds with 404.
   */
  get routes(): readonly Route[] {
    return this.#routes.routes
  }
  /** The first seal that was used. State that was sealed before a replacement can be opened after it. */
  get seal(): StateSeal {
    this.#seal ??= this.#current.server.seal
    return this.#seal
  }

  /** Called for requests that are not pinned to one server: `subscriptions/listen`. */
  async prepare(method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined> {
    const listener = { method, params, ctx, changes: new ReplaceableChanges(this.changes, (error) => this.#onError(error)) }
    const end = (): void => {
      this.#listeners.delete(listener)
      listener.changes.close()
    }
    this.#listeners.add(listener)
    ctx.exchange.onEnd(end)
    await this.#attach(listener).catch((error: unknown) => {
      end()
      throw error
    })
    return this.#view(() => this.#current.server, listener.changes.hub)
  }

  /** Makes the current server report changes to the listener. Rejects if the upstream cannot be reached; changes still arrive once it can be. */
  async #attach({ method, params, ctx, changes }: Listener): Promise<void> {
    const { server } = this.#current
    const prepared = server.prepare?.(method, params, ctx)
    changes.followChanges(server.changesFor?.(ctx))
    await prepared
  }

  async #prepare(server: ServerDefinition, method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined> {
    const prepared = server.prepare?.(method, params, ctx)
    if (ctx.session && method !== 'initialize') this.#remember(ctx)
    const seen = await prepared
    return seen && this.#view(() => seen, seen.changes)
  }

  /** Stores the latest request of the session, from which the next server learns about the client. */
  #remember(ctx: Context<unknown>): void {
    const { peer } = ctx
    if (!peer) return
    if (!this.#sessions.has(peer)) peer.onEnd(() => this.#sessions.delete(peer))
    if (!peer.ended) this.#sessions.set(peer, ctx)
  }

  /** Makes the current server report changes to all open listeners and sessions. If an upstream cannot be reached now, the next request of the client tries again. */
  #attachAll(): void {
    const { server } = this.#current
    for (const listener of this.#listeners) this.#attach(listener).catch(ignoreLogged)
    for (const [session, ctx] of this.#sessions) {
      session.followChanges(this.#noChanges) // Drops the changes of the previous server. A proxy sets its own in `prepare`.
      if (session.attached) server.prepare?.('tools/list', {}, ctx).catch(ignoreLogged)
    }
  }

  /** The server as one request sees it. The seal and the offered capabilities stay the same across replacements. */
  #view(server: () => ServerDefinition, changes: ChangeHub): ServerDefinition {
    const [definition, seal] = [(): Definition => this.#offering(server().definition), (): StateSeal => this.seal]
    return {
      changes,
      routes: [],
      get access() { return server().access },
      get logger() { return server().logger },
      get errors() { return server().errors ?? 'masked' },
      get inputTimeout() { return server().inputTimeout },
      get info() { return server().info }, // A getter, because a proxy learns its name from its upstream.
      get instructions() { return server().instructions },
      get definition() { return definition() },
      get seal() { return seal() },
      open: () => this.open(),
      close: () => this.close(),
    }
  }

  pin(method: string): PinnedServer | undefined {
    if (LASTING.has(method)) return undefined
    const { server, requests } = this.#current
    requests.begin()
    const view = this.#view(() => server, this.changes)
    const prepare = server.prepare && ((...request: Parameters<ReplaceableServer['prepare']>) => this.#prepare(server, ...request))
    return Object.assign(view, { ...(prepare && { prepare }), release: () => requests.end() })
  }

  open(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#users === 0) await this.#current.server.open()
      this.#users++
    })
  }

  close(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#users === 0 || --this.#users > 0) return
      this.#done = ++this.#begun // Discards replacements that are still opening.
      this.#end.come()
      this.#end = new Latch()
      await this.#current.server.close()
      await Promise.all(this.#retiring)
    })
  }

  /**
   * Opens `next`, makes it the current server, and notifies clients of the lists that changed. The old server closes after its last request.
   * Rejects if `next` cannot be opened; the old server then stays. Resolves with false, and closes `next`, if a later replacement or the last `close()` came first.
   */
  async replace(next: ServerDefinition): Promise<boolean> {
    await this.#mutex.idle()
    if (next === this.#current.server) return true
    const number = ++this.#begun
    const isOpen = this.#users > 0
    if (isOpen) await next.open()
    if (number < this.#done) {
      if (isOpen) await next.close()
      return false
    }
    this.#done = number
    const old = this.#current
    const changed = changedLists(old.server, next)
    this.#routes.keep()
    this.#unsubscribe()
    const watched = this.#watching.uris
    this.#watching.end()
    this.#current = { server: next, requests: new WaitGroup() }
    this.#unsubscribe = next.changes.relay((change) => this.changes.publish(change))
    this.#watching = next.changes.subscribe(() => {}, [])
    for (const uri of watched) this.#watching.watch(uri)
    for (const list of changed) this.changes.publish({ list })
    this.#attachAll()
    if (isOpen) this.#retire(old)
    return true
  }

  #onError(error: unknown): void {
    logLimited(this.logger, 'error', { err: error }, 'A change could not be delivered to a client')
  }

  /** Routes that differ between the current server and a host that started before the last replacement, such as `GET /status`. */
  get outdatedRoutes(): readonly string[] {
    return this.#routes.outdated
  }

  #retire({ server, requests }: Current): void {
    const closed = Promise.race([requests.none(), this.#end.reached]).then(() => server.close()).catch((error: unknown) => server.logger.error({ err: error }, 'A close hook of the replaced server failed'))
    this.#retiring.add(closed)
    void closed.then(() => this.#retiring.delete(closed))
  }

  /** Offers all lists, because clients read capabilities only once and a later server may have lists that this one lacks. */
  #offering(definition: Definition): Definition {
    const kept = this.#offers.get(definition)
    if (kept) return kept
    const capabilities = { ...definition.capabilities, completions: {}, tools: { listChanged: true }, resources: { listChanged: true, subscribe: true }, prompts: { listChanged: true } }
    const offer = { ...definition, capabilities }
    this.#offers.set(definition, offer)
    return offer
  }

}

/** For errors that the server has already logged. */
const ignoreLogged = (): void => {}

class Latch {
  come: () => void = () => {}
  readonly reached: Promise<void> = new Promise((resolve) => (this.come = resolve))
}

/**
 * The lists that differ between two servers. All lists are treated as changed if a comparison proves nothing. This is the case if visibility depends on the caller,
 * and for a proxy, which may not know its items yet.
 */
function changedLists(old: ServerDefinition, next: ServerDefinition): readonly ListName[] {
  if (old.access.restricted || next.access.restricted || old.prepare || next.prepare) return LIST_NAMES
  const [before, after] = [textsOf(old), textsOf(next)]
  return before && after ? LIST_NAMES.filter((list) => before[list] !== after[list]) : LIST_NAMES
}

function textsOf(server: ServerDefinition): Record<ListName, string> | undefined {
  try {
    const { tools, resources, templates, prompts } = server.definition.lists
    return { tools: JSON.stringify(tools), resources: JSON.stringify([resources, templates]), prompts: JSON.stringify(prompts) }
  } catch {
    return undefined
  }
}
