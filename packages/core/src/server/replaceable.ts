/** A server in whose place another one can be put while it serves: connections, sessions and subscriptions hold this one, and stay. */
import type { Params } from '../jsonrpc/message.ts'
import { Mutex } from '../jsonrpc/mutex.ts'
import { UnderWay } from '../jsonrpc/under-way.ts'
import type { Implementation } from '../protocol/types/base.ts'
import type { AccessRules } from './access.ts'
import { ChangeHub, LIST_NAMES, type ChangeSubscription, type ListName } from './changes.ts'
import type { Context } from './context.ts'
import type { Definition, PinnedServer, ServerDefinition } from './definition.ts'
import type { ErrorPolicy } from './error-policy.ts'
import type { Logger } from './logger.ts'
import { LastingRoutes } from './lasting-routes.ts'
import type { Route } from './route.ts'
import type { StateSeal } from './state.ts'

/** One of the servers that took the place, with the requests that it still answers. */
interface Tenant {
  readonly server: ServerDefinition
  readonly requests: UnderWay
}

/** They go on until the client ends them, and hear of whichever server is there. */
const LASTING: ReadonlySet<string> = new Set(['subscriptions/listen'])

export class ReplaceableServer implements ServerDefinition {
  /** Those of the server that is there; nobody is told what becomes of one that has gone. */
  readonly changes: ChangeHub = new ChangeHub((error) => this.logger.error({ err: error }, 'A change could not be delivered to a client'))
  readonly #routes = new LastingRoutes(() => this.#tenant.server)
  /** Watches, in the server behind, the URIs that clients subscribed to. */
  #watching: ChangeSubscription
  readonly #retiring = new Set<Promise<void>>()
  #tenant: Tenant
  #unsubscribe: () => void
  #seal: StateSeal | undefined
  readonly #offers = new WeakMap<Definition, Definition>()
  #users = 0
  /** A request that does not end must not hold the last close. */
  #end = new Latch()
  readonly #mutex = new Mutex()
  /** Numbers of replacements: one that took long must not undo a later one. */
  #begun = 0
  #done = 0

  constructor(server: ServerDefinition) {
    this.#tenant = { server, requests: new UnderWay() }
    this.#unsubscribe = server.changes.relay((change) => this.changes.publish(change))
    this.#watching = server.changes.subscribe(() => {}, []) // The relay delivers the changes.
    this.changes.onWatched = (uri, wanted) => (wanted ? this.#watching.watch(uri) : this.#watching.unwatch(uri))
  }

  get info(): Implementation {
    return this.#tenant.server.info
  }
  get instructions(): string | undefined {
    return this.#tenant.server.instructions
  }
  get access(): AccessRules {
    return this.#tenant.server.access
  }
  get logger(): Logger {
    return this.#tenant.server.logger
  }
  get errors(): ErrorPolicy {
    return this.#tenant.server.errors ?? 'masked'
  }
  get inputTimeout(): number {
    return this.#tenant.server.inputTimeout
  }
  get definition(): Definition {
    return this.#offering(this.#tenant.server.definition)
  }
  /** Those that were there when the server was first replaced: hosts take them when they start. What is no more, or asks for another caller, is 404. */
  get routes(): readonly Route[] {
    return this.#routes.routes
  }
  /** The first that anything was sealed with. */
  get seal(): StateSeal {
    this.#seal ??= this.#tenant.server.seal
    return this.#seal
  }

  async prepare(method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined> {
    return this.#prepare(this.#tenant.server, method, params, ctx)
  }

  async #prepare(server: ServerDefinition, method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined> {
    const prepared = await server.prepare?.(method, params, ctx)
    if (!prepared) return undefined
    const offering = (): Definition => this.#offering(prepared.definition)
    return { ...prepared, get definition() { return offering() }, seal: this.seal }
  }

  pin(method: string): PinnedServer | undefined {
    if (LASTING.has(method)) return undefined
    const { server, requests } = this.#tenant
    const { access, logger, errors, inputTimeout } = server
    const { changes } = this
    const [definition, seal] = [(): Definition => this.#offering(server.definition), (): StateSeal => this.seal]
    requests.begin()
    return {
      access,
      changes,
      logger,
      ...(errors && { errors }),
      inputTimeout,
      routes: [],
      get info() { return server.info }, // A proxy learns what it is when it is asked.
      get instructions() { return server.instructions },
      get definition() { return definition() },
      get seal() { return seal() },
      ...(server.prepare && { prepare: (...request: Parameters<ReplaceableServer['prepare']>) => this.#prepare(server, ...request) }),
      open: () => this.open(),
      close: () => this.close(),
      release: () => requests.end(),
    }
  }

  open(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#users === 0) await this.#tenant.server.open()
      this.#users++
    })
  }

  close(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#users === 0 || --this.#users > 0) return
      this.#done = ++this.#begun // What is still being opened comes too late.
      this.#end.come()
      this.#end = new Latch()
      await this.#tenant.server.close()
      await Promise.all(this.#retiring)
    })
  }

  /**
   * Opens the next server, puts it in the place of the one that is there, and tells clients of the lists that are others now. The old one is closed once its last request is answered.
   * Rejects if the next one cannot be opened: the old one stays. Resolves with false, and closes the next one, if it came too late: after a later one, or after the end.
   */
  async replace(next: ServerDefinition): Promise<boolean> {
    await this.#mutex.idle()
    if (next === this.#tenant.server) return true
    const number = ++this.#begun
    const isOpen = this.#users > 0
    if (isOpen) await next.open()
    if (number < this.#done) {
      if (isOpen) await next.close()
      return false
    }
    this.#done = number
    const old = this.#tenant
    const changed = changedLists(old.server, next)
    this.#routes.keep()
    this.#unsubscribe()
    const watched = this.#watching.uris
    this.#watching.end()
    this.#tenant = { server: next, requests: new UnderWay() }
    this.#unsubscribe = next.changes.relay((change) => this.changes.publish(change))
    this.#watching = next.changes.subscribe(() => {}, [])
    for (const uri of watched) this.#watching.watch(uri)
    for (const list of changed) this.changes.publish({ list })
    if (isOpen) this.#retire(old)
    return true
  }

  /** Those that a host which began before the last replacement serves otherwise than the server has them, such as `GET /status`. */
  get outdatedRoutes(): readonly string[] {
    return this.#routes.outdated
  }

  #retire({ server, requests }: Tenant): void {
    const closed = Promise.race([requests.none(), this.#end.reached]).then(() => server.close()).catch((error: unknown) => server.logger.error({ err: error }, 'A close hook of the server that was replaced failed'))
    this.#retiring.add(closed)
    void closed.then(() => this.#retiring.delete(closed))
  }

  /** All lists are offered always: clients learn capabilities only once, and the next server may have what this one lacks. */
  #offering(definition: Definition): Definition {
    const kept = this.#offers.get(definition)
    if (kept) return kept
    const capabilities = { ...definition.capabilities, completions: {}, tools: { listChanged: true }, resources: { listChanged: true, subscribe: true }, prompts: { listChanged: true } }
    const offer = { ...definition, capabilities }
    this.#offers.set(definition, offer)
    return offer
  }

}

class Latch {
  come: () => void = () => {}
  readonly reached: Promise<void> = new Promise((resolve) => (this.come = resolve))
}

/** Who sees what may be another matter in the next one, and a proxy may not know what it offers: then all may have changed. */
function changedLists(old: ServerDefinition, next: ServerDefinition): readonly ListName[] {
  if (old.access.restricted || next.access.restricted) return LIST_NAMES
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
