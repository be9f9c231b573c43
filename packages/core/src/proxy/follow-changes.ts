/** Keeps a change subscription open for as long as its client is connected, and reopens it when it breaks. */
import type { Client } from '../client/mcp-client.ts'
import type { Subscription } from '../client/subscription.ts'
import { withTimeout } from '../util/with-timeout.ts'
import type { Change } from '../definition/changes.ts'
import type { ListenFilter } from '../definition/listen-filter.ts'
import type { Awaitable } from '../util/awaitable.ts'

export interface Follower {
  change(change: Change): Awaitable<void>
  /** Called after the subscription was reopened, because changes in between were not reported. */
  missed(): Awaitable<void>
  /** `isReached` is true if the subscription had been accepted before it failed. If it never was accepted, it is not retried. */
  failed(error: unknown, isReached: boolean): void
}

/** Milliseconds before a broken subscription is reopened. Each attempt doubles the pause; a subscription that lasted longer than the maximum resets it. */
const PAUSE = 500
const MAX_PAUSE = 30_000

/** Returns a function that ends the subscription. Errors thrown by the follower are treated as errors in the subscription. */
export function chain(client: Client, filter: ListenFilter, follower: Follower): () => void {
  const leaving = new AbortController()
  const { signal } = leaving
  const leave = (): void => leaving.abort()
  const over = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  let open: Subscription | undefined
  void client.closed.then(leave)
  void over.then(() => open?.close())

  const listen = async (isAgain: boolean): Promise<void> => {
    open = await client.listen(filter)
    if (signal.aborted) return
    if (isAgain) await follower.missed()
    for await (const change of open) await follower.change(change)
  }
  const run = async (): Promise<void> => {
    let isHeard = false
    for (let pause = PAUSE; !signal.aborted; pause = Math.min(pause * 2, MAX_PAUSE)) {
      const begun = Date.now()
      const error = await listen(isHeard).then(() => undefined, (reason: unknown) => reason)
      const isReached = open !== undefined
      await open?.close()
      open = undefined
      if (error !== undefined && !signal.aborted) follower.failed(error, isReached)
      isHeard ||= isReached
      if (!isHeard) return
      if (Date.now() - begun > MAX_PAUSE) pause = PAUSE
      await withTimeout(pause, over)
    }
  }
  void run()
  return leave
}
