/** One server behind a proxy: what it offers, as it changes, and the way to it. */
import { Client } from '../client/client.ts'
import type { Subscription } from '../client/subscription.ts'
import type { ClientTransport } from '../client/transport.ts'
import { isGangwayError } from '../gangway-error.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { ServerCapabilities } from '../protocol/types/base.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { Change, ListName } from '../server/changes.ts'
import type { RequestContext } from '../server/context.ts'
import type { Logger } from '../server/logger.ts'
import { Forwarder } from './forward.ts'
import type { Lists } from './forwarded-definition.ts'
import type { Upstream } from './upstream.ts'
import { OneUpstream } from './one-upstream.ts'
import { Upstreams, type Connections } from './upstreams.ts'

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
  /** What clients in front want to hear of. */
  readonly #watched = new Map<string, Promise<Subscription> | undefined>()
  #client: Client | undefined
  /** How often: it may be needed again. */
  #closed = 0

  constructor(transport: ClientTransport, options: SourceOptions) {
    const { revision, timeout, inputTimeout } = options
    this.name = transport.name
    this.#options = options
    this.#upstreams = new (transport.single ? OneUpstream : Upstreams)(transport, { revision, timeout }, (main) => this.#begin(main))
    this.#forwarder = new Forwarder(this.#upstreams, timeout, inputTimeout)
  }

  /** Never rejects: there may be somebody later. */
  async reach(): Promise<void> {
    this.needed = true
    const closed = this.#closed
    try {
      await this.#upstreams.main()
    } catch (error) {
      if (error === this.fault || closed !== this.#closed) return // Said already, or given up.
      this.fault = error as Error
      this.#options.onChange(this, 'state')
      this.#options.logger.warn({ upstream: this.name, ...reasonOf(error) }, 'A server behind the proxy cannot be reached')
    }
  }

  /** Throws `RpcError`. */
  async forward(ctx: RequestContext, method: string, params: Params): Promise<Result> {
    try {
      return await this.#forwarder.forward(ctx, method, params)
    } catch (error) {
      if (!ctx.signal.aborted) void this.reach() // If it has ended, it is to be there for the next.
      throw error
    }
  }

  watch(uri: string): void {
    const subscribing = this.#client?.subscribe(uri)
    this.#watched.set(uri, subscribing)
    if (subscribing) void this.#relay(subscribing, uri)
  }

  unwatch(uri: string): void {
    const subscribing = this.#watched.get(uri)
    this.#watched.delete(uri)
    subscribing?.then((subscription) => subscription.close()).catch(() => {}) // It has failed, and so it is over.
  }

  async close(): Promise<void> {
    this.#closed++
    this.#forwarder.close()
    await this.#upstreams.close()
  }

  async #begin(upstream: Upstream): Promise<void> {
    const { connection, server } = upstream
    const client = new Client(connection, server, connection.requireEra())
    const known = this.offer?.lists
    const lists = await listAll(client, server.capabilities)
    this.#set(lists, upstream)
    this.fault = undefined
    this.#options.onChange(this, known ? 'state' : 'offer')
    for (const list of ['tools', 'resources', 'prompts'] as const) if (known && JSON.stringify(known[list]) !== JSON.stringify(lists[list])) this.#options.onChange(this, { list })
    this.#client = client
    for (const uri of this.#watched.keys()) this.watch(uri)
    void this.#follow(client, upstream)
  }

  #set(lists: Lists, { connection, server, isModern }: Upstream): void {
    this.#forwarder.tools.learn(lists.tools, connection.exchanges && isModern, () => {})
    this.offer = { server, lists }
  }

  async #relay(subscribing: Promise<Subscription>, uri: string): Promise<void> {
    try {
      for await (const change of await subscribing) this.#options.onChange(this, change)
    } catch (error) {
      this.#options.logger.debug({ upstream: this.name, uri, err: error }, 'A server behind the proxy tells nothing of a resource')
    }
  }

  /** For as long as the connection lasts. A server that cannot be listened to has lists that stay. */
  async #follow(client: Client, upstream: Upstream): Promise<void> {
    try {
      for await (const change of await client.listen({ toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true })) {
        const changed = await listOne(client, upstream.server.capabilities, change)
        if (this.offer) this.#set({ ...this.offer.lists, ...changed }, upstream)
        this.#options.onChange(this, change)
      }
    } catch (error) {
      this.#options.logger.debug({ upstream: this.name, err: error }, 'A server behind the proxy tells of no changes any more')
    }
  }
}

/** What is not an everyday failure is shown with its stack. */
const reasonOf = (error: unknown): object => (isGangwayError(error) || error instanceof PeerError ? { reason: error.message } : { err: error })

async function listAll(client: Client, capabilities: ServerCapabilities): Promise<Lists> {
  const [tools, resources, prompts] = await Promise.all((['tools', 'resources', 'prompts'] as const).map((list) => listOne(client, capabilities, { list })))
  return { tools: [], resources: [], templates: [], prompts: [], ...tools, ...resources, ...prompts }
}

async function listOne(client: Client, capabilities: ServerCapabilities, change: Change): Promise<Partial<Lists>> {
  if (!('list' in change) || !capabilities[change.list]) return {}
  return LIST[change.list](client)
}

const LIST: Readonly<Record<ListName, (client: Client) => Promise<Partial<Lists>>>> = {
  tools: async (client) => ({ tools: await client.listTools() }),
  resources: async (client) => ({ resources: await client.listResources(), templates: await client.listResourceTemplates().catch(() => []) }), // Some servers have resources, and no notion of templates.
  prompts: async (client) => ({ prompts: await client.listPrompts() }),
}
