/** One event stream of a session. It outlives its connections: a client that was disconnected can resume it. */
import { EventStream, type EventStreamOptions } from '@gangway/core/internal/http'
import type { EventLog } from './event-log.ts'

export interface ChannelOptions {
  readonly log: EventLog
  /** Whether to start with an event without data, whose id a client can resume from. */
  readonly prime: boolean
  /** Options of the connections that carry the stream. */
  readonly stream: EventStreamOptions
}

export class SessionStream {
  readonly id: string
  readonly #log: EventLog
  readonly #prime: boolean
  readonly #options: EventStreamOptions
  #sequence = 0
  #stream: EventStream | undefined
  /** Position in the log of the first event that was sent without a connected client. */
  #missed: number | undefined
  #ended = false

  constructor(id: string, { log, prime, stream }: ChannelOptions) {
    this.id = id
    this.#log = log
    this.#prime = prime
    this.#options = stream
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether a client is connected to the stream. */
  get connected(): boolean {
    return this.#stream?.ended === false
  }

  /** Whether the last connection was closed because the client read too slowly. */
  get overrun(): boolean {
    return this.#stream?.overrun === true
  }

  /** Whether the stream can no longer be resumed, because the log has dropped an event that was not delivered. Sending to it is then pointless. */
  get lost(): boolean {
    return this.#missed !== undefined && !this.#log.keeps(this.#missed)
  }

  /** Stores the event before sending it, so that a disconnected client receives it when it resumes. */
  send(data: string): void {
    if (!this.connected) this.#missed ??= this.#log.next
    const text = this.#log.append(this.id, this.#sequence++, data)
    this.#stream?.write(text)
  }

  /** Opens a connection for the stream and closes the previous one. */
  connect(expiresAt?: number): EventStream {
    this.#stream?.end()
    this.#stream = new EventStream({ ...this.#options, expiresAt })
    this.#missed = undefined
    if (this.#sequence === 0 && this.#prime) this.send('')
    return this.#stream
  }

  /** Whether this was the last event of a stream that has ended, so that nothing is left to send. */
  isComplete(sequence: number): boolean {
    return this.#ended && sequence === this.#sequence - 1
  }

  /** Connects, and sends the events after the given sequence number. Returns undefined if some of them were dropped from the log. */
  resume(sequence: number, expiresAt?: number): EventStream | undefined {
    if (this.lost) return undefined
    const missed = this.#log.after(this.id, sequence)
    if (missed.length !== this.#sequence - 1 - sequence) return undefined
    const stream = this.connect(expiresAt)
    // A single write: the whole backlog is treated as one event against the stream's limit.
    if (missed.length > 0) stream.write(missed.join(''))
    else stream.keepAlive() // The headers are sent with the first bytes, and the client waits for them.
    if (this.#ended) stream.end()
    return stream
  }

  /** Closes the connection but not the stream. The client should reconnect after `retry` milliseconds. */
  disconnect(retry: number): void {
    this.#stream?.write(`retry: ${retry}\n\n`)
    this.#stream?.end()
  }

  end(): void {
    this.#ended = true
    this.#stream?.end()
  }
}
