/** Notifies the client of a session of changes. Changes are collected until the client accepts notifications. */
import type { Send } from '../jsonrpc/message.ts'
import { runAll } from '../util/run-all.ts'
import { isUnrestricted } from '../methods/check-access.ts'
import { MAX_SUBSCRIPTIONS } from '../protocol/kept-bytes.ts'
import { LIST_NAMES } from '../protocol/lists.ts'
import { keyOf, toNotification, type Change, type ChangeHub, type ChangeSubscription } from '../definition/changes.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

export interface SessionChangesOptions {
  readonly server: ServerDefinition
  readonly send: Send
  /** Whether the client accepts notifications, because it has sent `notifications/initialized`. */
  readonly isReady: () => boolean
  /** Whether the client is authenticated. Some items may be hidden from it. */
  readonly isKnown: () => boolean
}

export class SessionChanges {
  readonly #options: SessionChangesOptions
  /** Changes that have not been sent, because the client does not accept notifications yet. `subscribed` is the subscribed URI that covers the change. */
  readonly #unannounced = new Map<string, { readonly change: Change; readonly subscribed?: string | undefined }>()
  /** Undefined before the handshake. */
  #subscription: ChangeSubscription | undefined
  /** Changes of items that only this session is offered. */
  #followed: { readonly changes: ChangeHub; subscription: ChangeSubscription | undefined } | undefined

  constructor(options: SessionChangesOptions) {
    this.#options = options
  }

  /** Starts after the handshake: reports changes of all lists and of the resources with these URIs. */
  begin(uris: readonly string[]): void {
    this.#subscription = this.#options.server.changes.subscribe(this.#changed, LIST_NAMES, uris)
    this.#listen()
  }

  /** Ends all subscriptions and drops unsent changes. If ending a subscription throws, the error is thrown after all have been ended. */
  end(): void {
    const [subscription, followed] = [this.#subscription, this.#followed]
    this.#subscription = this.#followed = undefined
    this.#unannounced.clear()
    runAll([() => subscription?.end(), () => followed?.subscription?.end()])
  }

  /** The URIs that the client has subscribed to. */
  get uris(): readonly string[] {
    return this.#subscription?.uris ?? []
  }

  /** Whether the client has subscribed to the URI. Equivalent spellings match. */
  has(uri: string): boolean {
    return this.#subscription?.has(uri) ?? false
  }

  watch(uri: string): void {
    this.#subscription?.watch(uri)
    this.#followed?.subscription?.watch(uri)
  }

  unwatch(uri: string): void {
    this.#subscription?.unwatch(uri)
    this.#followed?.subscription?.unwatch(uri)
    for (const [key, { subscribed }] of this.#unannounced) if (subscribed === uri) this.#unannounced.delete(key)
  }

  /** Also reports the changes of items that only this session is offered. Replaces the hub of an earlier call. */
  followChanges(changes: ChangeHub): void {
    if (this.#followed?.changes === changes) return
    this.#unfollow()
    this.#followed = { changes, subscription: undefined }
    this.#listen()
  }

  /** Reports every list and subscribed resource as changed. Needed after a session was restored, because changes in the time between were missed. */
  catchUp(): void {
    const { capabilities } = this.#options.server.definition
    const lists = LIST_NAMES.filter((list) => capabilities[list]).map((list) => ({ list }))
    for (const change of [...lists, ...this.uris.map((uri) => ({ uri }))]) this.#unannounced.set(keyOf(change), { change })
    this.announce()
  }

  /** Sends the collected changes if the client accepts notifications. */
  announce(): void {
    if (!this.#options.isReady()) return
    for (const { change } of this.#unannounced.values()) this.#options.send(toNotification(change))
    this.#unannounced.clear()
  }

  #unfollow(): void {
    this.#followed?.subscription?.end()
    this.#followed = undefined
  }

  /** Subscribes to the hub of `followChanges` once the handshake is done. */
  #listen(): void {
    if (!this.#followed || !this.#subscription || this.#followed.subscription) return
    this.#followed.subscription = this.#followed.changes.subscribe(this.#changed, LIST_NAMES, this.#subscription.uris)
  }

  /** The client has access to the URI that it subscribed to. A resource below that URI may have stricter access rules, so an authenticated client is not notified of it. */
  readonly #changed = (change: Change, subscribed: string | undefined): void => {
    const { server, isReady, isKnown } = this.#options
    if ('uri' in change && change.uri !== subscribed && isKnown() && !isUnrestricted(server.definition, change.uri)) return
    // If too many changes are collected, the subscribed resource is reported once instead of each resource below it.
    const announced = !isReady() && subscribed !== undefined && this.#unannounced.size >= MAX_SUBSCRIPTIONS ? { uri: subscribed } : change
    this.#unannounced.set(keyOf(announced), { change: announced, subscribed })
    this.announce()
  }
}
