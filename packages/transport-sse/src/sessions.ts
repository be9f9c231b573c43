/** The clients of one endpoint pair: found by id, bounded in number and in what they ask at a time. */
import { principalOf, type AuthInfo, type ServerDefinition } from '@gangway/core'
import { atMost } from '@gangway/core/jsonrpc'
import { HttpError, tooBusy } from '@gangway/core/web'
import { SseSession } from './session.ts'

export interface SseLimits {
  /** Clients at a time; a further one is answered with 503. @default 10,000 */
  readonly maxSessions: number
  /** Requests in flight in one session; a further one is answered with 429. @default 64 */
  readonly maxInflight: number
  /** Bytes that wait for a client that does not read; with more, its stream is cut off, and its session ends. @default 1,048,576 */
  readonly maxQueued: number
  /** Milliseconds that calls in flight get to finish when the application closes. @default 10,000 */
  readonly drain: number
}

export class SseSessions {
  readonly #server: ServerDefinition
  readonly #limits: SseLimits
  readonly #sessions = new Map<string, SseSession>()
  #draining = false

  constructor(server: ServerDefinition, { maxSessions = 10_000, maxInflight = 64, maxQueued = 2 ** 20, drain = 10_000 }: Partial<SseLimits>) {
    this.#server = server
    this.#limits = { maxSessions, maxInflight, maxQueued, drain }
  }

  /** Whether no session is opened any more. */
  get draining(): boolean {
    return this.#draining
  }

  /** Throws `HttpError` 503 where there is no room for it. */
  open(auth: AuthInfo | undefined): SseSession {
    const { maxSessions, maxQueued } = this.#limits
    if (this.#draining) throw tooBusy(503, 'The server is shutting down: it opens no sessions any more', 'shutting_down')
    if (this.#sessions.size >= maxSessions) throw tooBusy(503, `There are ${maxSessions} sessions already: try again later`, 'too_many_sessions')
    const session = new SseSession(this.#server, auth, maxQueued)
    this.#sessions.set(session.id, session)
    session.stream.onCancel(() => this.#end(session)) // To leave is to end the session.
    return session
  }

  /** Throws `HttpError` 404 where there is none, or it is somebody else's, which is not told apart. */
  find(id: string, auth: AuthInfo | undefined): SseSession {
    const session = this.#sessions.get(id)
    if (!session || session.principal !== principalOf(auth)) throw new HttpError(404, 'The session is unknown or has ended: open a new event stream', { data: { reason: 'session_unknown' } })
    return session
  }

  /** For so many further messages. Throws `HttpError` 429. */
  requireRoom({ session }: SseSession, messages: number): void {
    const { maxInflight } = this.#limits
    if (session.busy + messages > maxInflight) throw tooBusy(429, `A session has at most ${maxInflight} requests in flight: wait for an answer`, 'too_many_requests')
  }

  /** Resolves when all calls have finished, or the drain time is over and they are aborted. */
  async drain(): Promise<void> {
    this.#draining = true
    await atMost(this.#limits.drain, Promise.all([...this.#sessions.values()].map((session) => session.answering.none())))
    this.abort()
  }

  /** Ends everything at once. */
  abort(): void {
    for (const session of [...this.#sessions.values()]) this.#end(session)
  }

  #end(session: SseSession): void {
    this.#sessions.delete(session.id)
    session.session.close()
    session.stream.end()
  }
}
