/** What changed in a server, told to whoever listens: sessions and open subscriptions. */
import { notification, type NotificationMessage } from '../jsonrpc/message.ts'
import type { Meta } from '../protocol/types/base.ts'

export const LIST_NAMES = ['tools', 'resources', 'prompts'] as const
export type ListName = (typeof LIST_NAMES)[number]
/** A list has other items than before, or the resource at a URI has other contents. */
export type Change = { readonly list: ListName } | { readonly uri: string }
type Listener = (change: Change) => void

export class ChangeHub {
  readonly #listeners = new Set<Listener>()
  readonly #changes = new Map<string, Change>()

  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The same change is told once for one turn of the event loop. */
  publish(change: Change): void {
    if (this.#listeners.size === 0) return
    if (this.#changes.size === 0) queueMicrotask(() => this.#flush())
    this.#changes.set(keyOf(change), change)
  }

  #flush(): void {
    const changes = [...this.#changes.values()]
    this.#changes.clear()
    for (const listener of [...this.#listeners]) for (const change of changes) listener(change)
  }
}

/** Equal changes have equal keys; no list is called like a URI. */
export const keyOf = (change: Change): string => ('list' in change ? change.list : change.uri)

export function toNotification(change: Change, _meta?: Meta): NotificationMessage {
  const meta = _meta && { _meta }
  return 'list' in change
    ? notification(`notifications/${change.list}/list_changed`, { ...meta }) //
    : notification('notifications/resources/updated', { uri: change.uri, ...meta })
}

/** Whoever subscribed to a URI hears of it and of what is below it. */
export const covers = (subscribed: string, uri: string): boolean => uri === subscribed || uri.startsWith(subscribed.endsWith('/') ? subscribed : `${subscribed}/`)
