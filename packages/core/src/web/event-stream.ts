/** The body of one event stream: a queue of limited size, from which the reader of the response takes the text. */
import { toDelay } from '../util/delay.ts'
import { runAll } from '../util/run-all.ts'
import { byteLength } from '../util/byte-length.ts'
import type { QueueBudget } from './queue-budget.ts'
import { encodeEvent, KEEP_ALIVE, type SseEvent } from './sse.ts'

export interface EventStreamOptions {
  /** Bytes that may be queued for a slow reader. A reader that falls further behind is disconnected. @default 1 MiB */
  queueBytes?: number
  /** The limit on queued bytes that all streams of an endpoint share. @default no bound */
  total?: QueueBudget | undefined
  /** Milliseconds between keep-alive comments. @default 15,000 */
  keepAliveInterval?: number
  /** Milliseconds since 1970 at which the stream is closed. @default never */
  expiresAt?: number | undefined
}

/** The part of a timer object that this file uses. */
type Timer = { unref?(): void } & ReturnType<typeof setTimeout>

/** Multiple of `queueBytes` that may be queued for a reader that has kept up so far, because it cannot read in the middle of a burst. */
const BURST = 8

/** A pull-based stream with one reader. */
export class EventStream implements AsyncIterable<string> {
  readonly #queueBytes: number
  readonly #total: QueueBudget | undefined
  readonly #keepAliveTimer: Timer
  /** Undefined if the stream does not expire. */
  #expiryTimer: Timer | undefined
  #queued: string[] = []
  /** Queued bytes. */
  #length = 0
  #ended = false
  #overrun = false
  /** Whether the reader waits for more text, or has not started to read yet. */
  #keepsUp = true
  #wake: (() => void) | undefined
  #onCancel: (() => void)[] = []

  constructor({ queueBytes = 1024 * 1024, total, keepAliveInterval = 15_000, expiresAt }: EventStreamOptions = {}) {
    this.#queueBytes = queueBytes
    this.#total = total
    this.#keepAliveTimer = setInterval(() => {
      if (this.#length === 0) this.keepAlive()
    }, toDelay(keepAliveInterval))
    this.#keepAliveTimer.unref?.() // An open stream must not keep the process alive.
    if (expiresAt !== undefined) this.#expireAt(expiresAt)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether the stream was canceled because its reader was too slow. */
  get overrun(): boolean {
    return this.#overrun
  }

  /** Queues an event. Does nothing after the end of the stream. */
  send(event: SseEvent): void {
    this.write(encodeEvent(event))
  }

  /** Queues the text of one or more complete events. Does nothing after the end of the stream. */
  write(text: string): void {
    if (this.#ended) return
    // A single event may be larger than the limit, so the limit applies only if other events are queued.
    const bytes = byteLength(text)
    const bound = this.#queueBytes * (this.#keepsUp ? BURST : 1)
    if ((this.#length === 0 || this.#length + bytes <= bound) && this.#total?.hasRoom(bytes, this.#keepsUp) !== false) return this.#push(text, bytes)
    this.#overrun = true
    this.cancel()
  }

  /** Sends a comment, which clients ignore. It makes the server send the headers, and keeps proxies from closing a silent connection. */
  keepAlive(): void {
    this.#push(KEEP_ALIVE, KEEP_ALIVE.length)
  }

  /** Ends the stream. Queued events are still delivered. */
  end(): void {
    this.#ended = true
    clearInterval(this.#keepAliveTimer)
    clearTimeout(this.#expiryTimer)
    this.#wake?.()
  }

  /** Closes the stream because the reader left or must be disconnected. Queued events are dropped. */
  cancel(): void {
    if (this.#ended && this.#length === 0) return
    this.#drop()
    this.end()
    runAll(this.#onCancel.splice(0))
  }

  /** Adds a listener that runs if the stream is closed before its end. */
  onCancel(listener: () => void): void {
    this.#onCancel.push(listener)
  }

  /** Waits for events and resolves with all queued text. Resolves with undefined at the end. */
  async next(): Promise<string | undefined> {
    this.#keepsUp = true
    while (this.#length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#keepsUp = false
    if (this.#length === 0) return undefined
    const text = this.#queued.join('')
    this.#drop()
    return text
  }

  /** A reader that stops iterating before the end cancels the stream. */
  [Symbol.asyncIterator](): AsyncIterator<string, undefined> {
    return {
      next: async () => {
        const value = await this.next()
        return value === undefined ? { done: true, value } : { done: false, value }
      },
      return: async () => {
        this.cancel()
        return { done: true, value: undefined }
      },
    }
  }

  /** The expiry needs a separate timer, because keep-alive comments may be disabled. A timer lasts at most 24.8 days, so a later expiry takes several timers. */
  #expireAt(time: number): void {
    const left = time - Date.now()
    if (left === Number.POSITIVE_INFINITY) return
    this.#expiryTimer = setTimeout(() => (Date.now() >= time ? this.cancel() : this.#expireAt(time)), toDelay(Math.max(left, 0)))
    this.#expiryTimer.unref?.()
  }

  #push(text: string, bytes: number): void {
    if (this.#ended) return
    this.#queued.push(text)
    this.#length += bytes
    this.#total?.change(bytes)
    this.#wake?.()
  }

  /** Empties the queue. */
  #drop(): void {
    this.#total?.change(-this.#length)
    this.#queued = []
    this.#length = 0
  }
}
