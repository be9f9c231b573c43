/** The sessions of one endpoint: finds them by id, expires idle ones, and limits their number. */
import type { ServerDefinition } from '@gangway/core'
import { logLimited, BoundedMap, loggable } from '@gangway/core/internal'
import { FairShares, HttpError, type EventStreamOptions } from '@gangway/core/internal/http'
import type { EndpointLimits } from './endpoint-options.ts'
import { HttpSession, type HttpSessionContext } from './http-session.ts'
import { withStoreTimeout, parseSession, type SessionStore } from './session-store.ts'

/** Why a session no longer exists. Sent to clients as `data.reason` of the error. */
type Ending = 'session_ended' | 'session_expired' | 'session_evicted'

const SENTENCE: Readonly<Record<Ending | 'session_unknown', string>> = {
  session_unknown: 'The session is unknown',
  session_ended: 'The session has ended',
  session_expired: 'The session was idle for too long and has expired',
  session_evicted: 'There were too many sessions, and this idle one was closed',
}

const SWEEP_INTERVAL = 60_000
/** Maximum number of closed sessions whose reason is kept for error messages. */
const MAX_ENDED = 1000

export class Sessions {
  readonly #context: HttpSessionContext
  readonly #sessions: FairShares<HttpSession>
  /** Sessions that are being read from the store. */
  readonly #loading = new Map<string, Promise<void>>()
  readonly #ended = new BoundedMap<string, { readonly why: Ending; readonly principal: string | undefined }>(MAX_ENDED)
  #draining = false
  #sweeper: ({ unref?(): void } & ReturnType<typeof setInterval>) | undefined
  #swept = 0

  constructor(context: HttpSessionContext) {
    this.#context = context
    this.#sessions = new FairShares(context.limits.maxSessions)
  }

  get server(): ServerDefinition {
    return this.#context.server
  }

  get limits(): EndpointLimits {
    return this.#context.limits
  }

  get stream(): EventStreamOptions {
    return this.#context.stream
  }

  /** Whether the endpoint is closing and accepts no new sessions. */
  get draining(): boolean {
    return this.#draining
  }

  get size(): number {
    return this.#sessions.size
  }

  values(): Iterable<HttpSession> {
    return this.#sessions.values()
  }

  /** Creates a session without registering it, because its handshake can still fail. Call `add()` afterwards. */
  create(principal: string | undefined): HttpSession {
    return new HttpSession(this.#context, principal)
  }

  /** Throws `HttpError` 503 if there is no room for another session of this owner. Closes no session yet. */
  requireRoom(owner: string): void {
    this.#sessions.victimFor(owner)
  }

  /** Registers a session, and closes another one if there are too many. Throws `HttpError` 503, and closes the new session, if none can be closed. */
  add(session: HttpSession, owner: string): void {
    this.#startSweeping()
    try {
      const victim = this.#sessions.victimFor(owner)
      if (victim) void this.end(victim, 'session_evicted')
    } catch (error) {
      void this.end(session, 'session_evicted')
      throw error
    }
    this.#sessions.add(owner, session)
  }

  /**
   * Returns the session, which may have to be read from the store. `owner` returns the caller that a restored session counts against.
   * Throws `HttpError` 404 if there is no such session or it belongs to another principal, and 503 if there is no room to restore it.
   */
  find(id: string, principal: string | undefined, owner: () => string): HttpSession | Promise<HttpSession> {
    const session = this.get(id, principal)
    if (session) return session
    const ended = this.#ended.get(id)?.why
    // Another process may still use a session that expired or was evicted here.
    if (!this.#context.store || this.#sessions.get(id) || ended === 'session_ended') throw this.#unknown(id, principal)
    return this.#load(id, owner).then(() => {
      const loaded = this.get(id, principal)
      if (!loaded) throw this.#unknown(id, principal)
      return loaded
    })
  }

  /** Looks up a session in memory. Requests of another principal do not count as use. */
  get(id: string, principal: string | undefined): HttpSession | undefined {
    const session = this.#sessions.get(id)
    if (!session || session.principal !== principal) return undefined
    session.lastUsed = Date.now()
    this.#sessions.use(id)
    return session
  }

  /** Closes the session. Resolves when it has also been deleted from the store. */
  async end(session: HttpSession, why: Exclude<Ending, 'session_expired'>): Promise<void> {
    this.#close(session)
    this.#remember(session, why)
    if (!this.#context.store) return
    await session.saving // A pending write would store it again.
    if (why === 'session_evicted' && (await this.#isUsedElsewhere(session))) return
    await this.#attempt((store) => store.delete(session.id))
  }

  /** Resolves when no session has a request in flight. */
  async drain(): Promise<void> {
    this.#draining = true
    await Promise.all([...this.#sessions.values()].map(({ session }) => session.idle()))
  }

  /** Closes the sessions in memory. Stored sessions stay, so that another process can continue them. */
  close(): void {
    clearInterval(this.#sweeper)
    for (const session of [...this.#sessions.values()]) this.#close(session)
  }

  #close(session: HttpSession): void {
    this.#sessions.delete(session.id)
    session.close()
  }

  #remember({ id, principal }: Pick<HttpSession, 'id' | 'principal'>, why: Ending): void {
    this.#ended.set(id, { why, principal })
  }

  #unknown(id: string, principal: string | undefined): HttpError {
    const ended = this.#ended.get(id)
    const reason = ended && ended.principal === principal ? ended.why : 'session_unknown'
    return new HttpError(404, `${SENTENCE[reason]}: start a new one with "initialize"`, { data: { reason } })
  }

  async #isUsedElsewhere({ id, lastUsed }: HttpSession): Promise<boolean> {
    const stored = parseSession(id, await this.#attempt((store) => store.get(id)))
    return stored !== undefined && stored.lastUsed > lastUsed
  }

  /** Concurrent requests for the same session share one read. */
  #load(id: string, owner: () => string): Promise<void> {
    const loading = this.#loading.get(id) ?? this.#restore(id, owner).finally(() => this.#loading.delete(id))
    this.#loading.set(id, loading)
    return loading
  }

  async #restore(id: string, owner: () => string): Promise<void> {
    const stored = parseSession(id, await this.#attempt((store) => store.get(id)))
    if (!stored) return
    if (stored.lastUsed <= Date.now() - this.limits.sessionIdleTimeout) {
      this.#remember({ id, principal: stored.principal }, 'session_expired')
      return // The next sweep deletes it from the store, unless another process uses it before.
    }
    this.#sessions.victimFor(owner()) // Throws before the session has registered any listener.
    this.#ended.delete(id)
    this.add(new HttpSession(this.#context, undefined, stored), owner())
  }

  /**
   * Called when a session is added, because Workers allow timers only during a request. There, a timer also ends with the request that set it.
   * So each new session also sweeps if the interval has passed.
   */
  #startSweeping(): void {
    const interval = Math.min(SWEEP_INTERVAL, this.limits.sessionIdleTimeout / 4)
    if (Date.now() - this.#swept >= interval) void this.#sweep()
    this.#sweeper ??= setInterval(() => void this.#sweep(), interval)
    this.#sweeper.unref?.() // The timer must not keep a Node.js process alive.
  }

  /**
   * Closes expired sessions, and stores the last use of the others. Expired sessions are not deleted from the store individually,
   * because another process may use them: the store expires those that no process has used.
   */
  async #sweep(): Promise<void> {
    const now = (this.#swept = Date.now())
    const { sessionIdleTimeout: idle } = this.limits
    const savings: (Promise<void> | undefined)[] = []
    for (const session of [...this.#sessions.values()]) {
      if (session.busy) session.lastUsed = now
      if (session.lastUsed <= now - idle) {
        this.#close(session)
        this.#remember(session, 'session_expired')
      } else if (this.#context.store && session.savedUse < Math.min(session.lastUsed, now - idle / 4)) savings.push(session.save())
    }
    await Promise.all(savings) // Otherwise, the store could expire sessions that are in use here.
    await this.#attempt((store) => store.expire(now - idle))
  }

  /** Logs errors of the store and resolves with undefined, so that sessions in memory keep working. */
  async #attempt<T>(work: (store: SessionStore) => Promise<T>): Promise<T | undefined> {
    const { store, server } = this.#context
    try {
      return store && (await withStoreTimeout(work(store)))
    } catch (error) {
      logLimited(server.logger, 'error', { err: loggable(error) }, 'The session store failed')
      return undefined
    }
  }
}
