/** Hears of changes for as long as a client is connected, however often the stream of them breaks off. */
import type { Client } from '../client/client.ts'
import type { Subscription } from '../client/subscription.ts'
import { atMost } from '../jsonrpc/delay.ts'
import type { Change } from '../server/changes.ts'
import type { ListenFilter } from '../server/listen-filter.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'

export interface Follower {
  change(change: Change): Awaitable<void>
  /** Runs once it is heard again: nobody tells what changed meanwhile. */
  missed(): Awaitable<void>
  /** `isReached` is whether the server was there, and only the stream broke off. What could be heard once is tried again; what never could is not. */
  failed(error: unknown, isReached: boolean): void
}

/** Milliseconds before a stream that broke off is opened again; each attempt doubles them, until one has stood for as long as the longest. */
const PAUSE = 500
const MAX_PAUSE = 30_000

/** Gives back what ends it. Errors of the follower count as those of the stream. */
export function follow(client: Client, filter: ListenFilter, follower: Follower): () => void {
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
      await atMost(pause, over)
    }
  }
  void run()
  return leave
}
