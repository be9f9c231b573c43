/** One client in front of a proxy as one upstream sees it: its connections, what it is offered, and its changes. */
import { LIST_NAMES, type Change, type ChangeSubscription, type ListName } from '../server/changes.ts'
import type { Occupant } from './connection-slots.ts'
import type { Front } from './front.ts'
import { textOf, type LiveUpstream, type Offer } from './live-upstream.ts'
import type { Upstream } from './upstream.ts'

export interface Lease {
  readonly upstream: Upstream
  /** May be called again. */
  release(): void
}

export interface UpstreamClientOptions {
  /** Milliseconds. */
  readonly idle: number
  /** Opens a connection, or returns the shared one. `onEnded` runs when a connection that is not shared has ended. */
  readonly open: (front: Front, occupant: Occupant, onEnded: () => void) => Promise<{ live: LiveUpstream; isShared: boolean }>
  readonly close: (live: LiveUpstream) => void
  /** A connection of this client has become idle, or was used. */
  readonly onIdle: (occupant: Occupant) => void
  readonly onChange: (change: Change) => void
}

type Timer = ReturnType<typeof setTimeout> & { unref?(): void }

class Held implements Occupant {
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
  /** What the client was offered last; undefined until the upstream was reached. */
  offer: Offer | undefined
  readonly front: Front
  readonly #options: UpstreamClientOptions
  /** With a session, or a connection of its own, all calls share one. Other clients of one description may be many, so a connection has one call at a time: a question could be about any. */
  readonly #isExclusive: boolean
  readonly #held = new Set<Held>()
  #shared: LiveUpstream | undefined
  /** The connection whose changes are reported, and what ends that. */
  #followed: { readonly live: LiveUpstream; readonly subscription: ChangeSubscription } | undefined
  /** The lists whose change the client was told of since it was offered them. */
  readonly #announced = new Set<ListName>()
  /** What the client wants to hear of. */
  readonly #watched = new Set<string>()

  constructor(front: Front, options: UpstreamClientOptions) {
    this.front = front
    this.#options = options
    this.#isExclusive = front.peer === undefined
    front.session?.onRootsChanged(() => {
      for (const { live } of this.#held) void live?.upstream.rootsChanged()
    })
  }

  /** Connects, if need be, and brings `offer` up to date. Rejects with why the upstream cannot be reached. */
  async ready(): Promise<Offer> {
    const held = await this.#take(true)
    try {
      const live = await this.#opened(held)
      const before = this.offer
      this.#follow(live)
      const offer = await live.offer(this.front.client)
      this.offer = offer
      if (before && before !== offer) this.#announce(before, offer)
      return offer
    } finally {
      this.#release(held)
    }
  }

  /** What changed unheard, while the connection was down. */
  #announce(before: Offer, now: Offer): void {
    for (const list of LIST_NAMES) if (!this.#announced.has(list) && textOf(before.lists, list) !== textOf(now.lists, list)) this.#options.onChange({ list })
    this.#announced.clear()
  }

  /** A connection for one call. */
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

  close(): void {
    this.#unfollow()
    for (const held of this.#held) this.#drop(held)
  }

  /** `isShort`: for a look at the lists, which disturbs no call. */
  async #take(isShort: boolean): Promise<Held> {
    const usable = [...this.#held].find(({ users, live }) => !live?.ended && (!this.#isExclusive || isShort || users === 0))
    const held = usable ?? new Held(this.front.principal, (one) => this.#drop(one))
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
      const { live, isShared } = await this.#options.open(this.front, held, () => this.#drop(held))
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
    this.#options.onIdle(held)
    this.#rest(held)
  }

  /** A client that could still be notified keeps its connection. */
  #rest(held: Held): void {
    if (this.#options.idle === Number.POSITIVE_INFINITY) return
    clearTimeout(held.timer)
    held.timer = setTimeout(() => (this.front.attached ? this.#rest(held) : this.#drop(held)), this.#options.idle)
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

  /** One connection is enough to hear of changes. */
  #follow(live: LiveUpstream): void {
    if (this.#followed && !this.#followed.live.ended) return
    this.#unfollow()
    const subscription = live.changes.subscribe((change) => this.#changed(change), LIST_NAMES)
    this.#followed = { live, subscription }
    for (const uri of this.#watched) {
      subscription.watch(uri)
      if (this.offer) this.#options.onChange({ uri }) // It may have changed while nobody watched it.
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
