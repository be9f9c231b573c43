/** One legacy session over HTTP: the engine's session, with an id and the event streams that carry its messages. */
import type { ServerDefinition } from '@gangway/core'
import { encodeMessage, logLimited, Session, loggable } from '@gangway/core/internal'
import { HttpError, type EventStream, type EventStreamOptions, type Shared } from '@gangway/core/internal/http'
import { SessionStream, type ChannelOptions } from './session-stream.ts'
import type { EndpointLimits } from './endpoint-options.ts'
import { parseEventId, toStreamName } from './event-id.ts'
import { EventLog, type LogBudget } from './event-log.ts'
import { withStoreTimeout, type SessionStore, type StoredSession } from './session-store.ts'

/** The first revision whose clients accept an event without data, and can therefore be disconnected and reconnect later. */
const POLLING_SINCE = '2025-11-25'
/** Milliseconds after which a disconnected client should reconnect. */
const RETRY = 1000
/** Maximum number of ended streams that can still be resumed. The oldest are forgotten first. */
const MAX_ENDED_CHANNELS = 64

/** What the sessions of an endpoint share. */
export interface HttpSessionContext {
  readonly server: ServerDefinition
  readonly limits: EndpointLimits
  readonly stream: EventStreamOptions
  readonly logBudget: LogBudget
  readonly store: SessionStore | undefined
}

export class HttpSession implements Shared {
  readonly id: string
  readonly principal: string | undefined
  readonly session: Session
  lastUsed: number
  readonly #context: HttpSessionContext
  readonly #log: EventLog
  readonly #channels = new Map<string, SessionStream>()
  /** Suffix of the stream names in a restored session, so that they differ from those of another process or before a restart. Empty for a new session. */
  readonly #epoch: string
  #opened = 0
  #standaloneStream: SessionStream | undefined
  #onIdle: (() => void) | undefined
  #waitsForCalls = false
  #saving: Promise<void> | undefined
  #savedUse = 0

  /** Creates a session for `principal`, or restores the stored one. */
  constructor(context: HttpSessionContext, principal: string | undefined, stored?: StoredSession) {
    this.#context = context
    this.id = stored?.id ?? crypto.randomUUID()
    this.principal = stored ? stored.principal : principal
    this.lastUsed = Date.now()
    this.#epoch = stored ? `r${Date.now().toString(36)}` : ''
    this.#log = new EventLog(context.logBudget)
    this.session = new Session(context.server, {
      id: this.id,
      send: (message) => {
        if (this.#standaloneStream?.lost === false) this.#standaloneStream.send(encodeMessage(context.server, message))
      },
      isAttached: () => this.#standaloneStream?.connected === true,
      record: stored?.record,
      onRecord: context.store && (() => void this.save()),
    })
  }

  /** Whether the session must not expire or be evicted. */
  get busy(): boolean {
    return this.session.busy > 0 || this.#standaloneStream?.connected === true
  }

  onceIdle(listener: () => void): void {
    this.#onIdle = listener
    this.#notifyIdle()
  }

  /** Number of streams that a client is connected to. */
  get streams(): number {
    let connected = 0
    for (const channel of this.#channels.values()) if (channel.connected) connected++
    return connected
  }

  /** Whether a GET replaces a stream that is still treated as connected, so that it needs no additional stream. */
  replacesStream(lastEventId: string | undefined): boolean {
    const channel = lastEventId === undefined ? this.#standaloneStream : this.#channels.get(parseEventId(lastEventId)?.stream ?? '')
    return channel?.connected === true
  }

  /** Resolves when pending changes are stored. Undefined if there are none, or if there is no store. */
  get saving(): Promise<void> | undefined {
    return this.#saving
  }

  /** The `lastUsed` value that was stored last. */
  get savedUse(): number {
    return this.#savedUse
  }

  /** Writes one state at a time, so that the latest one wins. Resolves when it is stored; errors are logged. */
  save(): Promise<void> {
    const { store, server } = this.#context
    const saving: Promise<void> = (this.#saving ?? Promise.resolve())
      .then(() => {
        const { record } = this.session
        if (!record || !store) return undefined
        this.#savedUse = this.lastUsed
        return withStoreTimeout(store.set({ id: this.id, ...(this.principal !== undefined && { principal: this.principal }), record, lastUsed: this.lastUsed }))
      })
      .catch((error: unknown) => logLimited(server.logger, 'error', { err: loggable(error) }, 'A session could not be stored'))
      .finally(() => {
        if (this.#saving === saving) this.#saving = undefined
      })
    this.#saving = saving
    return saving
  }

  /** Creates the stream of one POST. */
  openChannel(): SessionStream {
    return this.#open(false)
  }

  /**
   * Opens the standalone stream, which carries messages that belong to no request. It replaces the previous one,
   * because a client may reconnect before the server notices that the old connection is lost.
   * The stream is closed at `expiresAt` (milliseconds since 1970), so that the client must authenticate again.
   */
  openStandaloneStream(expiresAt?: number): EventStream {
    const first = this.#standaloneStream === undefined
    this.#standaloneStream?.end()
    this.#standaloneStream = this.#open(true)
    const stream = this.#standaloneStream.connect(expiresAt)
    stream.onCancel(() => this.#notifyIdle())
    stream.keepAlive() // The headers are sent with the first bytes, and the client waits for them.
    if (first && this.#epoch !== '') this.session.catchUp()
    return stream
  }

  /** Whether the client can be disconnected during a call and fetch the remaining events later. */
  get canPoll(): boolean {
    return (this.session.record?.revision ?? '') >= POLLING_SINCE
  }

  disconnectForPolling(channel: SessionStream): void {
    channel.disconnect(RETRY)
  }

  /** Continues the stream after this event. Returns undefined if nothing is left to send. Throws `HttpError` 400 if the event is unknown or no longer stored. */
  resume(lastEventId: string, expiresAt?: number): EventStream | undefined {
    const id = parseEventId(lastEventId)
    const channel = id && this.#channels.get(id.stream)
    if (id && channel?.isComplete(id.sequence)) return undefined
    const resumed = id && channel?.resume(id.sequence, expiresAt)
    if (resumed && id.standalone) resumed.onCancel(() => this.#notifyIdle())
    if (resumed) return resumed
    // The events from before a restart are lost with the process, but the standalone stream can continue with new ones.
    if (id?.standalone && this.#epoch !== id.epoch && this.#epoch !== '') return this.openStandaloneStream(expiresAt)
    const why = channel?.overrun ? ' because the client read so slowly that the stream was closed' : ''
    throw new HttpError(400, `Event ${lastEventId} is unknown or no longer stored: the events after it are lost${why}`, { data: { reason: 'events_lost' } })
  }

  /** Calls the `onceIdle` listener if the session is idle. Called when the standalone stream closes and when the calls in flight have finished. */
  #notifyIdle(): void {
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
      this.#notifyIdle()
    })
  }

  close(): void {
    this.session.close()
    for (const channel of this.#channels.values()) channel.end()
    this.#log.close()
  }

  #open(standalone: boolean): SessionStream {
    const options: ChannelOptions = { log: this.#log, prime: this.canPoll, stream: this.#context.stream }
    const channel = new SessionStream(toStreamName(++this.#opened, { standalone, epoch: this.#epoch }), options)
    const ended = [...this.#channels.values()].filter((candidate) => candidate.ended)
    for (const { id } of ended.slice(0, 1 - MAX_ENDED_CHANNELS)) this.#channels.delete(id)
    this.#channels.set(channel.id, channel)
    return channel
  }
}
