/** Sessions by id and by owner: finds the one that ends when there is no room for another. */
import { tooBusy } from './http-error.ts'
import { LinkedList, type Linked } from './linked-list.ts'

export interface Shared {
  readonly id: string
  /** Whether it is at work. Busy sessions are never ended for want of room. */
  readonly busy: boolean
  /** Calls the listener once the session is not busy, or at once if it is not. A second call replaces the listener. */
  onceIdle(listener: () => void): void
}

interface Entry<Item> extends Linked<Entry<Item>> {
  readonly item: Item
  readonly share: Share<Item>
  /** False from the moment it was found busy until it says that it is idle. */
  listed: boolean
}

interface Share<Item> extends Linked<Share<Item>> {
  readonly owner: string
  size: number
  /** Entries that were not found busy, the one that was used least recently first. */
  readonly entries: LinkedList<Entry<Item>>
  /** The shares of the same size, as long as this one has entries that may be idle. */
  list: LinkedList<Share<Item>> | undefined
}

/** The part of all places that one owner may have. The rest stays for others, even if all sessions of the one are busy. */
const LARGEST_SHARE = 0.75

/**
 * When it is full, the owner with the most sessions loses the one that it used least recently. Owners who have no more than the newcomer lose nothing.
 * An entry that is found busy is not looked at again before it has become idle, so a search costs no more than the requests that made entries busy.
 */
export class FairShares<Item extends Shared> {
  readonly #max: number
  readonly #maxOfOwner: number
  readonly #entries = new Map<string, Entry<Item>>()
  readonly #shares = new Map<string, Share<Item>>()
  /** By size, the shares with entries that may be idle, the one that was used least recently first. */
  readonly #bySize: (LinkedList<Share<Item>> | undefined)[] = []
  /** No share in `#bySize` is larger. */
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

  /** The session that ends for a new one; undefined if none has to. The caller ends it and calls `delete`. Throws `HttpError` 503 where every session that could end is busy. */
  victimFor(owner: string): Item | undefined {
    const own = this.#shares.get(owner)
    const isFull = this.#entries.size >= this.#max
    if (!isFull && (own?.size ?? 0) < this.#maxOfOwner) return undefined
    const victim = isFull ? this.#victimFor(own) : own && this.#idlest(own)
    if (!victim) throw tooBusy(503, `The server has at most ${this.#max} sessions, ${this.#maxOfOwner} for one caller, and those that could end are busy: try again later`, 'too_many_sessions')
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

  /** Changes a share's size and entries, and keeps it in the list of its size. */
  #change(share: Share<Item>, difference: -1 | 0 | 1, change: () => void): void {
    share.list?.remove(share)
    share.size += difference
    change()
    share.list = share.entries.first && (this.#bySize[share.size] ??= new LinkedList<Share<Item>>())
    share.list?.append(share)
    this.#largest = Math.max(this.#largest, share.list ? share.size : 0)
  }
}
