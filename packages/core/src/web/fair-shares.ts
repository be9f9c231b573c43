/** Stores sessions by id and owner, and selects the session to close when there is no room for a new one. */
import { tooBusy } from './http-error.ts'

export interface Shared {
  readonly id: string
  /** Whether the session handles a request. Busy sessions are never closed to make room. */
  readonly busy: boolean
  /** Calls the listener once the session is idle, or at once if it is idle already. A second call replaces the listener. */
  onceIdle(listener: () => void): void
}

interface Entry<Item> extends Linked<Entry<Item>> {
  readonly item: Item
  readonly share: Share<Item>
  /** False from the search that found the session busy until the session is idle. Only listed entries are in `entries`. */
  listed: boolean
}

interface Share<Item> extends Linked<Share<Item>> {
  readonly owner: string
  size: number
  /** The listed entries, least recently used first. */
  readonly entries: LinkedList<Entry<Item>>
  /** The list of the shares of the same size. Undefined if this share has no listed entries. */
  list: LinkedList<Share<Item>> | undefined
}

/** The fraction of all sessions that one owner may have. The rest is reserved for other owners, even if all sessions of this owner are busy. */
const LARGEST_SHARE = 0.75

/**
 * When it is full, the owner with the most sessions loses its least recently used one. Owners who have no more sessions than the new one's owner lose none.
 * A busy entry is taken off its list until it is idle, so a search costs no more than the requests that made the entries busy.
 */
export class FairShares<Item extends Shared> {
  readonly #max: number
  readonly #maxOfOwner: number
  readonly #entries = new Map<string, Entry<Item>>()
  readonly #shares = new Map<string, Share<Item>>()
  /** For each size, the shares with listed entries, least recently used first. */
  readonly #bySize: (LinkedList<Share<Item>> | undefined)[] = []
  /** Upper bound of the share sizes in `#bySize`. */
  #largest = 0

  constructor(max: number) {
    this.#max = max
    this.#maxOfOwner = Math.ceil(max * LARGEST_SHARE)
  }

  get size(): number {
    return this.#entries.size
  }

  get(id: string): Item | undefined {
    return this.#entries.get(id)?.item
  }

  *values(): Generator<Item, void> {
    for (const { item } of this.#entries.values()) yield item
  }

  /**
   * Returns the session to close for a new session of this owner, or undefined if there is room. The caller closes it and calls `delete`.
   * Throws `HttpError` 503 if every session that could be closed is busy.
   */
  victimFor(owner: string): Item | undefined {
    const own = this.#shares.get(owner)
    const isFull = this.#entries.size >= this.#max
    if (!isFull && (own?.size ?? 0) < this.#maxOfOwner) return undefined
    const victim = isFull ? this.#victimFor(own) : own && this.#idlest(own)
    if (!victim) throw tooBusy(503, `The server can have at most ${this.#max} sessions, ${this.#maxOfOwner} of them for one caller. No session that it could close is idle: try again later`, 'too_many_sessions')
    return victim
  }

  add(owner: string, item: Item): void {
    const share = this.#shares.get(owner) ?? { owner, size: 0, entries: new LinkedList<Entry<Item>>(), list: undefined, before: undefined, after: undefined }
    this.#shares.set(owner, share)
    const entry: Entry<Item> = { item, share, listed: true, before: undefined, after: undefined }
    this.#entries.set(item.id, entry)
    this.#change(share, 1, () => share.entries.append(entry))
  }

  use(id: string): void {
    const entry = this.#entries.get(id)
    if (!entry?.listed) return
    entry.share.entries.moveToEnd(entry)
    entry.share.list?.moveToEnd(entry.share)
  }

  delete(id: string): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    const { share } = entry
    this.#entries.delete(id)
    this.#change(share, -1, () => entry.listed && share.entries.remove(entry))
    entry.listed = false
    if (share.size === 0) this.#shares.delete(share.owner)
  }

  #victimFor(own: Share<Item> | undefined): Item | undefined {
    for (let share = this.#largestShare(); share && share.size > (own?.size ?? 0); share = this.#largestShare()) {
      const victim = this.#idlest(share)
      if (victim) return victim
    }
    return own && this.#idlest(own)
  }

  #largestShare(): Share<Item> | undefined {
    while (this.#largest > 0 && !this.#bySize[this.#largest]?.first) this.#largest--
    return this.#bySize[this.#largest]?.first
  }

  #idlest(share: Share<Item>): Item | undefined {
    for (let entry = share.entries.first; entry; entry = share.entries.first) {
      if (!entry.item.busy) return entry.item
      this.#setAside(entry)
    }
    return undefined
  }

  #setAside(entry: Entry<Item>): void {
    const { item, share } = entry
    entry.listed = false
    this.#change(share, 0, () => share.entries.remove(entry))
    item.onceIdle(() => {
      if (this.#entries.get(item.id) !== entry) return
      entry.listed = true
      this.#change(share, 0, () => share.entries.append(entry))
    })
  }

  /** Changes the size and the entries of a share, and moves the share to the list of its new size. */
  #change(share: Share<Item>, difference: -1 | 0 | 1, change: () => void): void {
    share.list?.remove(share)
    share.size += difference
    change()
    share.list = share.entries.first && (this.#bySize[share.size] ??= new LinkedList<Share<Item>>())
    share.list?.append(share)
    this.#largest = Math.max(this.#largest, share.list ? share.size : 0)
  }
}

export interface Linked<Node> {
  before: Node | undefined
  after: Node | undefined
}

export class LinkedList<Node extends Linked<Node>> {
  first: Node | undefined
  last: Node | undefined

  append(node: Node): void {
    node.before = this.last
    node.after = undefined
    if (this.last) this.last.after = node
    else this.first = node
    this.last = node
  }

  /** The node must be in this list. */
  remove(node: Node): void {
    const { before, after } = node
    if (before) before.after = after
    else this.first = after
    if (after) after.before = before
    else this.last = before
  }

  /** The node must be in this list. */
  moveToEnd(node: Node): void {
    if (this.last === node) return
    this.remove(node)
    this.append(node)
  }
}
