/** The base class of `proxy()` and `proxyAll()`: gives each request the server definition of its own client. */
import type { Exchange } from '../jsonrpc/incoming-requests.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { Implementation } from '../protocol/types/base-types.ts'
import type { AccessRules } from '../definition/access.ts'
import { NO_CACHE } from '../definition/cache-hints.ts'
import type { ChangeHub } from '../definition/changes.ts'
import type { Context, RequestContext } from '../context/context.ts'
import type { ErrorPolicy } from '../definition/error-policy.ts'
import type { Hook } from '../definition/lifetime.ts'
import type { Route, RouteHandler, RouteOptions } from '../definition/route.ts'
import type { Definition, ServerDefinition } from '../definition/server-definition.ts'
import type { StateSeal } from '../context/request-state.ts'
import type { Logger } from '../logging/logger.ts'
import { logLimited } from '../logging/limited-log.ts'
import { McpServer } from '../mcp-server.ts'
import type { McpServerOptions } from '../mcp-server-options.ts'
import { start, type RunOptions } from '../process/run.ts'
import type { Running, Transport } from '../process/server-transport.ts'
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

/** A server without the methods that register tools, resources and prompts: a proxy offers those of its upstream. */
export interface ProxyServer extends Omit<ServerDefinition, 'prepare' | 'changesFor' | 'pin'>, Pick<McpServer, 'run' | 'serve' | 'toolTypes'> {
  /** Adds a plain HTTP route next to the MCP endpoint, as `route()` of `McpServer` does. */
  route<const Path extends string>(options: RouteOptions<Path>, handler: RouteHandler<NoInfer<Path>>): this
  /** Adds a hook that runs once before the first transport serves clients. If the hook throws, no transport starts. */
  onStart(hook: Hook): this
  /** Adds a hook that runs after the last transport has stopped. Hooks run in reverse order of registration. */
  onClose(hook: Hook): this
}

export abstract class ProxyBase implements ProxyServer {
  /** Makes `isMcpServer()` recognize a proxy. */
  readonly '~gangway' = 'server'
  declare readonly toolTypes: {}
  /** A server without items. It holds what a proxy has in common with other servers: hooks, routes, logger and state key. */
  readonly #base: McpServer
  readonly #downstreams: DownstreamClients
  /** Keyed by exchange, because a handler may run several times with different contexts. */
  readonly #frontOf = new WeakMap<Exchange, DownstreamClient>()

  constructor(options: McpServerOptions, fronts: Omit<DownstreamClientsOptions, 'onError'>) {
    this.#base = new McpServer(options)
    this.#downstreams = new DownstreamClients({ ...fronts, onError: (error) => logLimited(this.logger, 'error', { err: error }, 'A change could not be delivered to a client') })
  }

  /** What the proxy reports to code that runs outside of a request. */
  abstract get info(): Implementation
  abstract get instructions(): string | undefined
  abstract get definition(): Definition

  /** Resolves with what the client is offered. Rejects with `RpcError` if an upstream that the request needs is unreachable. */
  protected abstract offered(downstream: DownstreamClient, method: string, params: Params): Promise<Offered>

  get access(): AccessRules {
    return this.#base.access
  }
  get changes(): ChangeHub {
    return this.#base.changes
  }
  get logger(): Logger {
    return this.#base.logger
  }
  get errors(): ErrorPolicy {
    return this.#base.errors
  }
  get inputTimeout(): number {
    return this.#base.inputTimeout
  }
  get routes(): readonly Route[] {
    return this.#base.routes
  }
  get seal(): StateSeal {
    return this.#base.seal
  }
  get hasStartHooks(): boolean {
    return this.#base.hasStartHooks
  }

  run(transport: Transport): Promise<Running>
  run(options?: RunOptions): Promise<Running>
  run(...args: readonly unknown[]): Promise<Running> {
    return start('run', this, args)
  }
  serve(transport: Transport): Promise<Running>
  serve(options?: RunOptions): Promise<Running>
  serve(...args: readonly unknown[]): Promise<Running> {
    return start('serve', this, args)
  }
  open(): Promise<void> {
    return this.#base.open()
  }
  close(): Promise<void> {
    return this.#base.close()
  }
  route<const Path extends string>(options: RouteOptions<Path>, handler: RouteHandler<NoInfer<Path>>): this {
    this.#base.route(options, handler)
    return this
  }
  onStart(hook: Hook): this {
    this.#base.onStart(hook)
    return this
  }
  onClose(hook: Hook): this {
    this.#base.onClose(hook)
    return this
  }

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
    const { access, errors, logger, routes, seal, inputTimeout } = this.#base
    return { info, instructions, definition, access, changes, errors, logger, routes, seal, inputTimeout, open: () => this.open(), close: () => this.close() }
  }
}
