/** The connection to a server that can have but one: it goes from client to client, and each is served as who it is. */
import type { ClientOptions } from '../client/connect.ts'
import type { ClientTransport } from '../client/transport.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { RpcError } from '../jsonrpc/errors.ts'
import { UNKNOWN_CLIENT } from '../protocol/capabilities.ts'
import type { ClientDescription } from '../protocol/types/base.ts'
import type { Context, EndingSession } from '../server/context.ts'
import { askable, Upstream } from './upstream.ts'
import { sessionOf, type Connections, type Lease } from './upstreams.ts'

export class OneUpstream implements Connections {
  readonly #transport: ClientTransport
  readonly #options: ClientOptions
  readonly #begin: (main: Upstream) => Promise<void>
  #upstream: Promise<Upstream> | undefined
  #opening: Promise<Upstream> | undefined
  /** Who its client is, and who the server takes it for, which it has learnt in the handshake. */
  #client: ClientDescription = UNKNOWN_CLIENT
  #known: ClientDescription | undefined
  /** Whose it is, until it ends. */
  #session: EndingSession | undefined
  /** Calls without a session have it one after another: a question could be about any of them. */
  #turn: Promise<void> = Promise.resolve()

  constructor(transport: ClientTransport, options: ClientOptions, begin: (main: Upstream) => Promise<void>) {
    this.#transport = transport
    this.#options = options
    this.#begin = begin
  }

  async main(): Promise<Upstream> {
    const known = await this.#upstream?.catch(() => undefined)
    if (known && !known.connection.ended && this.#known === this.#client) return known
    this.#upstream = this.#opening ??= this.#open(known).finally(() => (this.#opening = undefined))
    return this.#upstream
  }

  async lease(ctx: Context<unknown>): Promise<Lease> {
    const main = await this.main()
    if (main.isModern) return { upstream: main, release: () => {} } // Each call says for itself who makes it.
    const session = sessionOf(ctx)
    if (session && session === this.#session) return { upstream: await this.main(), release: () => {} }
    const leave = await this.#enter()
    try {
      if (this.#session && this.#session !== session) throw new RpcError(ErrorCode.InternalError, `${this.#transport.name} is one instance, which serves one client at a time, and another is connected: pass a function that makes one, such as () => createServer()`)
      if (session && !this.#session) {
        this.#session = session
        session.onEnd(() => void this.#leave())
        session.onRootsChanged(() => void this.#upstream?.then((opened) => opened.rootsChanged(), () => {}))
      }
      const upstream = await this.#as(ctx.client)
      if (session) leave()
      return { upstream, release: leave }
    } catch (error) {
      leave()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#end()
  }

  /** Resolves when it is this one's turn, with what ends that. */
  #enter(): Promise<() => void> {
    const before = this.#turn
    return new Promise((enter) => {
      this.#turn = new Promise((leave) => void before.then(() => enter(leave)))
    })
  }

  #as({ info, capabilities }: ClientDescription): Promise<Upstream> {
    const client = { info, capabilities: askable(capabilities) }
    if (JSON.stringify(client) !== JSON.stringify(this.#client)) this.#client = client
    return this.main()
  }

  async #open(last: Upstream | undefined): Promise<Upstream> {
    await last?.close()
    this.#known = this.#client
    const upstream = await Upstream.open(this.#transport, this.#known, this.#options, this.#session)
    try {
      await this.#begin(upstream)
      return upstream
    } catch (error) {
      await upstream.close()
      throw error
    }
  }

  async #leave(): Promise<void> {
    const leave = await this.#enter() // Whoever comes next waits for the end of this one.
    this.#client = UNKNOWN_CLIENT
    await this.#end()
    this.#session = undefined
    leave()
  }

  /** The next who needs it opens it. */
  async #end(): Promise<void> {
    const upstream = await this.#upstream?.catch(() => undefined)
    await upstream?.close()
  }
}
