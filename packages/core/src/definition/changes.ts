/** Delivers a server's changes to the sessions and subscriptions that requested them. */
import { nextTurn } from '../util/delay.ts'
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { RpcError } from '../jsonrpc/rpc-errors.ts'
import { normalizeUri } from './normalize-uri.ts'
import { MAX_URI_LENGTH } from './uri-length.ts'
import { notification, type NotificationMessage } from '../jsonrpc/message.ts'
import { listChangedMethod, type ListName } from '../protocol/lists.ts'
import type { Meta } from '../protocol/types/base-types.ts'

/** The items of a list changed, or the contents of the resource at a URI changed. */
export type Change = { readonly list: ListName } | { readonly uri: string }

/**
 * `subscribed` is the URI of the subscription that covers the changed resource: the URI of the resource itself or of one of its ancestors.
 * If it is the URI of the resource itself, the change has the spelling that the subscriber used.
 */
type Listener = (change: Change, subscribed?: string) => void

/** The memory that the URI subscriptions of all clients may use together, in bytes. */
const MAX_WATCHED_BYTES = 64 * 1024 * 1024

/** The approximate memory of one URI subscription: two bytes per character, plus its entries in maps and sets. */
const bytesOf = (uri: string): number => 2 * uri.length + 256

export class ChangeHub {
  readonly #onError: (error: unknown) => void
  /** Listeners that receive every change. */
  readonly #relays = new Set<Listener>()
  readonly #byList: Readonly<Record<ListName, Set<Listener>>> = { tools: new Set(), resources: new Set(), prompts: new Set() }
  /** The key is the normalized URI. The value holds the first spelling used for it, and each listener with the spelling that it subscribed to. */
  readonly #byUri = new Map<string, { readonly uri: string; readonly listeners: Map<Listener, string> }>()
  readonly #pending = new Map<string, Change>()
  /** The number of subscriptions and relays together. Changes are dropped while it is 0. */
  #receivers = 0
  #watchedBytes = 0
  /** Called when a URI gets its first subscription and when it loses its last one. Proxies use it to subscribe and unsubscribe upstream. */
  onWatched: ((uri: string, wanted: boolean) => void) | undefined

  /** `onError` receives errors that a listener throws. They do not keep other listeners from receiving the change. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Subscribes to changes of these lists and URIs; `watch` adds further URIs. Throws the same errors as `watch`. */
  subscribe(listener: Listener, lists: readonly ListName[], uris: readonly string[] = []): ChangeSubscription {
    this.flush() // Earlier changes are not for the new subscriber.
    this.#receivers++
    for (const list of lists) this.#byList[list].add(listener)
    let isOpen = true
    const watched = new Map<string, string>()
    const unwatch = (uri: string): void => {
      const key = normalizeUri(uri)
      if (watched.delete(key)) this.#unwatch(key, listener)
    }
    const subscription: ChangeSubscription = {
      get uris() { return [...watched.values()] },
      has: (uri) => watched.has(normalizeUri(uri)),
      watch: (uri) => {
        const key = normalizeUri(uri)
        if (watched.has(key)) return
        this.#watch(key, listener, uri)
        watched.set(key, uri)
      },
      unwatch,
      end: () => {
        if (isOpen) this.#receivers--
        isOpen = false
        for (const list of lists) this.#byList[list].delete(listener)
        for (const key of watched.keys()) unwatch(key)
      },
    }
    try {
      for (const uri of uris) subscription.watch(uri)
    } catch (error) {
      subscription.end()
      throw error
    }
    return subscription
  }

  /** Forwards every change until the returned function is called. For a server that wraps another one. */
  relay(listener: (change: Change) => void): () => void {
    this.#receivers++
    this.#relays.add(listener)
    return () => {
      if (this.#relays.delete(listener)) this.#receivers--
    }
  }

  /** Queues a change. Equal changes within one turn of the event loop are delivered once. */
  publish(change: Change): void {
    if (this.#receivers === 0) return
    if (this.#pending.size === 0) nextTurn(() => this.flush())
    this.#pending.set('uri' in change ? normalizeUri(change.uri) : change.list, change)
  }

  /** Delivers the queued changes now. A closing transport needs this, because it cannot wait for the next turn of the event loop. */
  flush(): void {
    if (this.#pending.size === 0) return
    const changes = [...this.#pending.values()]
    this.#pending.clear()
    for (const change of changes) {
      for (const listener of [...this.#relays]) this.#deliver(listener, change)
      if ('list' in change) for (const listener of [...this.#byList[change.list]]) this.#deliver(listener, change)
      else this.#deliverUri(change.uri)
    }
  }

  #deliver(listener: Listener, change: Change, subscribed?: string): void {
    try {
      listener(change, subscribed)
    } catch (error) {
      this.#onError(error)
    }
  }

  /**
   * Notifies each listener once, with the closest URI that it subscribed to. The cost grows with the depth of the URI and the number of these listeners,
   * not with the number of all subscriptions.
   */
  #deliverUri(uri: string): void {
    const key = normalizeUri(uri)
    const delivered = new Set<Listener>()
    for (const candidate of [key, ...ancestorsOf(key)]) {
      for (const [listener, subscribed] of [...(this.#byUri.get(candidate)?.listeners ?? [])]) {
        if (!delivered.has(listener)) this.#deliver(listener, { uri: candidate === key ? subscribed : uri }, subscribed)
        delivered.add(listener)
      }
    }
  }

  #watch(key: string, listener: Listener, uri: string): void {
    this.flush()
    if (this.#watchedBytes + bytesOf(key) > MAX_WATCHED_BYTES) {
      throw new RpcError(ErrorCode.InternalError, 'The server has too many resource subscriptions. Try again later', { data: { reason: 'too_many_subscriptions' } })
    }
    const known = this.#byUri.get(key)
    if (!known) this.onWatched?.(uri, true)
    if (known) known.listeners.set(listener, uri)
    else this.#byUri.set(key, { uri, listeners: new Map([[listener, uri]]) })
    this.#watchedBytes += bytesOf(key)
  }

  #unwatch(key: string, listener: Listener): void {
    const known = this.#byUri.get(key)
    if (!known?.listeners.delete(listener)) return
    this.#watchedBytes -= bytesOf(key)
    if (known.listeners.size > 0) return
    this.#byUri.delete(key)
    this.onWatched?.(known.uri, false)
  }
}

export interface ChangeSubscription {
  /** The URIs as they were passed to `watch`. */
  readonly uris: readonly string[]
  has(uri: string): boolean
  /**
   * Adds a URI and everything below it. Different spellings of a URI are treated as the same URI.
   * Throws `RpcError` −32603 when the subscriptions of all clients together would use too much memory.
   */
  watch(uri: string): void
  unwatch(uri: string): void
  end(): void
}

/** Equal changes have equal keys. List names and URIs cannot collide, because a list name has no scheme. */
export const keyOf = (change: Change): string => ('list' in change ? change.list : change.uri)

export function toNotification(change: Change, _meta?: Meta): NotificationMessage {
  const meta = _meta && { _meta }
  return 'list' in change
    ? notification(listChangedMethod(change.list), { ...meta }) //
    : notification('notifications/resources/updated', { uri: change.uri, ...meta })
}

/** Whether a subscription to `subscribed` covers `uri`: it is the same resource or lies below it. Spelling does not matter. */
export function covers(subscribed: string, uri: string): boolean {
  const [above, below] = [normalizeUri(subscribed), normalizeUri(uri)]
  return below === above || below.startsWith(above.endsWith('/') ? above : `${above}/`)
}

/** The maximum length that one character of a client's URI can have in a normalized URI: three bytes of UTF-8, each percent-encoded. */
const MAX_ENCODED = 9

/**
 * The ancestors of a URI, closest first, each with and without its trailing slash: subscriptions to them cover the URI.
 * Ancestors longer than the URI length limit are skipped, because clients cannot subscribe to them.
 */
function ancestorsOf(uri: string): string[] {
  const ancestors: string[] = []
  for (let slash = uri.lastIndexOf('/', MAX_ENCODED * MAX_URI_LENGTH); slash >= 0; slash = slash === 0 ? -1 : uri.lastIndexOf('/', slash - 1)) {
    if (slash < uri.length - 1) ancestors.push(uri.slice(0, slash + 1))
    ancestors.push(uri.slice(0, slash))
  }
  return ancestors
}
