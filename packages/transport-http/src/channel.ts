/** One stream of a session as the client knows it: it outlives the connections that carry it. */
import { EventStream, type EventStreamOptions } from '@gangway/core/web'
import type { EventLog } from './event-log.ts'

export interface ChannelOptions {
  readonly log: EventLog
  /** Begin with an event that holds nothing but the id that the stream can be resumed from. */
  readonly prime: boolean
  /** Of the connections that carry it. */
  readonly stream: EventStreamOptions
}

export class Channel {
  readonly id: string
  readonly #log: EventLog
  readonly #prime: boolean
  readonly #options: EventStreamOptions
  #sequence = 0
  #stream: EventStream | undefined
  /** The place in the log of the first event that came while nobody was connected. */
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

  /** Whether a client is connected to it. */
  get connected(): boolean {
    return this.#stream?.ended === false
  }

  /** Whether the last client that was connected was cut off because it read too slowly. */
  get overrun(): boolean {
    return this.#stream?.overrun === true
  }

  /** Whether nobody can come back to it any more: an event is gone that no client has had. What is sent then is for nobody. */
  get lost(): boolean {
    return this.#missed !== undefined && !this.#log.keeps(this.#missed)
  }

  /** Logged first: a client that is not there now gets it when it resumes. */
  send(data: string): void {
    if (!this.connected) this.#missed ??= this.#log.next
    const text = this.#log.append(this.id, this.#sequence++, data)
    this.#stream?.write(text)
  }

  /** The connection that carries it from now on; one before it ends. */
  connect(expiresAt?: number): EventStream {
    this.#stream?.end()
    this.#stream = new EventStream({ ...this.#options, expiresAt })
    this.#missed = undefined
    if (this.#sequence === 0 && this.#prime) this.send('')
    return this.#stream
  }

  /** Whether the stream has ended and this was its last event, so that nothing is left to send. */
  isComplete(sequence: number): boolean {
    return this.#ended && sequence === this.#sequence - 1
  }

  /** Connects, and sends what came after the event. Undefined if that is not known any more. */
  resume(sequence: number, expiresAt?: number): EventStream | undefined {
    if (this.lost) return undefined
    const missed = this.#log.after(this.id, sequence)
    if (missed.length !== this.#sequence - 1 - sequence) return undefined
    const stream = this.connect(expiresAt)
    // At once: however much it is, it counts as one event against the bound of the stream.
    if (missed.length > 0) stream.write(missed.join(''))
    else stream.keepAlive() // The client waits for the headers, and they leave with the first bytes.
    if (this.#ended) stream.end()
    return stream
  }

  /** Ends the connection and not the stream: the client is to come back after so many milliseconds. */
  disconnect(retry: number): void {
    this.#stream?.write(`retry: ${retry}\n\n`)
    this.#stream?.end()
  }

  end(): void {
    this.#ended = true
    this.#stream?.end()
  }
}
