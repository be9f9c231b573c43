/** An open upstream connection, with the lists that the upstream offers on it and the changes that it reports. */
import { Client } from '../client/mcp-client.ts'
import type { ClientEra } from '../client/client-era.ts'
import { KnownTools } from '../client/tool-schemas.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { ClientDescription } from '../protocol/types/base-types.ts'
import { LIST_NAMES, type ListName } from '../protocol/lists.ts'
import { ChangeHub } from '../definition/changes.ts'
import { BoundedMap } from '../util/bounded-map.ts'
import { LISTEN_FLAGS } from '../definition/listen-filter.ts'
import { chain, type Follower } from './follow-changes.ts'
import { withoutTasks, type Lists } from './forwarded-definition.ts'
import { CachedLists, type ListHooks } from './upstream-lists.ts'
import type { UpstreamConnection } from './upstream-connection.ts'

/** Maximum number of different client capabilities for which the lists of a modern upstream are cached. */
const MAX_VARIANTS = 32

/** What the upstream offers to one client of the proxy. */
export interface OfferedLists {
  readonly server: ServerDescription
  readonly lists: Lists
  /** Tells which arguments of the tools to repeat as headers. */
  readonly tools: KnownTools
  /** Names of the lists that could not be fetched and are served as empty, such as `prompts`. */
  readonly missing: readonly string[]
}

export interface LiveHooks {
  /** Called when a part of the lists, such as `resource templates`, could not be fetched. It is served as empty. */
  readonly onListFault: (part: string, error: Error) => void
  readonly onListRecovered: (list: ListName) => void
  readonly onError: (error: unknown) => void
  readonly onOmitted: (tools: readonly string[]) => void
  /** Called when the upstream responds again after a failure. */
  readonly onReached: () => void
  /** Called when the upstream stops reporting changes. `isReached` is true if the subscription had been accepted before. */
  readonly onListenError: (error: unknown, isReached: boolean) => void
}

export class LiveUpstream {
  readonly upstream: UpstreamConnection
  /** Changes of the lists and of the resources that clients subscribe to. */
  readonly changes: ChangeHub
  readonly #hooks: LiveHooks
  readonly #client: Client
  /** Cached lists by client capabilities, because a modern upstream may return different lists for them. A legacy upstream has one entry. */
  readonly #variants = new BoundedMap<string, CachedLists>(MAX_VARIANTS)
  readonly #offers = new WeakMap<Lists, OfferedLists>()
  readonly #watched = new Map<string, () => void>()
  /** The lists from before the change subscription broke; undefined while it works. */
  #broken: { readonly lists: Promise<Lists> | undefined } | undefined

  constructor(upstream: UpstreamConnection, hooks: LiveHooks) {
    const { connection, server } = upstream
    this.upstream = upstream
    this.#hooks = hooks
    this.changes = new ChangeHub(hooks.onError)
    this.#client = new Client(connection, server, connection.requireEra())
    this.changes.onWatched = (uri, wanted) => (wanted ? this.#watch(uri) : this.#unwatch(uri))
    const all = Object.fromEntries(LISTEN_FLAGS.map((flag) => [flag, true]))
    chain(this.#client, all, this.#follower({ missed: () => this.#missed() }))
  }

  get ended(): boolean {
    return this.upstream.connection.ended !== undefined
  }

  /** Resolves with the same object until a list changes. If the `needed` list failed before, it is fetched again. */
  async offer(client: ClientDescription, needed?: ListName): Promise<OfferedLists> {
    const kept = this.#listsOf(client)
    if (needed) await kept.retry(needed)
    const lists = await kept.get()
    const known = this.#offers.get(lists)
    if (known) return known
    const { server, connection, isModern } = this.upstream
    const offer = { server, lists: withoutTasks(lists, this.#hooks.onOmitted), tools: new KnownTools(), missing: kept.missing }
    offer.tools.learn(offer.lists.tools, connection.exchanges && isModern, () => {})
    this.#offers.set(lists, offer)
    return offer
  }

  #listsOf({ info, capabilities }: ClientDescription): CachedLists {
    const { connection, server, isModern } = this.upstream
    const key = isModern ? JSON.stringify(capabilities) : ''
    const kept = this.#variants.get(key) ?? new CachedLists(isModern ? new Client(connection, server, eraOf(connection.requireEra(), { info, capabilities }), { hasOwnEra: true }) : this.#client, this.#listHooks, connection.settings.timeout)
    this.#variants.set(key, kept)
    return kept
  }

  readonly #listHooks: ListHooks = {
    onFault: (part, error) => this.#hooks.onListFault(part, error),
    onRecovered: (list) => {
      this.#hooks.onListRecovered(list)
      this.changes.publish({ list })
    },
  }

  get #latest(): CachedLists | undefined {
    return [...this.#variants.values()].at(-1)
  }

  #watch(uri: string): void {
    this.#watched.set(uri, chain(this.#client, { resourceSubscriptions: [uri] }, this.#follower({ missed: () => this.changes.publish({ uri }) })))
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
        this.#hooks.onListenError(error, isReached)
      },
    }
  }

  /** Fetches the lists again after the subscription broke, and publishes the ones that differ: the upstream did not report changes in between. */
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

/** Serializes a list for comparison. Resource templates belong to the resources. */
export const textOf = (lists: Lists, list: ListName): string => JSON.stringify([lists[list], list === 'resources' && lists.templates])

/** The era of a shared modern connection, with the name and capabilities of this client in each request. */
export const eraOf = (own: ClientEra, { info, capabilities }: ClientDescription): ClientEra => ({ ...own, envelope: (settings) => own.envelope({ ...settings, info: info ?? settings.info, capabilities }) })
