/** The sessions of one endpoint: found by id, dropped when idle for long, bounded in number. */
import type { ServerDefinition } from '@gangway/core'
import type { LogBudget } from './event-log.ts'
import { HttpSession } from './http-session.ts'

export interface SessionLimits {
  /** Milliseconds without a request in flight or an open stream after which a session ends. */
  readonly idle: number
  /** A further one ends the session that has been idle longest. */
  readonly max: number
  /** Bytes of events that one session, and all of them together, keep for clients that resume a stream. */
  readonly log: { readonly perSession: number; readonly total: number }
}

const SWEEP_INTERVAL = 60_000

export class Sessions {
  readonly server: ServerDefinition
  readonly #limits: SessionLimits
  readonly #logBudget: LogBudget
  /** Least recently used first: a session that is used moves to the end. */
  readonly #sessions = new Map<string, HttpSession>()
  #sweeper: ({ unref?(): void } & ReturnType<typeof setInterval>) | undefined
  #swept = 0

  constructor(server: ServerDefinition, limits: SessionLimits) {
    this.server = server
    this.#limits = limits
    this.#logBudget = { ...limits.log, used: 0 }
  }

  /** Not yet to be found by its id: a handshake may still fail. */
  create(): HttpSession {
    return new HttpSession(this.server, this.#logBudget)
  }

  add(session: HttpSession): void {
    this.#startSweeping()
    if (this.#sessions.size >= this.#limits.max) this.#evict()
    this.#sessions.set(session.id, session)
  }

  get(id: string): HttpSession | undefined {
    const session = this.#sessions.get(id)
    if (!session) return undefined
    session.lastUsed = Date.now()
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    return session
  }

  end(session: HttpSession): void {
    this.#sessions.delete(session.id)
    session.close()
  }

  /** Resolves when no session has a request in flight. */
  async idle(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ session }) => session.idle()))
  }

  close(): void {
    clearInterval(this.#sweeper)
    for (const session of [...this.#sessions.values()]) this.end(session)
  }

  /** Only now: Workers allow no timer outside of a request. They end one with the request that set it, so each new session sweeps as well when it is time. */
  #startSweeping(): void {
    const interval = Math.min(SWEEP_INTERVAL, this.#limits.idle)
    if (Date.now() - this.#swept >= interval) this.#sweep()
    this.#sweeper ??= setInterval(() => this.#sweep(), interval)
    this.#sweeper.unref?.() // Where timers keep a process alive, this one must not.
  }

  #sweep(): void {
    this.#swept = Date.now()
    const oldest = Date.now() - this.#limits.idle
    for (const session of [...this.#sessions.values()]) {
      if (session.busy) session.lastUsed = Date.now()
      else if (session.lastUsed <= oldest) this.end(session)
    }
  }

  #evict(): void {
    const [oldest] = this.#sessions.values()
    for (const session of this.#sessions.values()) if (!session.busy) return this.end(session)
    if (oldest) this.end(oldest)
  }
}
