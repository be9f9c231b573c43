/** McpServer: the name of a server and what it offers. It holds no connection, session or request, so any number of them can share one server. */
import { GangwayError } from './gangway-error.ts'
import { isObject } from './util/is-object.ts'
import { SERVER_OPTIONS, type McpServerOptions } from './mcp-server-options.ts'
import { checkOptions } from './util/check-options.ts'
import { checkNumber, TIMEOUT } from './util/check-numbers.ts'
import type { Implementation } from './protocol/types/base-types.ts'
import type { Access, AccessRules } from './definition/access.ts'
import { toCacheHints, type CacheHints } from './definition/cache-hints.ts'
import type { ListName } from './protocol/lists.ts'
import { ChangeHub } from './definition/changes.ts'
import { describeItems } from './definition/describe-items.ts'
import type { Definition, ServerDefinition } from './definition/server-definition.ts'
import { checkErrorPolicy, type ErrorPolicy } from './definition/error-policy.ts'
import type { Fields } from './schema/field-map.ts'
import { foreignMethods } from './definition/foreign-methods.ts'
import { Lifetime, type Hook } from './definition/lifetime.ts'
import { stderrLogger, type Logger } from './logging/logger.ts'
import { modelWarnings } from './definition/model-warnings.ts'
import { normalizeUri } from './definition/normalize-uri.ts'
import { definePrompt, type Prompt, type PromptHandler, type PromptOptions } from './definition/prompt.ts'
import { defineResource, defineTemplate, isTemplate, type Resource, type ResourceOptions, type ResourceReader, type ResourceTemplate } from './definition/resource.ts'
import { defineRoute, routeKey, type Route, type RouteHandler, type RouteOptions } from './definition/route.ts'
import { start, type RunOptions } from './process/run.ts'
import { logLimited } from './logging/limited-log.ts'
import { safeLogger } from './logging/safe-logger.ts'
import type { Schema } from './schema/compile-schema.ts'
import { checkStateOptions, StateSeal, type StateSealOptions } from './context/request-state.ts'
import { tool, type Tool, type ToolHandler, type ToolOptions, type ToolType } from './definition/tool.ts'
import type { Running, Transport } from './process/server-transport.ts'

type ToolTypes = Record<string, ToolType<unknown, unknown>>
type TypesOf<T> = T extends Tool<infer Name, infer I, infer O> ? { [K in Name]: ToolType<I, O> } : never
type Intersection<U> = (U extends unknown ? (of: U) => void : never) extends (of: infer I) => void ? I : never

/** The names that the specification recommends. */
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/

/** What servers and proxies have in common. */
export type RunnableServer = ServerDefinition & Pick<McpServer, 'run' | 'serve'>

/**
 * Recognizes servers and proxies of every copy of this package in the process, unlike `instanceof`. The `in` check excludes objects that only forward property reads,
 * such as the module object that some loaders create around a default export.
 */
export const isMcpServer = (value: unknown): value is RunnableServer => isObject(value) && '~gangway' in value && value['~gangway'] === 'server'

export class McpServer<Tools extends ToolTypes = {}> implements ServerDefinition {
  static {
    Object.defineProperties(this.prototype, foreignMethods)
  }

  readonly '~gangway' = 'server'
  readonly info: Implementation
  readonly instructions: string | undefined
  readonly logger: Logger
  readonly errors: ErrorPolicy
  readonly inputTimeout: number
  readonly changes: ChangeHub = new ChangeHub((error) => logLimited(this.logger, 'error', { err: error }, 'A change could not be delivered to a client'))
  /** The types of the tools added so far. Exists only at compile time. */
  declare readonly toolTypes: Tools

  readonly #lifetime = new Lifetime()
  readonly #tools = new Map<string, Tool>()
  readonly #resources = new Map<string, Resource>()
  readonly #templates = new Map<string, ResourceTemplate>()
  readonly #prompts = new Map<string, Prompt>()
  readonly #routes = new Map<string, Route>()
  /** Lists that have ever had an item. They stay offered when empty, because clients read capabilities only once. */
  readonly #offered = new Set<ListName>()
  readonly #stateOptions: StateSealOptions
  #seal: StateSeal | undefined
  readonly #cacheHints: CacheHints
  readonly #pageSize: number | undefined
  readonly #scopes: readonly string[]
  readonly #hideForbidden: boolean
  #definition: Definition | undefined
  #access: AccessRules | undefined

  constructor(options: McpServerOptions) {
    checkOptions('new McpServer()', options, SERVER_OPTIONS)
    const { instructions, pageSize, scopes = [], hideForbidden = false, cacheTtl, cacheScope, requestState = {}, inputTimeout = 600_000, errors = 'masked', logger = stderrLogger, ...info } = options
    if (typeof info.name !== 'string' || typeof info.version !== 'string') {
      throw new GangwayError('GANGWAY_E_SERVER_INFO', "A server needs a name and a version: new McpServer({ name: 'shop', version: '1.0.0' })")
    }
    checkNumber('pageSize', pageSize, { unit: 'items', min: 1, whole: true, unlimited: false }, 'GANGWAY_E_PAGE_SIZE')
    checkNumber('inputTimeout', inputTimeout, TIMEOUT)
    this.info = info
    this.instructions = instructions
    checkErrorPolicy(errors)
    this.errors = errors
    this.logger = safeLogger(logger)
    this.inputTimeout = inputTimeout
    checkStateOptions(requestState)
    this.#stateOptions = requestState
    this.#pageSize = pageSize
    this.#scopes = scopes
    this.#hideForbidden = hideForbidden
    this.#cacheHints = toCacheHints({ cacheTtl, cacheScope })
  }

  /**
   * Adds a tool; takes the same arguments as `tool()` and throws the same errors. Throws `GANGWAY_E_DUPLICATE` if the name is already used. Specification: server/tools.
   *
   * @example server.tool('add', { input: { a: z.number(), b: z.number() } }, ({ a, b }) => a + b)
   */
  tool<const Name extends string, I extends Schema = {}, O extends Schema | undefined = undefined>(
    name: Name,
    options: ToolOptions<I, O>,
    handler: ToolHandler<I, O>,
  ): McpServer<Tools & { [K in Name]: ToolType<I, O> }> {
    return this.add(tool(name, options, handler)) as never
  }

  /** Adds tools that were defined with `tool()`. This keeps large servers out of a single method chain. Throws `GANGWAY_E_DUPLICATE`. */
  add<const T extends readonly Tool[]>(...tools: T): McpServer<Tools & Intersection<TypesOf<T[number]>>> {
    for (const added of tools) {
      this.#register(this.#tools, 'tools', added.name, added)
      this.#warnAboutModels(added)
    }
    return this as never
  }

  /**
   * Adds a resource. A URI with `{variables}` is a resource template (RFC 6570); its reader receives the decoded variables.
   * Throws `GANGWAY_E_DUPLICATE` and `GANGWAY_E_URI_TEMPLATE`. Specification: server/resources.
   *
   * @example server.resource('orders://{id}', { mimeType: 'application/json' }, ({ id }) => findOrder(id))
   */
  resource<const Uri extends string>(uri: Uri, options: ResourceOptions<NoInfer<Uri>>, read: ResourceReader<NoInfer<Uri>>): this {
    if (isTemplate(uri)) this.#register(this.#templates, 'resources', uri, defineTemplate(uri, options as ResourceOptions, read as ResourceTemplate['read']))
    else this.#register(this.#resources, 'resources', normalizeUri(uri), defineResource(uri, options as ResourceOptions, read as Resource['read']))
    return this
  }

  /**
   * Adds a prompt. Throws `GANGWAY_E_DUPLICATE` and `GANGWAY_E_SCHEMA`. Specification: server/prompts.
   *
   * @example server.prompt('review', { args: { code: z.string() } }, ({ code }) => `Review this code:\n${code}`)
   */
  prompt<A extends Fields = {}>(name: string, options: PromptOptions<A>, handler: PromptHandler<A>): this {
    this.#register(this.#prompts, 'prompts', name, definePrompt(name, options, handler))
    return this
  }

  /**
   * Adds a plain HTTP route next to the MCP endpoint, on every HTTP host. The handler receives a web-standard `Request` and returns a `Response`.
   * Host and Origin are checked as for the MCP endpoint. Other methods get 405; in a mounted server, the host application answers them.
   * Hosts read the routes once, when they start. Throws `GANGWAY_E_ROUTE` and `GANGWAY_E_DUPLICATE`.
   *
   * @example server.route({ method: 'GET', path: '/health' }, () => new Response('ok'))
   */
  route<const Path extends string>(options: RouteOptions<Path>, handler: RouteHandler<NoInfer<Path>>): this {
    const route = defineRoute(options, handler as RouteHandler)
    const key = routeKey(route)
    if (this.#routes.has(key)) throw new GangwayError('GANGWAY_E_DUPLICATE', `Route ${key} already exists: choose another path`)
    this.#routes.set(key, route)
    return this
  }

  /** Removes a tool and notifies connected clients. Returns false if there was no such tool. */
  removeTool(name: string): boolean {
    return this.#remove(this.#tools, 'tools', name)
  }
  /** Removes the resource with this URI, or the template as it was registered, and notifies connected clients. Returns false if there was none. */
  removeResource(uri: string): boolean {
    return isTemplate(uri) ? this.#remove(this.#templates, 'resources', uri) : this.#remove(this.#resources, 'resources', normalizeUri(uri))
  }
  /** Removes a prompt and notifies connected clients. Returns false if there was no such prompt. */
  removePrompt(name: string): boolean {
    return this.#remove(this.#prompts, 'prompts', name)
  }

  /** Notifies the clients that subscribed to this URI that its contents changed. */
  changed(uri: string): void {
    this.changes.publish({ uri })
  }

  /** Adds a hook that runs once before the first transport serves clients. If the hook throws, no transport starts. */
  onStart(hook: Hook): this {
    this.#lifetime.onStart(hook)
    return this
  }
  /** Adds a hook that runs after the last transport has stopped. Hooks run in reverse order of registration. */
  onClose(hook: Hook): this {
    this.#lifetime.onClose(hook)
    return this
  }
  get hasStartHooks(): boolean {
    return this.#lifetime.hasStartHooks
  }
  async open(): Promise<void> {
    for (const { input, output } of this.#tools.values()) for (const schema of [input, output]) await schema?.prepare?.()
    await this.#lifetime.open()
  }
  close(): Promise<void> {
    return this.#lifetime.close()
  }

  /**
   * Serves clients, and resolves once the transport is ready. Pass a transport such as `http({ port: 8000 })`, or its name, which loads its package.
   * Call it again to serve over another transport. @default stdio
   *
   * For a program that is the server. `run()` owns the process: after a signal, or when the last transport stops, it shuts down gracefully and exits.
   * An error outside of a handler is logged and does not end the process. In a program with other work, call `serve()` instead.
   */
  run(transport: Transport): Promise<Running>
  run(options?: RunOptions): Promise<Running> // Must be the last overload: the error messages of TypeScript refer to it.
  run(...args: readonly unknown[]): Promise<Running> {
    return start('run', this, args)
  }

  /**
   * Serves clients like `run()` and accepts the same argument, but leaves the process to the program: it handles no signals and no uncaught errors, and never exits.
   *
   * For a server inside of a program with other work, such as an application or a test. Call `close()` of the result to stop serving.
   */
  serve(transport: Transport): Promise<Running>
  serve(options?: RunOptions): Promise<Running> // The last overload, as for `run`.
  serve(...args: readonly unknown[]): Promise<Running> {
    return start('serve', this, args)
  }

  /** The routes registered so far. A host reads them once, when it starts. */
  get routes(): readonly Route[] {
    return [...this.#routes.values()]
  }

  /** Created on first use, because most servers never need it. */
  get seal(): StateSeal {
    this.#seal ??= new StateSeal(this.#stateOptions)
    return this.#seal
  }

  get access(): AccessRules {
    this.#access ??= this.#rules()
    return this.#access
  }

  get definition(): Definition {
    this.#definition ??= {
      pageSize: this.#pageSize,
      cacheHints: this.#cacheHints,
      capabilities: { logging: {}, ...(this.#completes() && { completions: {} }), ...Object.fromEntries([...this.#offered].map((list) => [list, { listChanged: true, ...(list === 'resources' && { subscribe: true }) }])) },
      tools: new Map(this.#tools),
      resources: new Map(this.#resources),
      templates: new Map(this.#templates),
      prompts: new Map(this.#prompts),
      lists: describeItems({ tools: this.#tools, resources: this.#resources, templates: this.#templates, prompts: this.#prompts }),
    }
    return this.#definition
  }

  /** Runs once per tool. Tools of a proxy are not registered here, so no warnings are logged for them. */
  #warnAboutModels({ name, description }: Tool): void {
    if (!TOOL_NAME.test(name)) this.logger.warn({ tool: name }, 'Some clients reject this tool name. Use 1 to 128 characters from A-Z a-z 0-9 _ . -')
    const warnings = modelWarnings(description.inputSchema)
    if (warnings.length > 0) this.logger.warn({ tool: name }, `Some model APIs reject the input schema of tool "${name}". ${warnings.join('. ')}`)
  }

  #rules(): AccessRules {
    const items = [this.#tools, this.#resources, this.#templates, this.#prompts].flatMap((registry): { readonly access?: Access }[] => [...registry.values()])
    const scoped = this.#scopes.length > 0 || items.some(({ access }) => access?.scopes)
    return { scopes: this.#scopes, scoped, restricted: (scoped && this.#hideForbidden) || items.some(({ access }) => access?.visible), hideForbidden: this.#hideForbidden }
  }

  #completes(): boolean {
    return [...this.#templates.values(), ...this.#prompts.values()].some(({ complete }) => Object.keys(complete).length > 0)
  }

  #register<T>(registry: Map<string, T>, list: ListName, key: string, item: T): void {
    if (typeof key !== 'string' || key === '') throw new GangwayError('GANGWAY_E_NAME', `A name in ${list} must be a non-empty string, not ${JSON.stringify(key)}`)
    if (registry.has(key)) throw new GangwayError('GANGWAY_E_DUPLICATE', `"${key}" is already registered in ${list}: choose another name, or remove the first one`)
    registry.set(key, item)
    this.#offered.add(list)
    this.#change(list)
  }

  #remove(registry: Map<string, unknown>, list: ListName, key: string): boolean {
    const removed = registry.delete(key)
    if (removed) this.#change(list)
    return removed
  }

  #change(list: ListName): void {
    this.#definition = undefined
    this.#access = undefined
    this.changes.publish({ list })
  }
}
