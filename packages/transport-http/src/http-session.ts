/** One legacy session over HTTP: the engine's session, with an id and the streams that carry what it says. */
import { encodeMessage, Session, type ServerDefinition } from '@gangway/core'
import type { EventStream } from '@gangway/core/web'
import { Channel } from './channel.ts'
import { EventLog, type LogBudget } from './event-log.ts'

/** The revision from which on a client understands an event without a message, and so can be sent away to poll. */
const POLLING_SINCE = '2025-11-25'
/** Milliseconds after which a client that was sent away is to come back. */
const RETRY = 1000
/** Streams that a client may come back to, the oldest forgotten first. */
const MAX_ENDED_CHANNELS = 64

export class HttpSession {
  readonly id: string = crypto.randomUUID()
  readonly session: Session
  lastUsed: number = Date.now()
  readonly #log: EventLog
  readonly #channels = new Map<string, Channel>()
  #opened = 0
  #standing: Channel | undefined

  constructor(server: ServerDefinition, budget: LogBudget) {
    this.#log = new EventLog(budget)
    this.session = new Session(server, { send: (message) => this.#standing?.send(encodeMessage(server, message)) })
  }

  get busy(): boolean {
    return this.session.busy > 0 || this.#standing?.connected === true
  }

  /** The stream of one POST. */
  openChannel(): Channel {
    const channel = new Channel(String(++this.#opened), this.#log, this.canPoll)
    const ended = [...this.#channels.values()].filter((candidate) => candidate.ended)
    for (const { id } of ended.slice(0, 1 - MAX_ENDED_CHANNELS)) this.#channels.delete(id)
    this.#channels.set(channel.id, channel)
    return channel
  }

  /** The stream for what is said unasked. A client may reconnect before the loss of its old one is noticed: the new one replaces it. */
  openStanding(): EventStream {
    this.#standing?.end()
    this.#standing = this.openChannel()
    const stream = this.#standing.connect()
    stream.keepAlive() // The client waits for the headers, and they leave with the first bytes.
    return stream
  }

  /** Whether its client can be sent away, to come back for what it misses. */
  get canPoll(): boolean {
    return (this.session.record?.revision ?? '') >= POLLING_SINCE
  }

  sendAway(channel: Channel): void {
    channel.disconnect(RETRY)
  }

  /** Continues the stream that the event belongs to. Undefined for an event that is not, or no longer, known. */
  resume(lastEventId: string): EventStream | undefined {
    const [, stream = '', sequence = ''] = /^(\d+)_(\d+)$/.exec(lastEventId) ?? []
    return this.#channels.get(stream)?.resume(Number(sequence))
  }

  close(): void {
    this.session.close()
    for (const channel of this.#channels.values()) channel.end()
    this.#log.close()
  }
}
