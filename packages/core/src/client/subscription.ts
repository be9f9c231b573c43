/** `Subscription`: an async iterable of the changes that a server reports. */
import type { Params } from '../jsonrpc/message.ts'
import { covers, keyOf, type Change } from '../definition/changes.ts'
import { LISTEN_FLAGS, LISTS, wants, type ListenFilter } from '../definition/listen-filter.ts'

/** Maximum number of unread changes. Above it, a change of a resource is reported as a change of the subscribed URI that contains it. */
const MAX_CHANGES = 1000

/** Parses the filter that the server acknowledged, and ignores unknown or invalid entries. */
export function parseFilter({ resourceSubscriptions, ...flags }: Params): ListenFilter {
  const known = LISTEN_FLAGS.filter((flag) => flags[flag] === true)
  const uris = Array.isArray(resourceSubscriptions) ? resourceSubscriptions.filter((uri) => typeof uri === 'string') : undefined
  return { ...Object.fromEntries(known.map((flag) => [flag, true])), ...(uris && { resourceSubscriptions: uris }) }
}

/**
 * For a single reader. Repeated changes are merged until they are read. The iteration ends after `close()`, or when the server ends the subscription.
 * It throws `ClientError` if the connection breaks.
 */
export class Subscription implements AsyncIterable<Change> {
  /** The accepted filter: the requested one without the parts that the server does not offer. */
  readonly filter: ListenFilter
  readonly #end: () => Promise<void>
  readonly #changes = new Map<string, Change>()
  #ended = false
  #error: Error | undefined
  #wake: (() => void) | undefined

  /** `end` notifies the server. It must not reject. */
  constructor(filter: ListenFilter, end: () => Promise<void>) {
    this.filter = filter
    this.#end = end
  }

  notify(change: Change): void {
    if (this.#ended || !wants(this.filter, change)) return
    const told = this.#changes.size < MAX_CHANGES ? change : this.#toListChange(change)
    this.#changes.set(keyOf(told), told)
    this.#wake?.()
  }

  /** Reports everything in the filter as changed, because notifications may have been missed. */
  notifyAll(): void {
    for (const flag of LISTEN_FLAGS) if (this.filter[flag]) this.notify({ list: LISTS[flag] })
    for (const uri of this.filter.resourceSubscriptions ?? []) this.notify({ uri })
  }

  /** Replaces the change of one resource with a change of the subscribed URI that contains it. */
  #toListChange(change: Change): Change {
    const uri = 'uri' in change ? this.filter.resourceSubscriptions?.find((subscribed) => covers(subscribed, change.uri)) : undefined
    return uri === undefined ? change : { uri }
  }

  /** Ends the iteration after the server or the connection has ended the subscription. */
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
