/** The sessions of one HTTP+SSE endpoint: finds them by id, and limits their number and their requests. */
import type { AuthInfo, ServerDefinition } from '@gangway/core'
import { checkNumbers, DURATION, limitOf, principalOf, TIMEOUT, withTimeout, type NumberRules, type OptionNames } from '@gangway/core/internal'
import { callerOf, FairShares, HttpError, Load, MAX_TOTAL_BODY, MAX_TOTAL_INFLIGHT, QueueBudget, tooBusy, type EventStreamOptions, type ClientSource } from '@gangway/core/internal/http'
import { SseSession } from './sse-session.ts'

export interface SseLimits {
  /**
   * Maximum number of sessions. A further session closes the session that has been idle longest, of the client with the most sessions.
   * It gets 503 if all of them are busy. @default 10,000
   */
  readonly maxSessions: number
  /** Maximum number of requests in flight in one session. Further ones get 429. @default 64 */
  readonly maxInflight: number
  /** Maximum bytes queued for a client that does not read. Above it, its stream and its session are closed. @default 1,048,576 */
  readonly queueBytes: number
  /**
   * Maximum bytes queued across all clients. Above it, a write to a client that has fallen behind closes its stream.
   * Above twice as many bytes, a write closes any stream. @default 67,108,864
   */
  readonly totalQueueBytes: number
  /** Maximum number of in-flight requests across all clients. Further ones get 503. The last quarter is reserved for callers that use less than 1%. @default 10,000 */
  readonly maxTotalInflight: number
  /**
   * Maximum bytes of memory for the bodies of all requests in flight, with an estimate of the parsed JSON.
   * A body's memory is released when the handlers of its request have settled. Further bodies get 503.
   * The last quarter is reserved for callers that use less than 1%. @default 134,217,728
   */
  readonly totalBodyLimit: number
  /** Milliseconds between comments on a silent event stream. Must be shorter than the idle timeout of every proxy in front of the server. @default 15,000 */
  readonly keepAliveInterval: number
  /** Milliseconds that calls in flight have to finish when the application closes. Then they are aborted. @default 10,000 */
  readonly drainTimeout: number
}

export const LIMITS: OptionNames<SseLimits> = { maxSessions: true, maxInflight: true, maxTotalInflight: true, queueBytes: true, totalQueueBytes: true, totalBodyLimit: true, keepAliveInterval: true, drainTimeout: true }

const NUMBERS: NumberRules<SseLimits> = { maxSessions: limitOf('sessions'), maxInflight: limitOf('requests'), maxTotalInflight: limitOf('requests'), queueBytes: limitOf('bytes'), totalQueueBytes: limitOf('bytes'), totalBodyLimit: limitOf('bytes'), keepAliveInterval: TIMEOUT, drainTimeout: DURATION }

export interface SseStats {
  /** Number of connected clients. */
  readonly sessions: number
  /** Number of requests in flight. */
  readonly inflight: number
}

export class SseSessions {
  readonly #server: ServerDefinition
  readonly limits: SseLimits
  readonly load: Load
  readonly #stream: EventStreamOptions
  readonly #sessions: FairShares<SseSession>
  #draining = false

  /** Throws `GANGWAY_E_USAGE` for limits out of range. */
  constructor(server: ServerDefinition, { maxSessions = 10_000, maxInflight = 64, maxTotalInflight = MAX_TOTAL_INFLIGHT, queueBytes = 2 ** 20, totalQueueBytes = 2 ** 26, totalBodyLimit = MAX_TOTAL_BODY, keepAliveInterval = 15_000, drainTimeout = 10_000 }: Partial<SseLimits>) {
    this.#server = server
    this.limits = { maxSessions, maxInflight, maxTotalInflight, queueBytes, totalQueueBytes, totalBodyLimit, keepAliveInterval, drainTimeout }
    checkNumbers(this.limits, NUMBERS)
    this.load = new Load(this.limits)
    this.#stream = { queueBytes, keepAliveInterval, total: new QueueBudget(totalQueueBytes) }
    this.#sessions = new FairShares(maxSessions)
  }

  /** Whether the endpoint is closing and accepts no new sessions. */
  get draining(): boolean {
    return this.#draining
  }

  stats(): SseStats {
    let inflight = 0
    for (const { session } of this.#sessions.values()) inflight += session.busy
    return { sessions: this.#sessions.size, inflight }
  }

  /** Opens a session, and closes an idle one if there are too many. Throws `HttpError` 503 if none can be closed. */
  open(auth: AuthInfo | undefined, source: ClientSource): SseSession {
    if (this.#draining) throw tooBusy(503, 'The server is shutting down and accepts no more sessions', 'shutting_down')
    const owner = callerOf(auth, source)
    const victim = this.#sessions.victimFor(owner)
    if (victim) this.#end(victim)
    const session = new SseSession(this.#server, auth, this.#stream)
    this.#sessions.add(owner, session)
    session.stream.onCancel(() => this.#end(session)) // Disconnecting ends the session.
    return session
  }

  /** Returns the session. Throws `HttpError` 404 if there is none, or if it belongs to another principal; callers cannot tell these apart. */
  find(id: string, auth: AuthInfo | undefined): SseSession {
    const session = this.#sessions.get(id)
    if (!session || session.principal !== principalOf(auth)) throw new HttpError(404, 'The session is unknown or has ended: open a new event stream', { data: { reason: 'session_unknown' } })
    this.#sessions.use(id)
    return session
  }

  /** Throws `HttpError` 429 if the session cannot accept this many more requests. Responses of the client do not count. */
  requireRoom({ session }: SseSession, requests: number): void {
    const { maxInflight } = this.limits
    if (session.places + requests > maxInflight) throw tooBusy(429, `A session can have at most ${maxInflight} requests in flight: wait for a response`, 'too_many_requests')
  }

  /** Stops accepting sessions and waits up to the drain time for calls in flight. Then aborts the rest and closes all sessions. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#server.changes.flush()
    await withTimeout(this.limits.drainTimeout, this.#idle())
    this.abort()
  }

  /** Closes all sessions immediately. */
  abort(): void {
    for (const session of [...this.#sessions.values()]) this.#end(session)
  }

  /** Also waits for requests that arrive while it is waiting. */
  async #idle(): Promise<void> {
    for (const { answering } of this.#sessions.values()) await answering.none()
    if ([...this.#sessions.values()].some(({ answering }) => answering.count > 0)) await this.#idle()
  }

  #end(session: SseSession): void {
    this.#sessions.delete(session.id)
    session.session.close()
    session.stream.end()
  }
}
