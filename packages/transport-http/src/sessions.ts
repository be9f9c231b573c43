/** The sessions of one endpoint: found by id, dropped when idle for long, bounded in number. */
import type { ServerDefinition } from '@gangway/core'
import { FairShares, HttpError } from '@gangway/core/web'
import type { EndpointLimits } from './endpoint-options.ts'
import { HttpSession, type SessionSurroundings } from './http-session.ts'
import { inPatience, parseSession, type SessionStore } from './session-store.ts'

/** Why a session is not there, for programs: in `data.reason` of the error. */
type Ending = 'session_ended' | 'session_expired' | 'session_evicted'

const SENTENCE: Readonly<Record<Ending | 'session_unknown', string>> = {
  session_unknown: 'The session is unknown',
  session_ended: 'The session was ended',
  session_expired: 'The session had not been used for too long, and was ended',
  session_evicted: 'There were too many sessions, and this one was idle',
}

const SWEEP_INTERVAL = 60_000
/** Sessions that have ended, and whose end is remembered. */
const MAX_ENDED = 1000

export class Sessions {
  readonly #surroundings: SessionSurroundings
  readonly #sessions: FairShares<HttpSession>
  /** Sessions that are being read from the store. */
  readonly #loading = new Map<string, Promise<void>>()
  readonly #ended = new Map<string, { readonly why: Ending; readonly principal: string | undefined }>()
  #draining = false
  #sweeper: ({ unref?(): void } & ReturnType<typeof setInterval>) | undefined
  #swept = 0

  constructor(surroundings: SessionSurroundings) {
    this.#surroundings = surroundings
    this.#sessions = new FairShares(surroundings.limits.maxSessions)
  }

  get server(): ServerDefinition {
    return this.#surroundings.server
  }

  get limits(): EndpointLimits {
    return this.#surroundings.limits
  }

  /** Whether no session is opened any more. */
  get draining(): boolean {
    return this.#draining
  }

  get size(): number {
    return this.#sessions.size
  }

  values(): Iterable<HttpSession> {
    return this.#sessions.values()
  }

  /** Not yet to be found by its id: a handshake may still fail. */
  create(principal: string | undefined): HttpSession {
    return new HttpSession(this.#surroundings, principal)
  }

  /** Ends nothing yet. Throws `HttpError` 503 where there is no room for a further session of this owner. */
  requireRoom(owner: string): void {
    this.#sessions.victimFor(owner)
  }

  /** Ends another session if there are too many. Throws `HttpError` 503 where none can end; the session is closed then. */
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
   * `owner` is who a session counts for that has to be read from the store.
   * Throws `HttpError` 404 where there is none, or it belongs to another principal, which looks the same, and 503 where there is no room for it.
   */
  find(id: string, principal: string | undefined, owner: () => string): HttpSession | Promise<HttpSession> {
    const session = this.get(id, principal)
    if (session) return session
    const ended = this.#ended.get(id)?.why
    // What has expired or was evicted here may be in use in another process.
    if (!this.#surroundings.store || this.#sessions.get(id) || ended === 'session_ended') throw this.#unknown(id, principal)
    return this.#load(id, owner).then(() => {
      const loaded = this.get(id, principal)
      if (!loaded) throw this.#unknown(id, principal)
      return loaded
    })
  }

  /** Among those in memory. To ask for somebody else's is no use of it. */
  get(id: string, principal: string | undefined): HttpSession | undefined {
    const session = this.#sessions.get(id)
    if (!session || session.principal !== principal) return undefined
    session.lastUsed = Date.now()
    this.#sessions.use(id)
    return session
  }

  /** Resolves when it is gone from the store as well. */
  async end(session: HttpSession, why: Exclude<Ending, 'session_expired'>): Promise<void> {
    this.#close(session)
    this.#remember(session, why)
    if (!this.#surroundings.store) return
    await session.saving // Not before it is written for the last time.
    if (why === 'session_evicted' && (await this.#isUsedElsewhere(session))) return
    await this.#attempt((store) => store.delete(session.id))
  }

  /** Resolves when no session has a request in flight. */
  async drain(): Promise<void> {
    this.#draining = true
    await Promise.all([...this.#sessions.values()].map(({ session }) => session.idle()))
  }

  /** What is stored stays, for those who come after us. */
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
    const [oldest] = this.#ended.size > MAX_ENDED ? this.#ended.keys() : []
    if (oldest !== undefined) this.#ended.delete(oldest)
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
    if (stored.lastUsed <= Date.now() - this.limits.sessionIdle) {
      this.#remember({ id, principal: stored.principal }, 'session_expired')
      return // The next sweep removes it from the store, unless another process renews it first.
    }
    this.#sessions.victimFor(owner()) // Throws before the session listens to anything.
    this.#ended.delete(id)
    this.add(new HttpSession(this.#surroundings, undefined, stored), owner())
  }

  /** Only now: Workers allow no timer outside of a request. They end one with the request that set it, so each new session sweeps as well when it is time. */
  #startSweeping(): void {
    const interval = Math.min(SWEEP_INTERVAL, this.limits.sessionIdle / 4)
    if (Date.now() - this.#swept >= interval) void this.#sweep()
    this.#sweeper ??= setInterval(() => void this.#sweep(), interval)
    this.#sweeper.unref?.() // Where timers keep a process alive, this one must not.
  }

  /** What has expired here may be in use elsewhere, so the store is not told which: it forgets what nobody has used. */
  async #sweep(): Promise<void> {
    const now = (this.#swept = Date.now())
    const { sessionIdle: idle } = this.limits
    const savings: (Promise<void> | undefined)[] = []
    for (const session of [...this.#sessions.values()]) {
      if (session.busy) session.lastUsed = now
      if (session.lastUsed <= now - idle) {
        this.#close(session)
        this.#remember(session, 'session_expired')
      } else if (this.#surroundings.store && session.savedUse < Math.min(session.lastUsed, now - idle / 4)) savings.push(session.save())
    }
    await Promise.all(savings) // Or what is in use here might look as if it had expired.
    await this.#attempt((store) => store.expire(now - idle))
  }

  /** A store that fails is no reason to fail with it. */
  async #attempt<T>(work: (store: SessionStore) => Promise<T>): Promise<T | undefined> {
    const { store, server } = this.#surroundings
    try {
      return store && (await inPatience(work(store)))
    } catch (error) {
      server.logger.error({ err: error }, 'The session store failed')
      return undefined
    }
  }
}
