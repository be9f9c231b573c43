/** One legacy session over HTTP: the engine's session, with an id and the streams that carry what it says. */
import { encodeMessage, Session, type ServerDefinition } from '@gangway/core'
import { HttpError, type EventStream, type Shared } from '@gangway/core/web'
import { Channel, type ChannelOptions } from './channel.ts'
import type { EndpointLimits } from './endpoint-options.ts'
import { parseEventId, toStreamName } from './event-id.ts'
import { EventLog, type LogBudget } from './event-log.ts'
import { inPatience, type SessionStore, type StoredSession } from './session-store.ts'

/** The revision from which on a client understands an event without a message, and so can be sent away to poll. */
const POLLING_SINCE = '2025-11-25'
/** Milliseconds after which a client that was sent away is to come back. */
const RETRY = 1000
/** Streams that a client may come back to, the oldest forgotten first. */
const MAX_ENDED_CHANNELS = 64

/** What the sessions of an endpoint share. */
export interface SessionSurroundings {
  readonly server: ServerDefinition
  readonly limits: EndpointLimits
  readonly logBudget: LogBudget
  readonly store: SessionStore | undefined
}

export class HttpSession implements Shared {
  readonly id: string
  readonly principal: string | undefined
  readonly session: Session
  lastUsed: number
  readonly #surroundings: SessionSurroundings
  readonly #log: EventLog
  readonly #channels = new Map<string, Channel>()
  /** At the end of the names of its streams, so that they are never those that it had in another process, or before a restart. Empty for a new session. */
  readonly #epoch: string
  #opened = 0
  #standing: Channel | undefined
  #onIdle: (() => void) | undefined
  #waitsForCalls = false
  #saving: Promise<void> | undefined
  #savedUse = 0

  /** Either new, for `principal`, or one that was stored. */
  constructor(surroundings: SessionSurroundings, principal: string | undefined, stored?: StoredSession) {
    this.#surroundings = surroundings
    this.id = stored?.id ?? crypto.randomUUID()
    this.principal = stored ? stored.principal : principal
    this.lastUsed = Date.now()
    this.#epoch = stored ? `r${Date.now().toString(36)}` : ''
    this.#log = new EventLog(surroundings.logBudget)
    this.session = new Session(surroundings.server, {
      id: this.id,
      send: (message) => {
        if (this.#standing?.lost === false) this.#standing.send(encodeMessage(surroundings.server, message))
      },
      isAttached: () => this.#standing?.connected === true,
      record: stored?.record,
      onRecord: surroundings.store && (() => void this.save()),
    })
  }

  /** Whether it must not be ended for want of use. */
  get busy(): boolean {
    return this.session.busy > 0 || this.#standing?.connected === true
  }

  onceIdle(listener: () => void): void {
    this.#onIdle = listener
    this.#tellIdle()
  }

  /** Streams that a client is connected to. */
  get streams(): number {
    let connected = 0
    for (const channel of this.#channels.values()) if (channel.connected) connected++
    return connected
  }

  /** Whether a GET takes the place of a stream that a client is connected to, or seems to be. */
  takesPlace(lastEventId: string | undefined): boolean {
    const channel = lastEventId === undefined ? this.#standing : this.#channels.get(parseEventId(lastEventId)?.stream ?? '')
    return channel?.connected === true
  }

  /** Resolves when what has changed is stored; undefined if it is, or is never to be. */
  get saving(): Promise<void> | undefined {
    return this.#saving
  }

  /** When its last use was stored. */
  get savedUse(): number {
    return this.#savedUse
  }

  /** One at a time, so that the last state is the one that stays. Resolves when it is stored; a failure is logged. */
  save(): Promise<void> {
    const { store, server } = this.#surroundings
    const saving: Promise<void> = (this.#saving ?? Promise.resolve())
      .then(() => {
        const { record } = this.session
        if (!record || !store) return undefined
        this.#savedUse = this.lastUsed
        return inPatience(store.set({ id: this.id, ...(this.principal !== undefined && { principal: this.principal }), record, lastUsed: this.lastUsed }))
      })
      .catch((error: unknown) => server.logger.error({ err: error }, 'A session could not be stored'))
      .finally(() => {
        if (this.#saving === saving) this.#saving = undefined
      })
    this.#saving = saving
    return saving
  }

  /** The stream of one POST. */
  openChannel(): Channel {
    return this.#open(false)
  }

  /**
   * The stream for what is said unasked. A client may reconnect before the loss of its old one is noticed: the new one replaces it.
   * From `expiresAt` on, in milliseconds since 1970, whoever listens has to come back and say anew who that is.
   */
  openStanding(expiresAt?: number): EventStream {
    const first = this.#standing === undefined
    this.#standing?.end()
    this.#standing = this.#open(true)
    const stream = this.#standing.connect(expiresAt)
    stream.onCancel(() => this.#tellIdle())
    stream.keepAlive() // The client waits for the headers, and they leave with the first bytes.
    if (first && this.#epoch !== '') this.session.catchUp()
    return stream
  }

  /** Whether its client can be sent away, to come back for what it misses. */
  get canPoll(): boolean {
    return (this.session.record?.revision ?? '') >= POLLING_SINCE
  }

  sendAway(channel: Channel): void {
    channel.disconnect(RETRY)
  }

  /** Continues the stream that the event belongs to. Undefined if nothing of it is left to send. Throws `HttpError` 400 for an event that is not, or no longer, known. */
  resume(lastEventId: string, expiresAt?: number): EventStream | undefined {
    const id = parseEventId(lastEventId)
    const channel = id && this.#channels.get(id.stream)
    if (id && channel?.isComplete(id.sequence)) return undefined
    const resumed = id && channel?.resume(id.sequence, expiresAt)
    if (resumed && id.standing) resumed.onCancel(() => this.#tellIdle())
    if (resumed) return resumed
    // What was said unasked before a restart is gone with its process; what is said from now on is not.
    if (id?.standing && this.#epoch !== id.epoch && this.#epoch !== '') return this.openStanding(expiresAt)
    const why = channel?.overrun ? 'the client read so slowly that the stream was cut off, and ' : ''
    throw new HttpError(400, `Event ${lastEventId} is not, or no longer, known: ${why}what came after it is lost`, { data: { reason: 'events_lost' } })
  }

  /** Called when the standing stream ends and when the calls in flight have ended, as long as somebody waits for that. */
  #tellIdle(): void {
    if (!this.#onIdle) return
    if (!this.busy) {
      const tell = this.#onIdle
      this.#onIdle = undefined
      return tell()
    }
    if (this.session.busy === 0 || this.#waitsForCalls) return
    this.#waitsForCalls = true
    void this.session.idle().then(() => {
      this.#waitsForCalls = false
      this.#tellIdle()
    })
  }

  close(): void {
    this.session.close()
    for (const channel of this.#channels.values()) channel.end()
    this.#log.close()
  }

  #open(standing: boolean): Channel {
    const options: ChannelOptions = { log: this.#log, prime: this.canPoll, stream: this.#surroundings.limits }
    const channel = new Channel(toStreamName(++this.#opened, { standing, epoch: this.#epoch }), options)
    const ended = [...this.#channels.values()].filter((candidate) => candidate.ended)
    for (const { id } of ended.slice(0, 1 - MAX_ENDED_CHANNELS)) this.#channels.delete(id)
    this.#channels.set(channel.id, channel)
    return channel
  }
}
