/** The clients of one endpoint pair: found by id, bounded in number and in what they ask at a time. */
import { checkNumbers, DURATION, limitOf, principalOf, TIMEOUT, type AuthInfo, type NumberRules, type OptionNames, type ServerDefinition } from '@gangway/core'
import { atMost } from '@gangway/core/jsonrpc'
import { BodyBudget, FairShares, HttpError, ownerOf, tooBusy } from '@gangway/core/web'
import { SseSession } from './session.ts'

export interface SseLimits {
  /** Sessions at a time. A further one ends the idlest session of the client that has the most, or gets 503 if all of them are busy. @default 10,000 */
  readonly maxSessions: number
  /** Requests in flight in one session; a further one is answered with 429. @default 64 */
  readonly maxInflight: number
  /** Bytes that wait for a client that does not read; with more, its stream is cut off, and its session ends. @default 1,048,576 */
  readonly maxQueued: number
  /** Bytes of request bodies over 64 KiB that are being read, of all requests together. Further ones get 503. @default 268,435,456 */
  readonly maxTotalBody: number
  /** Milliseconds between the comments on a silent event stream, which keep proxies from closing it: shorter than the shortest time that one of them waits. @default 15,000 */
  readonly keepAlive: number
  /** Milliseconds that calls in flight get to finish when the application closes. @default 10,000 */
  readonly drain: number
}

export const LIMITS: OptionNames<SseLimits> = { maxSessions: true, maxInflight: true, maxQueued: true, maxTotalBody: true, keepAlive: true, drain: true }

const NUMBERS: NumberRules<SseLimits> = { maxSessions: limitOf('sessions'), maxInflight: limitOf('requests'), maxQueued: limitOf('bytes'), maxTotalBody: limitOf('bytes'), keepAlive: TIMEOUT, drain: DURATION }

export interface SseStats {
  /** Clients that are connected. */
  readonly sessions: number
  /** Requests being served. */
  readonly inflight: number
}

export class SseSessions {
  readonly #server: ServerDefinition
  readonly limits: SseLimits
  readonly bodies: BodyBudget
  readonly #sessions: FairShares<SseSession>
  #draining = false

  /** Throws `GANGWAY_E_USAGE`. */
  constructor(server: ServerDefinition, { maxSessions = 10_000, maxInflight = 64, maxQueued = 2 ** 20, maxTotalBody = 2 ** 28, keepAlive = 15_000, drain = 10_000 }: Partial<SseLimits>) {
    this.#server = server
    this.limits = { maxSessions, maxInflight, maxQueued, maxTotalBody, keepAlive, drain }
    checkNumbers(this.limits, NUMBERS)
    this.bodies = new BodyBudget(maxTotalBody)
    this.#sessions = new FairShares(maxSessions)
  }

  /** Whether no session is opened any more. */
  get draining(): boolean {
    return this.#draining
  }

  stats(): SseStats {
    let inflight = 0
    for (const { session } of this.#sessions.values()) inflight += session.busy
    return { sessions: this.#sessions.size, inflight }
  }

  /** Ends an idle session if there are too many. Throws `HttpError` 503 where none can end. */
  open(auth: AuthInfo | undefined, address: string | undefined): SseSession {
    if (this.#draining) throw tooBusy(503, 'The server is shutting down: it opens no sessions any more', 'shutting_down')
    const owner = ownerOf(principalOf(auth), address)
    const victim = this.#sessions.victimFor(owner)
    if (victim) this.#end(victim)
    const session = new SseSession(this.#server, auth, this.limits)
    this.#sessions.add(owner, session)
    session.stream.onCancel(() => this.#end(session)) // To leave is to end the session.
    return session
  }

  /** Throws `HttpError` 404 where there is none, or it is somebody else's, which is not told apart. */
  find(id: string, auth: AuthInfo | undefined): SseSession {
    const session = this.#sessions.get(id)
    if (!session || session.principal !== principalOf(auth)) throw new HttpError(404, 'The session is unknown or has ended: open a new event stream', { data: { reason: 'session_unknown' } })
    this.#sessions.use(id)
    return session
  }

  /** For so many further requests; answers to our own questions need none. Throws `HttpError` 429. */
  requireRoom({ session }: SseSession, requests: number): void {
    const { maxInflight } = this.limits
    if (session.places + requests > maxInflight) throw tooBusy(429, `A session has at most ${maxInflight} requests in flight: wait for an answer`, 'too_many_requests')
  }

  /** Resolves when all calls have finished, or the drain time is over and they are aborted. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#server.changes.flush()
    await atMost(this.limits.drain, this.#idle())
    this.abort()
  }

  /** Ends everything at once. */
  abort(): void {
    for (const session of [...this.#sessions.values()]) this.#end(session)
  }

  /** What comes in meanwhile is waited for, too. */
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
