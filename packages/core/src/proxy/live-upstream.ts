/** An open connection to an upstream, with what the upstream offers over it and the changes that it reports there. */
import { Client } from '../client/client.ts'
import type { ClientEra } from '../client/era.ts'
import { KnownTools } from '../client/tools.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { ClientDescription } from '../protocol/types/base.ts'
import { ChangeHub, LIST_NAMES } from '../server/changes.ts'
import { follow, type Follower } from './follow.ts'
import { withoutTasks, type Lists } from './forwarded-definition.ts'
import { KeptLists, type OnListFault } from './lists.ts'
import type { Upstream } from './upstream.ts'

/** Capabilities for which the lists of a modern upstream are kept. */
const MAX_VARIANTS = 32

/** What one client in front is offered. */
export interface Offer {
  readonly server: ServerDescription
  readonly lists: Lists
  /** The headers that its tools repeat arguments in. */
  readonly tools: KnownTools
}

export interface LiveHooks {
  readonly onListFault: OnListFault
  readonly onError: (error: unknown) => void
  readonly onOmitted: (tools: readonly string[]) => void
  /** The upstream answers again after it did not. */
  readonly onReached: () => void
  /** Changes are no longer reported; `isReached` is whether the upstream was there, and only the stream broke off. */
  readonly onUnheard: (error: unknown, isReached: boolean) => void
}

export class LiveUpstream {
  readonly upstream: Upstream
  /** The changes of lists and of watched resources. */
  readonly changes: ChangeHub
  readonly #hooks: LiveHooks
  readonly #client: Client
  /** By the client's capabilities where each request has its own, which lists may depend on. */
  readonly #variants = new Map<string, KeptLists>()
  readonly #offers = new WeakMap<Lists, Offer>()
  readonly #watched = new Map<string, () => void>()
  /** The lists as they were when the stream of changes broke; undefined while it stands. */
  #broken: { readonly lists: Promise<Lists> | undefined } | undefined

  constructor(upstream: Upstream, hooks: LiveHooks) {
    const { connection, server } = upstream
    this.upstream = upstream
    this.#hooks = hooks
    this.changes = new ChangeHub(hooks.onError)
    this.#client = new Client(connection, server, connection.requireEra())
    this.changes.onWatched = (uri, wanted) => (wanted ? this.#watch(uri) : this.#unwatch(uri))
    const all = { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true }
    follow(this.#client, all, this.#follower({ missed: () => this.#missed() }))
  }

  get ended(): boolean {
    return this.upstream.connection.ended !== undefined
  }

  /** The same object until a list changes. */
  async offer(client: ClientDescription): Promise<Offer> {
    const lists = await this.#listsOf(client).get()
    const known = this.#offers.get(lists)
    if (known) return known
    const { server, connection, isModern } = this.upstream
    const offer = { server, lists: withoutTasks(lists, this.#hooks.onOmitted), tools: new KnownTools() }
    offer.tools.learn(offer.lists.tools, connection.exchanges && isModern, () => {})
    this.#offers.set(lists, offer)
    return offer
  }

  #listsOf({ info, capabilities }: ClientDescription): KeptLists {
    const { connection, server, isModern } = this.upstream
    const key = isModern ? JSON.stringify(capabilities) : ''
    const kept = this.#variants.get(key) ?? new KeptLists(isModern ? new Client(connection, server, eraOf(connection.requireEra(), { info, capabilities }), { speaksForItself: true }) : this.#client, this.#hooks.onListFault, connection.settings.timeout)
    this.#variants.delete(key)
    this.#variants.set(key, kept)
    const [oldest] = this.#variants.keys()
    if (oldest !== undefined && this.#variants.size > MAX_VARIANTS) this.#variants.delete(oldest)
    return kept
  }

  get #latest(): KeptLists | undefined {
    return [...this.#variants.values()].at(-1)
  }

  #watch(uri: string): void {
    this.#watched.set(uri, follow(this.#client, { resourceSubscriptions: [uri] }, this.#follower({ missed: () => this.changes.publish({ uri }) })))
  }

  #unwatch(uri: string): void {
    this.#watched.get(uri)?.()
    this.#watched.delete(uri)
  }

  #follower({ missed }: Pick<Follower, 'missed'>): Follower {
    return {
      change: (change) => {
        if ('list' in change) for (const lists of this.#variants.values()) lists.forget(change.list)
        this.changes.publish(change)
      },
      missed,
      failed: (error, isReached) => {
        this.#broken ??= { lists: this.#latest?.current }
        this.#hooks.onUnheard(error, isReached)
      },
    }
  }

  /** Nobody reports what changed while the stream was broken, so the lists of the latest client tell. */
  async #missed(): Promise<void> {
    this.upstream.connection.cache.clear()
    const before = await this.#broken?.lists?.catch(() => undefined)
    for (const lists of this.#variants.values()) lists.forget()
    const now = await this.#latest?.get()
    this.#broken = undefined
    this.#hooks.onReached()
    for (const list of LIST_NAMES) if (!before || !now || textOf(before, list) !== textOf(now, list)) this.changes.publish({ list })
  }
}

/** To compare lists. Templates change with the resources. */
export const textOf = (lists: Lists, list: (typeof LIST_NAMES)[number]): string => JSON.stringify([lists[list], list === 'resources' && lists.templates])

/** The era of a modern connection, with each request sent on behalf of this client. */
export const eraOf = (own: ClientEra, { info, capabilities }: ClientDescription): ClientEra => ({ ...own, envelope: (settings) => own.envelope({ ...settings, info: info ?? settings.info, capabilities }) })
