/** The body of one event stream: text waits here until the reader takes it, up to a bound. */
import { toDelay } from '../jsonrpc/delay.ts'
import { runAll } from '../jsonrpc/run-all.ts'
import { byteLength } from './byte-length.ts'
import { encodeEvent, KEEP_ALIVE, type SseEvent } from './sse.ts'

export interface EventStreamOptions {
  /** Bytes that may wait for a reader that is behind; if it falls further behind, it is cut off. @default 1 MiB */
  maxQueued?: number
  /** Milliseconds between keep-alive comments. @default 15,000 */
  keepAlive?: number
  /** Milliseconds since 1970 at which the stream is cut off. @default never */
  expiresAt?: number | undefined
}

/** As much of what timers return as is used here. */
type Timer = { unref?(): void } & ReturnType<typeof setTimeout>

/** What may gather at once, before a reader that keeps up has had its turn, in multiples of what may wait for one that is behind. */
const BURST = 8

/** Pulled by one reader, which decides when. */
export class EventStream implements AsyncIterable<string> {
  readonly #maxQueued: number
  readonly #keepAliveTimer: Timer
  /** Undefined while the stream has no expiry. */
  #expiryTimer: Timer | undefined
  #queued: string[] = []
  /** Bytes that wait. */
  #length = 0
  #ended = false
  #overrun = false
  /** Whether the reader has taken all it was given and asks for more, or has yet to begin. */
  #keepsUp = true
  #wake: (() => void) | undefined
  #onCancel: (() => void)[] = []

  constructor({ maxQueued = 1024 * 1024, keepAlive = 15_000, expiresAt }: EventStreamOptions = {}) {
    this.#maxQueued = maxQueued
    this.#keepAliveTimer = setInterval(() => {
      if (this.#length === 0) this.keepAlive()
    }, toDelay(keepAlive))
    this.#keepAliveTimer.unref?.() // An open stream must not keep the process alive.
    if (expiresAt !== undefined) this.#expireAt(expiresAt)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether it was cut off because its reader fell behind. */
  get overrun(): boolean {
    return this.#overrun
  }

  /** A no-op after the end. */
  send(event: SseEvent): void {
    this.write(encodeEvent(event))
  }

  /** Takes the text of whole events. A no-op after the end. */
  write(text: string): void {
    if (this.#ended) return
    // One event may be larger than the bound: it counts against it only while others wait before it.
    const bytes = byteLength(text)
    const bound = this.#maxQueued * (this.#keepsUp ? BURST : 1)
    if (this.#length === 0 || this.#length + bytes <= bound) return this.#push(text, bytes)
    this.#overrun = true
    this.cancel()
  }

  /** Sends a comment, which clients ignore: headers leave with the first bytes, and proxies close what is silent. */
  keepAlive(): void {
    this.#push(KEEP_ALIVE, KEEP_ALIVE.length)
  }

  /** What waits is still delivered. */
  end(): void {
    this.#ended = true
    clearInterval(this.#keepAliveTimer)
    clearTimeout(this.#expiryTimer)
    this.#wake?.()
  }

  /** The reader is gone, or is to be: what waits is dropped. */
  cancel(): void {
    if (this.#ended && this.#length === 0) return
    this.#queued = []
    this.#length = 0
    this.end()
    runAll(this.#onCancel.splice(0))
  }

  /** Runs if the stream is cut off before its end. */
  onCancel(listener: () => void): void {
    this.#onCancel.push(listener)
  }

  /** All that waits, as one text, as soon as there is any; undefined at the end. */
  async next(): Promise<string | undefined> {
    this.#keepsUp = true
    while (this.#length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#keepsUp = false
    if (this.#length === 0) return undefined
    const text = this.#queued.join('')
    this.#queued = []
    this.#length = 0
    return text
  }

  /** A reader that stops before the end cuts the stream off. */
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

  /** A timer of its own, since keep-alive comments may be off. Timers last 24.8 days at most, so a later expiry takes several. */
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
    this.#wake?.()
  }
}
