/** The connections to the server behind a proxy: one for its lists, and one for each session in front of it where sessions are what the server knows. */
import type { ClientOptions } from '../client/connect.ts'
import type { ClientTransport } from '../client/transport.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Context } from '../server/context.ts'
import { askable, Upstream } from './upstream.ts'

/** Milliseconds that a connection for a session rests before it is closed; the next call opens another. */
const IDLE = 300_000

/** Milliseconds before a server that could not be reached is tried again; each failure doubles them. */
const BACKOFF = 500
const MAX_BACKOFF = 30_000

interface Kept {
  readonly upstream: Promise<Upstream>
  users: number
  timer?: ReturnType<typeof setTimeout> & { unref?(): void }
}

export interface Lease {
  readonly upstream: Upstream
  /** May be called again. */
  release(): void
}

export class Upstreams {
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
  /** Gives up what is being opened. */
  #closing = new AbortController()

  /** `begin` runs whenever the main connection is open, before anybody uses it. */
  constructor(transport: ClientTransport, options: ClientOptions, begin: (main: Upstream) => Promise<void>) {
    this.#transport = transport
    this.#options = options
    this.#begin = begin
  }

  /** What does not depend on who asks. Opened anew once it has ended; after a failure, not at once. */
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
      const upstream = await Upstream.open(this.#transport, {}, { ...this.#options, signal: this.#closing.signal })
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

  /** For one call. In the modern era every call says for itself who makes it, so all may share one connection. */
  async lease(ctx: Context<unknown>): Promise<Lease> {
    const main = await this.main()
    if (main.isModern) return { upstream: main, release: () => {} }
    const { session } = ctx
    const { revision } = main.server
    return typeof session === 'object' && session !== null ? this.#ofSession(session, ctx, revision) : this.#fromPool(ctx, revision)
  }

  async close(): Promise<void> {
    const open = [...[...this.#all].map(({ upstream }) => upstream), ...(this.#main ? [this.#main] : [])]
    for (const { timer } of this.#all) clearTimeout(timer)
    this.#all.clear()
    this.#pool.clear()
    this.#main = undefined
    this.#closing.abort(new Error('The proxy has ended'))
    this.#closing = new AbortController()
    await Promise.allSettled(open.map(async (upstream) => (await upstream).close()))
  }

  async #ofSession(session: object, ctx: Context<unknown>, revision: Revision): Promise<Lease> {
    const known = this.#bySession.get(session)
    const kept = known && this.#all.has(known) ? known : this.#open(ctx, revision)
    this.#bySession.set(session, kept)
    return this.#use(kept)
  }

  async #fromPool(ctx: Context<unknown>, revision: Revision): Promise<Lease> {
    const key = JSON.stringify([ctx.auth?.subject, askable(ctx.client.capabilities)])
    const pool = this.#pool.get(key) ?? new Set()
    this.#pool.set(key, pool)
    const kept = [...pool].find((one) => one.users === 0 && this.#all.has(one)) ?? this.#open(ctx, revision)
    pool.add(kept)
    return this.#use(kept)
  }

  /** What the server speaks is known from the main connection. */
  #open(ctx: Context<unknown>, revision: Revision): Kept {
    const kept: Kept = { upstream: Upstream.open(this.#transport, ctx.client.capabilities, { ...this.#options, revision, signal: this.#closing.signal }), users: 0 }
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
      if (kept.users > 0 || !this.#all.has(kept)) return
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
    for (const pool of this.#pool.values()) pool.delete(kept)
    kept.upstream.then((upstream) => upstream.close()).catch(() => {}) // Whoever used it has heard.
  }
}
