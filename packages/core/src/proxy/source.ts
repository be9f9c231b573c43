/** One server behind a proxy: what it offers, as it changes, and the way to it. */
import { Client } from '../client/client.ts'
import { ClientError } from '../client/errors.ts'
import type { ClientTransport } from '../client/transport.ts'
import { isGangwayError } from '../gangway-error.ts'
import { RpcError } from '../jsonrpc/errors.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { ServerDescription } from '../client/server-description.ts'
import { LIST_NAMES, type Change, type ListName } from '../server/changes.ts'
import type { RequestContext } from '../server/context.ts'
import type { Logger } from '../server/logger.ts'
import { follow } from './follow.ts'
import { Forwarder } from './forward.ts'
import { withoutTasks, type Lists } from './forwarded-definition.ts'
import { listAll, listChanged, type ListOptions } from './list-all.ts'
import type { Upstream } from './upstream.ts'
import { OneUpstream } from './one-upstream.ts'
import { Upstreams, type Connections } from './upstreams.ts'

/** Faults of one upstream that are logged. */
const MAX_FAULTS = 100

export interface SourceOptions {
  readonly revision: Revision | undefined
  /** Milliseconds. */
  readonly timeout: number
  /** Milliseconds. */
  readonly inputTimeout: number
  readonly logger: Logger
  /** What changed behind; that it offers something for the first time; or that it is there again, or not any more. */
  readonly onChange: (source: Source, change: Change | 'offer' | 'state') => void
}

export class Source {
  /** What errors call it. */
  readonly name: string
  /** Undefined until it was reached for the first time. */
  offer: { readonly server: ServerDescription; readonly lists: Lists } | undefined
  /** Whether anybody has needed it yet. */
  needed = false
  /** Why it could not be reached the last time; undefined once it was. */
  fault: Error | undefined
  readonly #options: SourceOptions
  readonly #upstreams: Connections
  readonly #forwarder: Forwarder
  /** What clients in front want to hear of, with what ends that. */
  readonly #watched = new Map<string, (() => void) | undefined>()
  /** The tools that the log has named as left out. */
  readonly #reported = new Set<string>()
  readonly #listing: ListOptions
  /** Messages of the faults that were logged. */
  readonly #faults = new Set<string>()
  #client: Client | undefined
  /** How often: it may be needed again. */
  #closed = 0

  constructor(transport: ClientTransport, options: SourceOptions) {
    const { revision, timeout, inputTimeout } = options
    this.name = transport.name
    this.#options = options
    this.#upstreams = new (transport.single ? OneUpstream : Upstreams)(transport, { revision, timeout, onFault: (error) => this.#faulted(error) }, (main) => this.#begin(main))
    this.#listing = { timeout, onFault: (list, error) => options.logger.warn({ upstream: this.name, list, ...reasonOf(error) }, `An upstream failed to list its ${list}: they are missing here`) }
    this.#forwarder = new Forwarder(this.#upstreams, timeout, inputTimeout)
  }

  /** Never rejects: there may be somebody later. */
  async reach(): Promise<void> {
    this.needed = true
    const closed = this.#closed
    try {
      await this.#upstreams.main()
    } catch (error) {
      if (closed === this.#closed) this.#failed(error as Error)
    }
  }

  /** Throws `RpcError`. */
  async forward(ctx: RequestContext, method: string, params: Params): Promise<Result> {
    try {
      const result = await this.#forwarder.forward(ctx, method, params)
      this.#succeeded()
      return result
    } catch (error) {
      if (error instanceof RpcError && error.cause instanceof ClientError && error.cause.code === 'GANGWAY_E_UNREACHABLE') this.#failed(error.cause)
      if (!ctx.signal.aborted) void this.reach() // If it has ended, it is to be there for the next.
      throw error
    }
  }

  watch(uri: string): void {
    const change = (told: Change): void => this.#options.onChange(this, told)
    const failed = (error: unknown): void => this.#options.logger.debug({ upstream: this.name, uri, err: error }, 'A server behind the proxy tells nothing of a resource')
    this.#watched.set(uri, this.#client && follow(this.#client, { resourceSubscriptions: [uri] }, { change, missed: () => change({ uri }), failed }))
  }

  unwatch(uri: string): void {
    this.#watched.get(uri)?.()
    this.#watched.delete(uri)
  }

  async close(): Promise<void> {
    this.#closed++
    this.#forwarder.close()
    await this.#upstreams.close()
  }

  async #begin(upstream: Upstream): Promise<void> {
    const { connection, server } = upstream
    const client = new Client(connection, server, connection.requireEra())
    const isKnown = this.offer !== undefined
    const lists = await this.#look(client, upstream)
    this.fault = undefined
    this.#options.onChange(this, isKnown ? 'state' : 'offer')
    for (const list of lists) this.#options.onChange(this, { list })
    this.#client = client
    for (const uri of this.#watched.keys()) this.watch(uri)
    this.#follow(client, upstream)
  }

  /** Resolves with the lists that are not what they were when they were seen last. */
  async #look(client: Client, upstream: Upstream): Promise<ListName[]> {
    const known = this.offer?.lists
    const lists = await listAll(client, this.#listing)
    this.#set(lists, upstream)
    return known ? LIST_NAMES.filter((list) => textOf(known, list) !== textOf(lists, list)) : []
  }

  #set(lists: Lists, { connection, server, isModern }: Upstream): void {
    this.#forwarder.tools.learn(lists.tools, connection.exchanges && isModern, () => {})
    this.offer = { server, lists: withoutTasks(lists, (tools) => this.#omitted(tools)) }
  }

  /** A server that cannot be listened to has lists that stay. */
  #follow(client: Client, upstream: Upstream): void {
    follow(client, { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true }, {
      change: async (change) => {
        const changed = await listChanged(client, change, this.#listing)
        if (this.offer) this.#set({ ...this.offer.lists, ...changed }, upstream)
        this.#options.onChange(this, change)
      },
      missed: async () => {
        upstream.connection.cache.clear()
        const lists = await this.#look(client, upstream)
        this.#succeeded()
        for (const list of lists) this.#options.onChange(this, { list })
      },
      failed: (error, isReached) => {
        this.#options.logger.debug({ upstream: this.name, err: error }, 'A server behind the proxy tells of no changes')
        if (this.offer && !isReached && error instanceof ClientError && error.code === 'GANGWAY_E_UNREACHABLE') this.#failed(error)
      },
    })
  }

  /** Logs each tool once, however often the list is read. */
  #omitted(tools: readonly string[]): void {
    const unreported = tools.filter((tool) => !this.#reported.has(tool))
    for (const tool of unreported) this.#reported.add(tool)
    if (unreported.length > 0) this.#options.logger.warn({ upstream: this.name, tools: unreported }, 'The proxy leaves out tools that run only as tasks, which it does not pass on')
  }

  /** Each connection to an upstream may repeat a fault: it is logged once. */
  #faulted(error: Error): void {
    if (this.#faults.has(error.message) || this.#faults.size >= MAX_FAULTS) return
    this.#faults.add(error.message)
    this.#options.logger.warn({ upstream: this.name, ...reasonOf(error) }, 'An upstream violates the protocol')
  }

  #failed(error: Error): void {
    if (error.message === this.fault?.message) return // Said already.
    this.fault = error
    this.#options.onChange(this, 'state')
    this.#options.logger.warn({ upstream: this.name, ...reasonOf(error) }, 'A server behind the proxy cannot be reached')
  }

  #succeeded(): void {
    if (!this.fault) return
    this.fault = undefined
    this.#options.onChange(this, 'state')
  }
}

/** To compare it. Templates change with the resources. */
const textOf = (lists: Lists, list: ListName): string => JSON.stringify([lists[list], list === 'resources' && lists.templates])

/** What is not an everyday failure is shown with its stack. */
const reasonOf = (error: unknown): object => (isGangwayError(error) || error instanceof PeerError ? { reason: error.message } : { err: error })
