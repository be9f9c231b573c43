/** A client of the proxy in relation to one upstream: its connections, the lists it is offered, and its change notifications. */
import { LIST_NAMES, type ListName } from '../protocol/lists.ts'
import type { Change, ChangeSubscription } from '../definition/changes.ts'
import type { SlotHolder } from './connection-slots.ts'
import type { DownstreamClient } from './downstream-clients.ts'
import { textOf, type LiveUpstream, type OfferedLists } from './live-upstream.ts'
import type { UpstreamConnection } from './upstream-connection.ts'

export interface Lease {
  readonly upstream: UpstreamConnection
  /** Safe to call more than once. */
  release(): void
}

export interface UpstreamClientOptions {
  /** Milliseconds after which an unused connection is closed. */
  readonly idleTimeout: number
  /** Opens a connection, or returns the shared one. `onEnded` is called when a connection that is not shared has ended. */
  readonly open: (downstream: DownstreamClient, occupant: SlotHolder, onEnded: () => void) => Promise<{ live: LiveUpstream; isShared: boolean }>
  readonly close: (live: LiveUpstream) => void
  /** Called when a connection of this client is used or becomes idle. */
  readonly onIdle: (occupant: SlotHolder) => void
  readonly onChange: (change: Change) => void
}

type Timer = ReturnType<typeof setTimeout> & { unref?(): void }

class Held implements SlotHolder {
  readonly principal: string | undefined
  live: LiveUpstream | undefined
  opened: Promise<LiveUpstream> | undefined
  users = 0
  timer: Timer | undefined
  readonly #close: (held: Held) => void

  constructor(principal: string | undefined, close: (held: Held) => void) {
    this.principal = principal
    this.#close = close
  }

  get idle(): boolean {
    return this.users === 0 && this.live !== undefined
  }

  evict(): void {
    this.#close(this)
  }
}

export class UpstreamClient {
  /** The lists that the client last saw; undefined before the upstream was first reached. */
  offer: OfferedLists | undefined
  readonly downstream: DownstreamClient
  readonly #options: UpstreamClientOptions
  /**
   * Whether each connection carries one call at a time. True for clients without a session or connection of their own:
   * they may be several programs, and an input request on a shared connection could belong to any of them.
   */
  readonly #isExclusive: boolean
  readonly #held = new Set<Held>()
  #shared: LiveUpstream | undefined
  /** The connection whose changes are reported to the client, and the subscription to them. */
  #followed: { readonly live: LiveUpstream; readonly subscription: ChangeSubscription } | undefined
  /** Lists whose change was announced to the client since it last fetched them. */
  readonly #announced = new Set<ListName>()
  /** URIs of the resources that the client subscribes to. */
  readonly #watched = new Set<string>()

  constructor(downstream: DownstreamClient, options: UpstreamClientOptions) {
    this.downstream = downstream
    this.#options = options
    this.#isExclusive = downstream.peer === undefined
    downstream.rootsWatchers.add(() => {
      for (const { live } of this.#held) void live?.upstream.rootsChanged()
    })
  }

  /** Connects if necessary, and updates `offer`. If the `needed` list failed before, it is fetched again. Rejects with the error of the connection attempt. */
  async ready(needed?: ListName): Promise<OfferedLists> {
    const held = await this.#take(true)
    try {
      const live = await this.#opened(held)
      const before = this.offer
      this.#follow(live)
      const offer = await live.offer(this.downstream.client, needed)
      this.offer = offer
      if (before && before !== offer) this.#announce(before, offer)
      return offer
    } finally {
      this.#release(held)
    }
  }

  /** Reports the lists that changed while there was no connection. */
  #announce(before: OfferedLists, now: OfferedLists): void {
    for (const list of LIST_NAMES) if (!this.#announced.has(list) && textOf(before.lists, list) !== textOf(now.lists, list)) this.#options.onChange({ list })
    this.#announced.clear()
  }

  /** Resolves with a connection for one call. Call `release()` when the call has finished. */
  async lease(): Promise<Lease> {
    const held = await this.#take(false)
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      this.#release(held)
    }
    try {
      return { upstream: (await this.#opened(held)).upstream, release }
    } catch (error) {
      release()
      throw error
    }
  }

  watch(uri: string): void {
    this.#watched.add(uri)
    this.#followed?.subscription.watch(uri)
  }

  unwatch(uri: string): void {
    this.#watched.delete(uri)
    this.#followed?.subscription.unwatch(uri)
  }

  /** Closes idle connections now, and the others once their requests in flight have finished. */
  retire(): void {
    this.#unfollow()
    for (const held of this.#held) if (held.users === 0) this.#drop(held)
  }

  close(): void {
    this.#unfollow()
    for (const held of this.#held) this.#drop(held)
  }

  /** `isShort` is for fetching lists, which may use a connection that another call occupies. */
  async #take(isShort: boolean): Promise<Held> {
    const usable = [...this.#held].find(({ users, live }) => !live?.ended && (!this.#isExclusive || isShort || users === 0))
    const held = usable ?? new Held(this.downstream.principal, (one) => this.#drop(one))
    this.#held.add(held)
    clearTimeout(held.timer)
    held.users++
    this.#options.onIdle(held)
    return held
  }

  async #opened(held: Held): Promise<LiveUpstream> {
    if (this.#shared?.ended === false) return this.#shared
    held.opened ??= this.#open(held)
    return held.opened
  }

  async #open(held: Held): Promise<LiveUpstream> {
    try {
      const { live, isShared } = await this.#options.open(this.downstream, held, () => this.#drop(held))
      if (isShared) {
        this.#shared = live
        this.#held.delete(held)
      } else held.live = live
      return live
    } catch (error) {
      this.#held.delete(held)
      throw error
    }
  }

  #release(held: Held): void {
    held.users--
    if (held.users > 0) return
    if (!held.live || !this.#held.has(held)) return void this.#held.delete(held)
    if (this.downstream.gone) return this.#drop(held)
    this.#options.onIdle(held)
    this.#rest(held)
  }

  /** Closes the connection after the idle time, unless the client could still receive change notifications. */
  #rest(held: Held): void {
    if (this.#options.idleTimeout === Number.POSITIVE_INFINITY) return
    clearTimeout(held.timer)
    held.timer = setTimeout(() => (this.downstream.attached ? this.#rest(held) : this.#drop(held)), this.#options.idleTimeout)
    held.timer.unref?.()
  }

  #drop(held: Held): void {
    clearTimeout(held.timer)
    this.#held.delete(held)
    if (held.live && this.#followed?.live === held.live) this.#unfollow()
    void held.opened?.then((live) => {
      if (live !== this.#shared) this.#options.close(live)
    }, () => {})
  }

  /** Follows the changes of one connection only, because every connection reports the same ones. */
  #follow(live: LiveUpstream): void {
    if (this.downstream.gone || (this.#followed && !this.#followed.live.ended)) return
    this.#unfollow()
    const subscription = live.changes.subscribe((change) => this.#changed(change), LIST_NAMES)
    this.#followed = { live, subscription }
    for (const uri of this.#watched) {
      subscription.watch(uri)
      if (this.offer) this.#options.onChange({ uri }) // It may have changed while there was no subscription.
    }
  }

  #changed(change: Change): void {
    if ('list' in change) this.#announced.add(change.list)
    this.#options.onChange(change)
  }

  #unfollow(): void {
    this.#followed?.subscription.end()
    this.#followed = undefined
  }
}
