/** The changes that one open subscription receives. They continue when the server behind it is replaced. */
import { LIST_NAMES } from '../protocol/lists.ts'
import { ChangeHub, type Change, type ChangeSubscription } from './changes.ts'

export class ReplaceableChanges {
  /** The hub that the subscription listens to. It stays the same when the server is replaced. */
  readonly hub: ChangeHub
  readonly #shared: ChangeHub
  readonly #always: ChangeSubscription
  #own: { readonly hub: ChangeHub; readonly subscription: ChangeSubscription } | undefined

  /** `shared` delivers the changes for all clients. `onError` receives errors that a listener throws. */
  constructor(shared: ChangeHub, onError: (error: unknown) => void) {
    this.#shared = shared
    this.#always = this.#subscribe(shared)
    this.hub = new ChangeHub(onError)
    this.hub.onWatched = (uri, isWanted) => {
      for (const source of [this.#always, this.#own?.subscription]) {
        if (isWanted) source?.watch(uri)
        else source?.unwatch(uri)
      }
    }
  }

  /** Also delivers the changes of `hub`, which are for this client alone. Replaces the hub of an earlier call. */
  followChanges(hub: ChangeHub | undefined): void {
    this.#own?.subscription.end()
    this.#own = undefined
    if (hub) this.#own = { hub, subscription: this.#subscribe(hub, this.#always.uris) }
  }

  /** Delivers the queued changes, then unsubscribes. */
  close(): void {
    for (const hub of [this.#shared, this.#own?.hub]) hub?.flush()
    this.#always.end()
    this.followChanges(undefined)
  }

  /** Flushes after each change, because the source hub has already collected the changes of one turn of the event loop. */
  #subscribe(hub: ChangeHub, uris: readonly string[] = []): ChangeSubscription {
    return hub.subscribe((change: Change) => {
      this.hub.publish(change)
      this.hub.flush()
    }, LIST_NAMES, uris)
  }
}
