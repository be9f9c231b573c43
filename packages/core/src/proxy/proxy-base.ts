/** What `proxy()` and `proxyAll()` have in common: each request sees the server as its own client is offered it. */
import type { Exchange } from '../jsonrpc/exchange.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { Implementation } from '../protocol/types/base.ts'
import { NO_CACHE } from '../server/cache-hints.ts'
import type { Context, RequestContext } from '../server/context.ts'
import type { Definition, ServerDefinition } from '../server/definition.ts'
import { McpServer, type McpServerOptions } from '../server/server.ts'
import { Fronts, type Front, type FrontsOptions } from './front.ts'

/** These need no upstream. */
const LOCAL: ReadonlySet<string> = new Set(['ping', 'logging/setLevel'])

/** Before an upstream was reached. */
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

/** What one client is offered. */
export interface Offered {
  readonly info: Implementation
  readonly instructions: string | undefined
  readonly definition: Definition
}

export abstract class ProxyBase extends McpServer {
  readonly #fronts: Fronts
  /** By what stays the same over all runs of a handler. */
  readonly #frontOf = new WeakMap<Exchange, Front>()

  constructor(options: McpServerOptions, fronts: Omit<FrontsOptions, 'onError'>) {
    super(options)
    this.#fronts = new Fronts({ ...fronts, onError: (error) => this.logger.error({ err: error }, 'A change could not be delivered to a client') })
  }

  /** Throws `RpcError` where what the request needs cannot be reached. */
  protected abstract offered(front: Front, method: string, params: Params): Promise<Offered>

  async prepare(method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined> {
    if (LOCAL.has(method)) return undefined
    const front = this.#fronts.of(ctx, method, params)
    this.#frontOf.set(ctx.exchange, front)
    if (method === 'subscriptions/listen') {
      front.listening++
      ctx.exchange.onEnd(() => front.listening--)
    }
    return this.#asSeenBy(front, await this.offered(front, method, params))
  }

  /** The client that a handler runs for. */
  protected frontOf(ctx: RequestContext): Front {
    const front = this.#frontOf.get((ctx as Context<unknown>).exchange)
    if (!front) throw new Error('A request reached a handler of the proxy without being prepared')
    return front
  }

  #asSeenBy({ changes }: Front, { info, instructions, definition }: Offered): ServerDefinition {
    const { access, errors, logger, routes, seal, inputTimeout } = this
    return { info, instructions, definition, access, changes, errors, logger, routes, seal, inputTimeout, open: () => this.open(), close: () => this.close() }
  }
}
