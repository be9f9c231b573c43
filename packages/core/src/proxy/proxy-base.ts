/** The base class of `proxy()` and `proxyAll()`: gives each request the server definition of its own client. */
import type { Exchange } from '../jsonrpc/exchange.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { Implementation } from '../protocol/types/base-types.ts'
import { NO_CACHE } from '../definition/cache-hints.ts'
import type { ChangeHub } from '../definition/changes.ts'
import type { Context, RequestContext } from '../context/context.ts'
import type { Definition, ServerDefinition } from '../definition/server-definition.ts'
import { logLimited } from '../logging/limited-log.ts'
import { McpServer } from '../mcp-server.ts'
import type { McpServerOptions } from '../mcp-server-options.ts'
import { DownstreamClients, type DownstreamClient, type DownstreamClientsOptions } from './downstream-clients.ts'

/** Methods that the proxy handles without the upstream. */
const LOCAL: ReadonlySet<string> = new Set(['ping', 'logging/setLevel'])

/** The definition before an upstream has been reached. */
export const EMPTY_DEFINITION: Definition = {
  pageSize: undefined,
  cacheHints: NO_CACHE,
  capabilities: {},
  tools: new Map(),
  resources: new Map(),
  templates: new Map(),
  prompts: new Map(),
  lists: { tools: [], resources: [], templates: [], prompts: [] },
}

/** What the proxy offers to one client. */
export interface Offered {
  readonly info: Implementation
  readonly instructions: string | undefined
  readonly definition: Definition
}

export abstract class ProxyBase extends McpServer {
  readonly #downstreams: DownstreamClients
  /** Keyed by exchange, because a handler may run several times with different contexts. */
  readonly #frontOf = new WeakMap<Exchange, DownstreamClient>()

  constructor(options: McpServerOptions, fronts: Omit<DownstreamClientsOptions, 'onError'>) {
    super(options)
    this.#downstreams = new DownstreamClients({ ...fronts, onError: (error) => logLimited(this.logger, 'error', { err: error }, 'A change could not be delivered to a client') })
  }

  /** Resolves with what the client is offered. Rejects with `RpcError` if an upstream that the request needs is unreachable. */
  protected abstract offered(downstream: DownstreamClient, method: string, params: Params): Promise<Offered>

  async prepare(method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined> {
    if (LOCAL.has(method)) return undefined
    const downstream = this.#downstreams.of(ctx, method, params)
    this.#frontOf.set(ctx.exchange, downstream)
    if (method === 'subscriptions/listen') {
      downstream.listening++
      ctx.exchange.onEnd(() => downstream.listening--)
    }
    return this.#viewFor(downstream, await this.offered(downstream, method, params))
  }

  changesFor({ exchange }: Context<unknown>): ChangeHub | undefined {
    return this.#frontOf.get(exchange)?.changes
  }

  /** Returns the client that a handler runs for. */
  protected frontOf(ctx: RequestContext): DownstreamClient {
    const downstream = this.#frontOf.get((ctx as Context<unknown>).exchange)
    if (!downstream) throw new Error('A request reached a handler of the proxy without being prepared')
    return downstream
  }

  #viewFor({ changes }: DownstreamClient, { info, instructions, definition }: Offered): ServerDefinition {
    const { access, errors, logger, routes, seal, inputTimeout } = this
    return { info, instructions, definition, access, changes, errors, logger, routes, seal, inputTimeout, open: () => this.open(), close: () => this.close() }
  }
}
