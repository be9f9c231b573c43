/** Delivers changes of a server to the sessions and subscriptions that asked for them. */
import { nextTurn } from '../jsonrpc/delay.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { RpcError } from '../jsonrpc/errors.ts'
import { normalizeUri } from './normalize-uri.ts'
import { MAX_URI_LENGTH } from './uri-length.ts'
import { notification, type NotificationMessage } from '../jsonrpc/message.ts'
import type { Meta } from '../protocol/types/base.ts'

export const LIST_NAMES = ['tools', 'resources', 'prompts'] as const
export type ListName = (typeof LIST_NAMES)[number]
/** A list has other items than before, or the resource at a URI has other contents. */
export type Change = { readonly list: ListName } | { readonly uri: string }

/** `subscribed` is the URI of the subscription that covers a changed resource: its own URI, then spelled as the change's is, or one above it. */
type Listener = (change: Change, subscribed?: string) => void

/** The memory that the subscriptions of all clients to URIs may take, in bytes. */
const MAX_WATCHED_BYTES = 64 * 1024 * 1024

/** What one subscription to a URI takes, roughly: two bytes a character, and its entries in maps and sets. */
const bytesOf = (uri: string): number => 2 * uri.length + 256

export class ChangeHub {
  readonly #onError: (error: unknown) => void
  /** Receive every change. */
  readonly #relays = new Set<Listener>()
  readonly #byList: Readonly<Record<ListName, Set<Listener>>> = { tools: new Set(), resources: new Set(), prompts: new Set() }
  /** By normalized URI: its first spelling, and the listeners with the spelling that each subscribed to. */
  readonly #byUri = new Map<string, { readonly uri: string; readonly listeners: Map<Listener, string> }>()
  readonly #pending = new Map<string, Change>()
  /** Subscriptions and relays. */
  #receivers = 0
  #watchedBytes = 0
  /** Called when the first subscription to a URI begins, and when the last one ends: for proxies, which subscribe upstream. */
  onWatched: ((uri: string, wanted: boolean) => void) | undefined

  /** `onError` receives what a listener throws; the other listeners receive the change all the same. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Begins with the changes of these lists and URIs; `watch` adds URIs. Throws what `watch` throws. */
  subscribe(listener: Listener, lists: readonly ListName[], uris: readonly string[] = []): ChangeSubscription {
    this.flush() // Earlier changes are no news to it.
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

  /** Passes on every change, until the returned function is called: for a server that stands in front of another one. */
  relay(listener: (change: Change) => void): () => void {
    this.#receivers++
    this.#relays.add(listener)
    return () => {
      if (this.#relays.delete(listener)) this.#receivers--
    }
  }

  /** Equal changes in one turn of the event loop are delivered once. */
  publish(change: Change): void {
    if (this.#receivers === 0) return
    if (this.#pending.size === 0) nextTurn(() => this.flush())
    this.#pending.set('uri' in change ? normalizeUri(change.uri) : change.list, change)
  }

  /** Delivers the changes of this turn now: a transport that closes cannot wait for the next turn. */
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

  /** To each listener once, with the closest URI that it subscribed to. The cost depends on the depth of the URI and on these listeners, not on all subscriptions. */
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
      throw new RpcError(ErrorCode.InternalError, 'The server cannot hold more resource subscriptions now: try again later', { data: { reason: 'too_many_subscriptions' } })
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
  /** As they were given to `watch`. */
  readonly uris: readonly string[]
  has(uri: string): boolean
  /** Adds a URI and everything below it. Other spellings of a URI are the same URI. Throws `RpcError` −32603 when the subscriptions of all clients together take too much memory. */
  watch(uri: string): void
  unwatch(uri: string): void
  end(): void
}

/** Equal changes have equal keys; no list has the name of a URI. */
export const keyOf = (change: Change): string => ('list' in change ? change.list : change.uri)

export function toNotification(change: Change, _meta?: Meta): NotificationMessage {
  const meta = _meta && { _meta }
  return 'list' in change
    ? notification(`notifications/${change.list}/list_changed`, { ...meta }) //
    : notification('notifications/resources/updated', { uri: change.uri, ...meta })
}

/** A subscription to a URI covers that resource and everything below it, in whatever spelling. */
export function covers(subscribed: string, uri: string): boolean {
  const [above, below] = [normalizeUri(subscribed), normalizeUri(uri)]
  return below === above || below.startsWith(above.endsWith('/') ? above : `${above}/`)
}

/** Characters of a normalized URI for one character of a client's URI, at most: three bytes of UTF-8, each percent-encoded. */
const MAX_ENCODED = 9

/** The URIs whose subscriptions cover this one, other than itself, the closest first: each with its final slash and without it. Clients cannot subscribe to URIs over the length limit. */
function ancestorsOf(uri: string): string[] {
  const ancestors: string[] = []
  for (let slash = uri.lastIndexOf('/', MAX_ENCODED * MAX_URI_LENGTH); slash >= 0; slash = slash === 0 ? -1 : uri.lastIndexOf('/', slash - 1)) {
    if (slash < uri.length - 1) ancestors.push(uri.slice(0, slash + 1))
    ancestors.push(uri.slice(0, slash))
  }
  return ancestors
}
