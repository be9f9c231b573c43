/** McpServer: what a server is called and what it offers. It holds no connection, session or request, so any number may share it. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { checkOptions, type OptionNames } from '../option-names.ts'
import { checkNumber, TIMEOUT } from '../option-numbers.ts'
import type { Implementation } from '../protocol/types/base.ts'
import type { Access, AccessRules } from './access.ts'
import { toCacheHints, type CacheHints, type CacheOptions } from './cache-hints.ts'
import { ChangeHub, type ListName } from './changes.ts'
import type { Definition, ServerDefinition } from './definition.ts'
import { checkErrorPolicy, type ErrorPolicy } from './error-policy.ts'
import type { Fields } from './fields.ts'
import { foreignMethods } from './foreign-methods.ts'
import { Lifetime, type Hook } from './lifetime.ts'
import { stderrLogger, type Logger } from './logger.ts'
import { modelWarnings } from './model-warnings.ts'
import { normalizeUri } from './normalize-uri.ts'
import { definePrompt, type Prompt, type PromptHandler, type PromptOptions } from './prompt.ts'
import { defineResource, defineTemplate, isTemplate, type Resource, type ResourceOptions, type ResourceReader, type ResourceTemplate } from './resource.ts'
import { defineRoute, routeKey, type Route, type RouteHandler, type RouteOptions } from './route.ts'
import { run, type ProcessOptions, type RunOptions } from './run.ts'
import { safeLogger } from './safe-logger.ts'
import type { Schema } from './schema.ts'
import { checkStateOptions, StateSeal, type StateSealOptions } from './state.ts'
import { tool, type Tool, type ToolHandler, type ToolOptions, type ToolType } from './tool.ts'
import type { Running, Transport } from './transport.ts'

export interface McpServerOptions extends Implementation {
  /** How to use this server: many clients show it to the model. */
  instructions?: string
  /** Items on one page of a list. @default all */
  pageSize?: number
  /** What every caller must have been granted, beside what the single tool, resource or prompt needs. @default nothing */
  scopes?: readonly string[]
  /** Leaves out of the lists what the caller has not been granted; it does not exist for them then. @default false */
  hideForbidden?: boolean
  /** For how long clients of 2026-07-28 may keep the lists. */
  cache?: CacheOptions
  /** How the answers to questions are sealed while clients of 2026-07-28 carry them. Several processes behind one address need common keys. */
  state?: StateSealOptions
  /** Milliseconds that a client of 2025 gets to answer a question. @default 600,000 */
  inputTimeout?: number
  /**
   * What clients see of an error that is neither a `ToolError` nor an `McpError`; the log has all of it. `masked`: "Internal error" and an error id that the
   * log line has, too. `message`: the error's message. A function gets the error and where it was thrown, and returns the text for the client, or undefined to mask it.
   * @default 'masked'
   */
  errors?: ErrorPolicy
  /** @default lines on stderr, from level info or `GANGWAY_LOG_LEVEL` */
  logger?: Logger
}

const OPTIONS: OptionNames<McpServerOptions> = { name: true, version: true, title: true, description: true, websiteUrl: true, icons: true, instructions: true, pageSize: true, scopes: true, hideForbidden: true, cache: true, state: true, inputTimeout: true, errors: true, logger: true }

type ToolTypes = Record<string, ToolType<unknown, unknown>>
type TypesOf<T> = T extends Tool<infer Name, infer I, infer O> ? { [K in Name]: ToolType<I, O> } : never
type Intersection<U> = (U extends unknown ? (of: U) => void : never) extends (of: infer I) => void ? I : never

/** What the specification recommends. */
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/

/** Knows the servers of every copy of this package in the process, which `instanceof` does not. What only answers for a server's members, as a loader's module may for its default export, does not have them. */
export const isMcpServer = (value: unknown): value is McpServer => isObject(value) && '~gangway' in value && value['~gangway'] === 'server'

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
  readonly changes: ChangeHub = new ChangeHub((error) => this.logger.error({ err: error }, 'A change could not be delivered to a client'))
  /** The types of the chained tools: for the compiler alone. */
  declare readonly toolTypes: Tools

  readonly #lifetime = new Lifetime()
  readonly #tools = new Map<string, Tool>()
  readonly #resources = new Map<string, Resource>()
  readonly #templates = new Map<string, ResourceTemplate>()
  readonly #prompts = new Map<string, Prompt>()
  readonly #routes = new Map<string, Route>()
  /** Lists that were ever offered stay offered, if empty: clients learn capabilities only once. */
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
    checkOptions('new McpServer()', options, OPTIONS)
    const { instructions, pageSize, scopes = [], hideForbidden = false, cache = {}, state = {}, inputTimeout = 600_000, errors = 'masked', logger = stderrLogger, ...info } = options
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
    checkStateOptions(state)
    this.#stateOptions = state
    this.#pageSize = pageSize
    this.#scopes = scopes
    this.#hideForbidden = hideForbidden
    this.#cacheHints = toCacheHints(cache)
  }

  /** Offers a tool, as `tool()` describes it. Throws `GANGWAY_E_DUPLICATE` if the name is taken. */
  tool<const Name extends string, I extends Schema = {}, O extends Schema | undefined = undefined>(
    name: Name,
    options: ToolOptions<I, O>,
    handler: ToolHandler<I, O>,
  ): McpServer<Tools & { [K in Name]: ToolType<I, O> }> {
    return this.add(tool(name, options, handler)) as never
  }

  /** Offers tools that were defined with `tool()`: the way to keep large servers out of one chain. */
  add<const T extends readonly Tool[]>(...tools: T): McpServer<Tools & Intersection<TypesOf<T[number]>>> {
    for (const added of tools) {
      this.#register(this.#tools, 'tools', added.name, added)
      this.#warnOfModels(added)
    }
    return this as never
  }

  /**
   * Offers a resource, or with `{variables}` in its URI a resource template (RFC 6570), whose variables the reader receives decoded.
   * Throws `GANGWAY_E_DUPLICATE` and `GANGWAY_E_URI_TEMPLATE`. Specification: server/resources.
   */
  resource<const Uri extends string>(uri: Uri, options: ResourceOptions<NoInfer<Uri>>, read: ResourceReader<NoInfer<Uri>>): this {
    if (isTemplate(uri)) this.#register(this.#templates, 'resources', uri, defineTemplate(uri, options as ResourceOptions, read as ResourceTemplate['read']))
    else this.#register(this.#resources, 'resources', normalizeUri(uri), defineResource(uri, options as ResourceOptions, read as Resource['read']))
    return this
  }

  /** Offers a prompt. Throws `GANGWAY_E_DUPLICATE` and `GANGWAY_E_SCHEMA`. Specification: server/prompts. */
  prompt<A extends Fields = {}>(name: string, options: PromptOptions<A>, handler: PromptHandler<A>): this {
    this.#register(this.#prompts, 'prompts', name, definePrompt(name, options, handler))
    return this
  }

  /**
   * Serves plain HTTP beside the protocol, on every HTTP host: the handler takes a web-standard `Request` and returns a `Response`.
   * Host and Origin are checked as for the endpoint. Other methods are 405, or in a Fastify application of your own, what that one answers.
   * Hosts take the routes that are there when they start. Throws `GANGWAY_E_ROUTE` and `GANGWAY_E_DUPLICATE`.
   */
  route<const Path extends string>(options: RouteOptions<Path>, handler: RouteHandler<NoInfer<Path>>): this {
    const route = defineRoute(options, handler as RouteHandler)
    const key = routeKey(route)
    if (this.#routes.has(key)) throw new GangwayError('GANGWAY_E_DUPLICATE', `There is a route ${key} already: choose another path`)
    this.#routes.set(key, route)
    return this
  }

  /** False if there was none. Connected clients are told. */
  removeTool(name: string): boolean {
    return this.#remove(this.#tools, 'tools', name)
  }
  /** Takes a URI, or a template as it was registered. False if there was none. Connected clients are told. */
  removeResource(uri: string): boolean {
    return isTemplate(uri) ? this.#remove(this.#templates, 'resources', uri) : this.#remove(this.#resources, 'resources', normalizeUri(uri))
  }
  /** False if there was none. Connected clients are told. */
  removePrompt(name: string): boolean {
    return this.#remove(this.#prompts, 'prompts', name)
  }

  /** Tells the clients that subscribed to it that the contents at this URI are others now. */
  changed(uri: string): void {
    this.changes.publish({ uri })
  }

  /** Runs before the first client is served, once over all transports. If it throws, nothing is served. */
  onStart(hook: Hook): this {
    this.#lifetime.onStart(hook)
    return this
  }
  /** Runs after the last transport has ended, the latest registered first. */
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
   * Serves clients; resolves once it does. A transport is named, and its package loaded, or passed as a value, such as `http({ port: 8000 })`.
   * May be called again for further transports. It owns the process: signals, and the end of the last transport, end it after an orderly close,
   * unless `process: 'host'`. @default stdio
   */
  run(transport: Transport, options?: ProcessOptions): Promise<Running>
  run(options?: RunOptions): Promise<Running> // The last, since messages speak of the last.
  run(target: Transport | RunOptions = {}, options: ProcessOptions = {}): Promise<Running> {
    return run(this, target, options)
  }

  /** Those registered until now; a host takes them when it starts. */
  get routes(): readonly Route[] {
    return [...this.#routes.values()]
  }

  /** Made on first use: most servers never ask. */
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
      lists: {
        tools: descriptions(this.#tools),
        resources: descriptions(this.#resources),
        templates: descriptions(this.#templates),
        prompts: descriptions(this.#prompts),
      },
    }
    return this.#definition
  }

  /** Once for each tool. Tools of remote servers are not registered, and so not judged. */
  #warnOfModels({ name, description }: Tool): void {
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
    if (registry.has(key)) throw new GangwayError('GANGWAY_E_DUPLICATE', `"${key}" is already among the ${list}: choose another name, or remove the first`)
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

const descriptions = <D>(registry: Map<string, { readonly description: D }>): D[] => [...registry.values()].map(({ description }) => description)
