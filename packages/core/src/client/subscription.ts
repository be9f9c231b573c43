/** The changes that a client wants to hear of, as they come. */
import type { Params } from '../jsonrpc/message.ts'
import { covers, keyOf, type Change } from '../server/changes.ts'
import { LISTEN_FLAGS, LISTS, wants, type ListenFilter } from '../server/listen-filter.ts'

/** Changes that may wait to be read before they are told in less detail. */
const MAX_CHANGES = 1000

/** What a server says it will tell; what is none of it is left out. */
export function parseFilter({ resourceSubscriptions, ...flags }: Params): ListenFilter {
  const known = LISTEN_FLAGS.filter((flag) => flags[flag] === true)
  const uris = Array.isArray(resourceSubscriptions) ? resourceSubscriptions.filter((uri) => typeof uri === 'string') : undefined
  return { ...Object.fromEntries(known.map((flag) => [flag, true])), ...(uris && { resourceSubscriptions: uris }) }
}

/**
 * Iterated by one reader. The same change is told once, however often it happens before it is read. The iteration ends after `close()`, or when the
 * server ends the subscription; it throws `ClientError` if the connection breaks.
 */
export class Subscription implements AsyncIterable<Change> {
  /** What the server agreed to tell: what it does not offer is not in it. */
  readonly filter: ListenFilter
  readonly #end: () => Promise<void>
  readonly #changes = new Map<string, Change>()
  #ended = false
  #error: Error | undefined
  #wake: (() => void) | undefined

  /** `end` tells the server, and never rejects. */
  constructor(filter: ListenFilter, end: () => Promise<void>) {
    this.filter = filter
    this.#end = end
  }

  tell(change: Change): void {
    if (this.#ended || !wants(this.filter, change)) return
    const told = this.#changes.size < MAX_CHANGES ? change : this.#coarser(change)
    this.#changes.set(keyOf(told), told)
    this.#wake?.()
  }

  /** What may have changed unheard: all that is listened to. */
  tellAll(): void {
    for (const flag of LISTEN_FLAGS) if (this.filter[flag]) this.tell({ list: LISTS[flag] })
    for (const uri of this.filter.resourceSubscriptions ?? []) this.tell({ uri })
  }

  /** In place of one of very many resources, the one above it that was subscribed to. */
  #coarser(change: Change): Change {
    const uri = 'uri' in change ? this.filter.resourceSubscriptions?.find((subscribed) => covers(subscribed, change.uri)) : undefined
    return uri === undefined ? change : { uri }
  }

  /** The server, or the connection, has ended it. */
  finish(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  async close(): Promise<void> {
    if (this.#ended) return
    this.finish()
    await this.#end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async next(): Promise<IteratorResult<Change, undefined>> {
    while (this.#changes.size === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve))
    const [first] = this.#changes
    if (first) {
      this.#changes.delete(first[0])
      return { done: false, value: first[1] }
    }
    if (this.#error) throw this.#error
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): AsyncIterator<Change, undefined> {
    return {
      next: () => this.next(),
      return: async () => {
        await this.close()
        return { done: true, value: undefined }
      },
    }
  }
}
