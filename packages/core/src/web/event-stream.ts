/** The body of one event stream: text waits here until the reader takes it, up to a bound. */
import { toDelay } from '../jsonrpc/delay.ts'
import { byteLength } from './byte-length.ts'
import { encodeEvent, KEEP_ALIVE, type SseEvent } from './sse.ts'

export interface EventStreamOptions {
  /** Bytes that may wait for a reader that is behind; if it falls further behind, it is cut off. @default 1 MiB */
  maxQueued?: number
  /** Milliseconds between keep-alive comments. @default 15,000 */
  keepAlive?: number
  /** Milliseconds since 1970: the stream is cut off at the first keep-alive from then on. @default never */
  expiresAt?: number | undefined
}

/** What may gather at once, before a reader that keeps up has had its turn, in multiples of what may wait for one that is behind. */
const BURST = 8

/** Pulled by one reader, which decides when. */
export class EventStream implements AsyncIterable<string> {
  readonly #maxQueued: number
  readonly #timer: { unref?(): void } & ReturnType<typeof setInterval>
  #queued: string[] = []
  /** Bytes that wait. */
  #length = 0
  #ended = false
  #overrun = false
  /** Whether the reader has taken all it was given and asks for more, or has yet to begin. */
  #keepsUp = true
  #wake: (() => void) | undefined
  #onCancel: (() => void)[] = []

  constructor({ maxQueued = 1024 * 1024, keepAlive = 15_000, expiresAt = Number.POSITIVE_INFINITY }: EventStreamOptions = {}) {
    this.#maxQueued = maxQueued
    this.#timer = setInterval(() => {
      if (Date.now() >= expiresAt) this.cancel()
      else if (this.#length === 0) this.keepAlive()
    }, toDelay(keepAlive))
    this.#timer.unref?.() // Where timers keep a process alive, this one must not.
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
    clearInterval(this.#timer)
    this.#wake?.()
  }

  /** The reader is gone, or is to be: what waits is dropped. */
  cancel(): void {
    if (this.#ended && this.#length === 0) return
    this.#queued = []
    this.#length = 0
    this.end()
    for (const listener of this.#onCancel.splice(0)) listener()
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

  #push(text: string, bytes: number): void {
    if (this.#ended) return
    this.#queued.push(text)
    this.#length += bytes
    this.#wake?.()
  }
}
