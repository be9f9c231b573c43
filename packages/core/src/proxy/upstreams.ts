/** The connections to the server behind a proxy: one for its lists, and one for each session in front of it where sessions are what the server knows. */
import type { ClientOptions } from '../client/connect.ts'
import type { ClientTransport } from '../client/transport.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { UNKNOWN_CLIENT } from '../protocol/capabilities.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { ClientDescription } from '../protocol/types/base.ts'
import { principalOf } from '../server/access.ts'
import type { Context, EndingSession } from '../server/context.ts'
import { askable, Upstream } from './upstream.ts'

/** Milliseconds that a connection without a session rests before it is closed; the next call opens another. */
const IDLE = 300_000

/** Milliseconds before a server that could not be reached is tried again; each failure doubles them. */
const BACKOFF = 500
const MAX_BACKOFF = 30_000

/** Undefined for requests that stand alone. */
export const sessionOf = ({ session }: Context<unknown>): EndingSession | undefined => (isObject(session) && 'onEnd' in session ? (session as unknown as EndingSession) : undefined)

interface Kept {
  readonly upstream: Promise<Upstream>
  readonly session: EndingSession | undefined
  users: number
  timer?: ReturnType<typeof setTimeout> & { unref?(): void }
}

export interface Lease {
  readonly upstream: Upstream
  /** May be called again. */
  release(): void
}

export interface Connections {
  /** What does not depend on who asks. Opened anew once it has ended. Throws `ClientError`, and `PeerError`. */
  main(): Promise<Upstream>
  /** For one call. */
  lease(ctx: Context<unknown>): Promise<Lease>
  close(): Promise<void>
}

export class Upstreams implements Connections {
  readonly #transport: ClientTransport
  readonly #options: ClientOptions
  readonly #begin: (main: Upstream) => Promise<void>
  #main: Promise<Upstream> | undefined
  #opening: Promise<Upstream> | undefined
  /** In a row, to open the main connection. */
  #failures = 0
  #retryAt = 0
  #failure: unknown
  readonly #bySession = new WeakMap<object, Kept>()
  /** Of clients without a session: used by one call at a time, and by one user. */
  readonly #pool = new Map<string, Set<Kept>>()
  readonly #all = new Set<Kept>()
  /** What is being closed: a process takes its time, and is not to be left behind. */
  readonly #ending = new Set<Promise<void>>()
  /** Give up what is being opened. */
  readonly #openings = new Set<AbortController>()

  /** `begin` runs whenever the main connection is open, before anybody uses it. */
  constructor(transport: ClientTransport, options: ClientOptions, begin: (main: Upstream) => Promise<void>) {
    this.#transport = transport
    this.#options = options
    this.#begin = begin
  }

  /** After a failure, it is not tried again at once. */
  async main(): Promise<Upstream> {
    const known = await this.#main?.catch(() => undefined)
    if (known && !known.connection.ended) return known
    // Whoever comes first opens it, and the others wait for the same.
    this.#main = this.#opening ??= this.#openMain().finally(() => (this.#opening = undefined))
    return this.#main
  }

  async #openMain(): Promise<Upstream> {
    if (Date.now() < this.#retryAt) throw this.#failure
    try {
      const upstream = await this.#connect(UNKNOWN_CLIENT, {}) // The proxy itself, who cannot be asked.
      await this.#begin(upstream).catch(async (error: unknown) => {
        await upstream.close()
        throw error
      })
      this.#failures = 0
      return upstream
    } catch (error) {
      this.#failure = error
      this.#retryAt = Date.now() + Math.min(MAX_BACKOFF, BACKOFF * 2 ** this.#failures++)
      throw error
    }
  }

  /** In the modern era every call says for itself who makes it, so all may share one connection. */
  async lease(ctx: Context<unknown>): Promise<Lease> {
    const main = await this.main()
    if (main.isModern) return { upstream: main, release: () => {} }
    const session = sessionOf(ctx)
    const { revision } = main.server
    return session ? this.#ofSession(session, ctx, revision) : this.#fromPool(ctx, revision)
  }

  async close(): Promise<void> {
    const open = [...[...this.#all].map(({ upstream }) => upstream), ...(this.#main ? [this.#main] : [])]
    for (const { timer } of this.#all) clearTimeout(timer)
    this.#all.clear()
    this.#pool.clear()
    this.#main = undefined
    for (const opening of this.#openings) opening.abort(new Error('The proxy has ended'))
    await Promise.allSettled([...this.#ending, ...open.map(async (upstream) => (await upstream).close())])
  }

  async #ofSession(session: EndingSession, ctx: Context<unknown>, revision: Revision): Promise<Lease> {
    const known = this.#bySession.get(session)
    if (known && this.#all.has(known)) return this.#use(known)
    const kept = this.#open(ctx, revision, session)
    this.#bySession.set(session, kept)
    if (known) return this.#use(kept) // The session has been told what to do with the current one.
    session.onEnd(() => {
      const last = this.#bySession.get(session)
      if (last) this.#forget(last)
    })
    session.onRootsChanged(() => void this.#bySession.get(session)?.upstream.then((upstream) => upstream.rootsChanged(), () => {}))
    return this.#use(kept)
  }

  async #fromPool(ctx: Context<unknown>, revision: Revision): Promise<Lease> {
    const key = JSON.stringify([principalOf(ctx.auth), ctx.client.info, askable(ctx.client.capabilities)])
    const pool = this.#pool.get(key) ?? new Set()
    this.#pool.set(key, pool)
    const kept = [...pool].find((one) => one.users === 0 && this.#all.has(one)) ?? this.#open(ctx, revision)
    pool.add(kept)
    return this.#use(kept)
  }

  async #connect(client: ClientDescription, options: ClientOptions, session?: EndingSession): Promise<Upstream> {
    const opening = new AbortController()
    this.#openings.add(opening)
    try {
      return await Upstream.open(this.#transport, client, { ...this.#options, ...options, signal: opening.signal }, session)
    } finally {
      this.#openings.delete(opening)
    }
  }

  /** What the server speaks is known from the main connection. */
  #open({ client }: Context<unknown>, revision: Revision, session?: EndingSession): Kept {
    const kept: Kept = { upstream: this.#connect(client, { revision }, session), session, users: 0 }
    this.#all.add(kept)
    void kept.upstream.then(({ connection }) => connection.closedBy).then(() => this.#forget(kept), () => this.#forget(kept))
    return kept
  }

  async #use(kept: Kept): Promise<Lease> {
    clearTimeout(kept.timer)
    kept.users++
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      kept.users--
      if (kept.session || kept.users > 0 || !this.#all.has(kept)) return
      kept.timer = setTimeout(() => this.#forget(kept), IDLE)
      kept.timer.unref?.()
    }
    try {
      return { upstream: await kept.upstream, release }
    } catch (error) {
      release()
      throw error
    }
  }

  #forget(kept: Kept): void {
    clearTimeout(kept.timer)
    this.#all.delete(kept)
    for (const [key, pool] of this.#pool) if (pool.delete(kept) && pool.size === 0) this.#pool.delete(key)
    const ending = kept.upstream.then((upstream) => upstream.close()).catch(() => {}) // Whoever used it has heard.
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
  }
}
