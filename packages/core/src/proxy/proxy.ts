/** `proxy()`: a server that passes everything on to another one, on whatever transport each of the two is. */
import { Client } from '../client/client.ts'
import type { Subscription } from '../client/subscription.ts'
import type { ClientTransport } from '../client/transport.ts'
import { RpcError } from '../jsonrpc/errors.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base.ts'
import type { Change, ListName } from '../server/changes.ts'
import type { Definition, ServerDefinition } from '../server/definition.ts'
import type { Logger } from '../server/logger.ts'
import { McpServer } from '../server/server.ts'
import type { StateSealOptions } from '../server/state.ts'
import { Forwarder } from './forward.ts'
import { forwardedDefinition, type Lists } from './forwarded-definition.ts'
import type { Upstream } from './upstream.ts'
import { Upstreams } from './upstreams.ts'

export interface ProxyOptions {
  /** What it calls itself. @default what the server behind it does */
  info?: Implementation
  /** Speaks this revision to the server behind it. @default the newest that both speak */
  revision?: Revision
  /** Milliseconds that the server behind it gets for an answer, from one sign of life to the next. @default 600,000 */
  timeout?: number
  /** Milliseconds that a client gets to answer a question. @default 600,000 */
  inputTimeout?: number
  state?: StateSealOptions
  /** @default lines on stderr */
  logger?: Logger
}

/**
 * A server like any other: `await proxy(http('https://example.com/mcp')).run()` puts a remote one on stdio. Clients may be of either era, and so may the server behind: it is asked
 * for its lists once, and told of their changes. While it cannot be reached, `initialize` and `server/discover` answer with an error that says why.
 */
export function proxy(upstream: ClientTransport, options: ProxyOptions = {}): ProxyServer {
  return new Passing(upstream, options)
}

/** What it offers is not its own: there is nothing to register. */
export type ProxyServer = Pick<McpServer, keyof ServerDefinition | 'run' | 'route' | 'onStart' | 'onClose' | 'toolTypes'>

class Passing extends McpServer {
  readonly #name: string
  readonly #ownInfo: Implementation | undefined
  readonly #upstreams: Upstreams
  readonly #forwarder: Forwarder
  /** What clients in front want to hear of. */
  readonly #watched = new Map<string, Promise<Subscription> | undefined>()
  #client: Client | undefined
  #forwarded: Definition | undefined
  #fault: Error | undefined

  constructor(upstream: ClientTransport, { info, revision, timeout = 600_000, ...options }: ProxyOptions) {
    super({ ...(info ?? { name: upstream.name, version: '0' }), ...options })
    this.#name = upstream.name
    this.#ownInfo = info
    this.#upstreams = new Upstreams(upstream, { revision, timeout }, (main) => this.#begin(main))
    this.#forwarder = new Forwarder(this.#upstreams, timeout, this.inputTimeout)
    this.changes.onWatched = (uri, wanted) => (wanted ? this.#watch(uri) : this.#unwatch(uri))
    this.onStart(() => this.#reach())
    this.onClose(async () => {
      this.#forwarder.close()
      await this.#upstreams.close()
    })
  }

  /** Throws what the client is to read, while there is nobody behind. */
  override get definition(): Definition {
    if (this.#forwarded) return this.#forwarded
    void this.#reach() // The next who asks may be luckier.
    throw new RpcError(-32603, `The server behind this proxy cannot be reached: ${this.#fault?.message ?? this.#name}`)
  }

  /** Never rejects: there may be somebody later. */
  async #reach(): Promise<void> {
    try {
      await this.#upstreams.main()
    } catch (error) {
      if (error === this.#fault) return // Said already.
      this.#fault = error as Error
      this.logger.warn({ upstream: this.#name, err: error }, 'The server behind the proxy cannot be reached')
    }
  }

  async #begin(upstream: Upstream): Promise<void> {
    const { connection, server } = upstream
    const client = new Client(connection, server, connection.requireEra())
    const { info, instructions } = server
    Object.assign(this, { info: this.#ownInfo ?? info ?? this.info, instructions })
    const lists = await listAll(client, server.capabilities)
    const known = this.#forwarded?.lists
    this.#offer(lists, upstream)
    for (const list of ['tools', 'resources', 'prompts'] as const) if (known && JSON.stringify(known[list]) !== JSON.stringify(lists[list])) this.changes.publish({ list })
    this.#client = client
    for (const uri of this.#watched.keys()) this.#watch(uri)
    void this.#follow(client, upstream)
  }

  #offer(lists: Lists, { connection, server, isModern }: Upstream): void {
    this.#forwarder.tools.learn(lists.tools, connection.exchanges && isModern, () => {})
    this.#forwarded = forwardedDefinition(lists, offered(server.capabilities), (ctx, method, params) => this.#forwarder.forward(ctx, method, params))
  }

  #watch(uri: string): void {
    const subscribing = this.#client?.subscribe(uri)
    this.#watched.set(uri, subscribing)
    if (subscribing) void this.#relay(subscribing, uri)
  }

  #unwatch(uri: string): void {
    const subscribing = this.#watched.get(uri)
    this.#watched.delete(uri)
    subscribing?.then((subscription) => subscription.close()).catch(() => {}) // It has failed, and so it is over.
  }

  async #relay(subscribing: Promise<Subscription>, uri: string): Promise<void> {
    try {
      for await (const change of await subscribing) this.changes.publish(change)
    } catch (error) {
      this.logger.debug({ upstream: this.#name, uri, err: error }, 'The server behind the proxy tells nothing of a resource')
    }
  }

  /** For as long as the connection lasts. A server that cannot be listened to has lists that stay. */
  async #follow(client: Client, upstream: Upstream): Promise<void> {
    try {
      for await (const change of await client.listen({ toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true })) {
        const { lists } = this.definition
        this.#offer({ ...lists, ...(await listOne(client, upstream.server.capabilities, change)) }, upstream)
        this.changes.publish(change)
      }
    } catch (error) {
      this.logger.debug({ upstream: this.#name, err: error }, 'The server behind the proxy tells of no changes any more')
    }
  }
}

/** What can be passed on. Tasks cannot: each revision has them otherwise. */
const offered = ({ tools, resources, prompts, completions, logging, extensions }: ServerCapabilities): ServerCapabilities => ({
  ...(logging && { logging }),
  ...(completions && { completions }),
  ...(tools && { tools }),
  ...(resources && { resources }),
  ...(prompts && { prompts }),
  ...(extensions !== undefined && { extensions }),
})

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
