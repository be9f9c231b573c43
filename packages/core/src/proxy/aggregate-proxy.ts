/** `proxyAll()`: combines several upstreams into one server. Tool and prompt names get the upstream's name as a prefix. */
import type { ClientTransport } from '../client/client-transport.ts'
import { GangwayError } from '../gangway-error.ts'
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { RpcError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import { checkNumber, checkNumbers, limitOf } from '../util/check-numbers.ts'
import { ResourceNotFoundError } from '../protocol/mcp-errors.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base-types.ts'
import { NO_CACHE } from '../definition/cache-hints.ts'
import { describeItems } from '../definition/describe-items.ts'
import { LIST_NAMES } from '../protocol/lists.ts'
import type { RequestContext } from '../context/context.ts'
import type { Definition } from '../definition/server-definition.ts'
import type { Resource, ResourceTemplate } from '../definition/resource.ts'
import type { TransportOf } from './connections.ts'
import { ConnectionSlots } from './connection-slots.ts'
import { forwardedDefinition, type Lists } from './forwarded-definition.ts'
import type { DownstreamClient } from './downstream-clients.ts'
import type { OfferedLists } from './live-upstream.ts'
import { ProxyBase, type Offered, type ProxyServer } from './proxy-base.ts'
import { PROXY_NUMBERS, withDefaults } from './proxy-limits.ts'
import { PROXY_OPTIONS, type ProxyOptions } from './single-proxy.ts'
import { publicError } from './public-error.ts'
import { ownerOf, publicNames, servedUris, toOwnUri, toPublicUri, withPublicUris } from './public-names.ts'
import { Upstream } from './upstream.ts'

/** Options of a single upstream. */
export interface UpstreamOptions {
  revision?: Revision | undefined
  maxConnections?: number | undefined
}

export interface ProxyAllOptions extends Omit<ProxyOptions, 'info' | 'name' | 'startup'> {
  /** Name and version that the proxy reports to clients. @default `gangway-proxy` */
  info?: Implementation
  /** Milliseconds that a list request waits for each upstream. The lists of a slower upstream are announced with a change notification. @default 5,000 */
  startupTimeout?: number
  /** Maximum number of processes of all upstreams together, in addition to each upstream's `maxConnections`. Further callers wait. @default 64 */
  maxProcesses?: number
  /** Options for individual upstreams by name. They override the proxy's `revision` and `maxConnections`. */
  upstreams?: Readonly<Record<string, UpstreamOptions>>
}

const { name: _, ...SHARED } = PROXY_OPTIONS
const OPTIONS: OptionNames<ProxyAllOptions> = { ...SHARED, maxProcesses: true, upstreams: true }
const UPSTREAM_OPTIONS: OptionNames<UpstreamOptions> = { revision: true, maxConnections: true }

/** URI of a resource that shows the state of each upstream, for example to find out why a tool is missing. */
const STATUS_URI = 'gangway://upstreams'

/**
 * Combines upstreams into one server. The tool or prompt `add` of the upstream `till` becomes `till_add`, and its resource `shop://stock` becomes `shop://till/stock`.
 *
 * An unreachable upstream does not affect the others: calls to it fail with an error that names it, and the resource `gangway://upstreams` shows its state.
 * The proxy starts an upstream when a client first calls it or requests a list; a list needs all upstreams.
 *
 * Throws `GANGWAY_E_NAME` for an upstream name that cannot start a tool name, and `GANGWAY_E_USAGE` for unknown options and values out of range.
 */
export function proxyAll(upstreams: Readonly<Record<string, ClientTransport | TransportOf>>, options: ProxyAllOptions = {}): ProxyServer {
  checkOptions('proxyAll()', options, OPTIONS)
  checkNumbers(options, { ...PROXY_NUMBERS, maxProcesses: limitOf('processes') })
  checkOptions('upstreams of proxyAll()', options.upstreams ?? {}, upstreams)
  for (const [name, own] of Object.entries(options.upstreams ?? {})) {
    checkOptions(`upstream "${name}"`, own, UPSTREAM_OPTIONS)
    checkNumber(`maxConnections of upstream "${name}"`, own.maxConnections, PROXY_NUMBERS.maxConnections)
  }
  return new AggregateProxy(upstreams, options)
}

/** Fixed, because an upstream that connects later may add capabilities that the others lack. */
const CAPABILITIES: ServerCapabilities = { logging: {}, completions: {}, tools: { listChanged: true }, resources: { listChanged: true, subscribe: true }, prompts: { listChanged: true } }

const DEFAULT_MAX_PROCESSES = 64

class AggregateProxy extends ProxyBase {
  readonly info: Implementation
  readonly instructions: string | undefined = undefined
  readonly #sources: ReadonlyMap<string, Upstream>
  readonly #startup: number
  /** The merged definition of each client, with the lists that it was built from. It is rebuilt when one of them changes. */
  readonly #gathered = new WeakMap<DownstreamClient, { readonly offers: readonly (OfferedLists | undefined)[]; readonly definition: Definition }>()
  readonly #parts = new WeakMap<OfferedLists, Pick<Definition, 'tools' | 'templates' | 'prompts' | 'lists'>>()
  /** Clients that received an incomplete list and get a change notification once the missing upstream is ready. */
  readonly #incomplete = new WeakSet<DownstreamClient>()
  /** Public names with additional underscores that have been logged. */
  readonly #reported = new Set<string>()

  constructor(upstreams: Readonly<Record<string, ClientTransport | TransportOf>>, { info = { name: 'gangway-proxy', version: '0' }, revision, timeout, startupTimeout = 5000, maxConnections, maxProcesses = DEFAULT_MAX_PROCESSES, idleTimeout, upstreams: own = {}, ...options }: ProxyAllOptions) {
    const transports = Object.values(upstreams)
    super({ ...info, ...options }, { byToken: transports.some((transport) => typeof transport === 'function'), onGone: (downstream) => this.#forget(downstream), onWatched: (downstream, uri, isWanted) => this.#watch(downstream, uri, isWanted) })
    const [wrong] = Object.keys(upstreams).filter((name) => !/^[\w.-]+$/.test(name))
    if (wrong !== undefined) throw new GangwayError('GANGWAY_E_NAME', `The upstream name ${JSON.stringify(wrong)} cannot start a tool name. Use letters, digits, and _ . -`)
    this.info = info
    this.#startup = startupTimeout
    const { inputTimeout, logger } = this
    const processes = new ConnectionSlots(maxProcesses, 'The proxy')
    this.#sources = new Map(
      Object.entries(upstreams).map(([name, transport]) => {
        const { startupTimeout: _, ...limits } = withDefaults(transport, { timeout, startupTimeout, maxConnections: own[name]?.maxConnections ?? maxConnections, idleTimeout })
        const source = new Upstream(transport, {
          ...limits,
          name,
          revision: own[name]?.revision ?? revision,
          inputTimeout,
          processes,
          logger,
          onState: () => this.#publishStatus(),
          onChange: (downstream, change) => downstream.changes.publish('uri' in change ? { uri: toPublicUri(change.uri, name) } : change),
        })
        return [name, source]
      }),
    )
    this.onClose(async () => void (await Promise.all([...this.#sources.values()].map((source) => source.close()))))
  }

  /** The lists that any client saw most recently. */
  get definition(): Definition {
    return this.#gather([...this.#sources.values()].map(({ offer }) => offer))
  }

  protected async offered(downstream: DownstreamClient, method: string, params: Params): Promise<Offered> {
    if (!downstream.gone) this.#downstreams.add(downstream)
    if (method.endsWith('/list')) await this.#list(downstream, method)
    else if (method === 'subscriptions/listen') await this.#reachAll(downstream, method)
    else await this.#reach(downstream, method, params)
    const { info, instructions } = this
    return { info, instructions, definition: this.#definitionFor(downstream) }
  }

  #watch(downstream: DownstreamClient, uri: string, isWanted: boolean): void {
    const { source, rest } = this.#find(uri) ?? {}
    if (source && rest !== undefined) source.watch(downstream, rest, isWanted)
  }

  /** Waits for every upstream, up to `startupTimeout`. Upstreams that are not ready by then are announced later. */
  async #reachAll(downstream: DownstreamClient, method: string): Promise<void> {
    const sources = [...this.#sources.values()]
    const outcomes = await Promise.allSettled(sources.map((source) => source.waitUntilReady(this.#startup, downstream, method)))
    for (const [index, outcome] of outcomes.entries()) if (outcome.status === 'rejected') this.#announceLater(downstream, sources[index] as Upstream, method)
  }

  /** Rejects if every upstream is unreachable: an empty list would look like a success. */
  async #list(downstream: DownstreamClient, method: string): Promise<void> {
    await this.#reachAll(downstream, method)
    const sources = [...this.#sources.values()]
    if (sources.length > 0 && sources.every((source) => source.fault && !source.offerTo(downstream))) {
      throw new RpcError(ErrorCode.InternalError, `None of the upstreams can be reached: ${sources.map(({ name }) => name).join(', ')}`)
    }
  }

  /** Sends change notifications to the client once the upstream is ready. */
  #announceLater(downstream: DownstreamClient, source: Upstream, method: string): void {
    const offer = source.offerTo(downstream)
    if (offer || this.#incomplete.has(downstream)) return
    this.#incomplete.add(downstream)
    source.ready(downstream, method).then(
      () => {
        for (const list of LIST_NAMES) downstream.changes.publish({ list })
      },
      () => {}, // The next list request tries again.
    ).finally(() => this.#incomplete.delete(downstream))
  }

  /** Waits for the upstream that the request is addressed to. */
  async #reach(downstream: DownstreamClient, method: string, params: Params): Promise<void> {
    const { name, uri } = method === 'completion/complete' && isObject(params.ref) ? params.ref : params
    const source = typeof uri === 'string' ? this.#find(uri)?.source : typeof name === 'string' ? this.#sources.get(ownerOf(name, this.#sources.keys()) ?? '') : undefined
    await source?.ready(downstream, method)
  }

  #definitionFor(downstream: DownstreamClient): Definition {
    const offers = [...this.#sources.values()].map((source) => source.offerTo(downstream))
    const known = this.#gathered.get(downstream)
    if (known && offers.every((offer, index) => offer === known.offers[index])) return known.definition
    const definition = this.#gather(offers)
    this.#gathered.set(downstream, { offers, definition })
    return definition
  }

  #gather(offers: readonly (OfferedLists | undefined)[]): Definition {
    const parts = [...this.#sources.values()].flatMap((source, index) => {
      const offer = offers[index]
      return offer ? [this.#partOf(source, offer)] : []
    })
    const all = <K extends keyof Lists>(list: K): Lists[K] => parts.flatMap(({ lists }): Lists[K][number][] => [...lists[list]]) as unknown as Lists[K]
    const status: Resource = { description: { uri: STATUS_URI, name: 'upstreams', mimeType: 'application/json' }, cacheHints: NO_CACHE, read: () => this.#status() }
    const any: ResourceTemplate = {
      description: { uriTemplate: '{+uri}', name: 'any' },
      cacheHints: NO_CACHE,
      isForeign: true,
      complete: {},
      template: { variables: ['uri'], match: (uri) => (this.#find(uri) ? { uri } : undefined) },
      read: ({ uri = '' }, ctx) => this.#read(uri, ctx),
    }
    return {
      pageSize: undefined,
      cacheHints: NO_CACHE,
      capabilities: CAPABILITIES,
      lists: { tools: all('tools'), resources: [status.description, ...all('resources')], templates: all('templates'), prompts: all('prompts') },
      tools: new Map(parts.flatMap(({ tools }) => [...tools])),
      resources: new Map([[STATUS_URI, status]]),
      templates: new Map([...parts.flatMap(({ templates }) => [...templates]), ['{+uri}', any]]),
      prompts: new Map(parts.flatMap(({ prompts }) => [...prompts])),
    }
  }

  #partOf(source: Upstream, offer: OfferedLists): Pick<Definition, 'tools' | 'templates' | 'prompts' | 'lists'> {
    const known = this.#parts.get(offer)
    if (known) return known
    const name = source.name ?? ''
    const isServed = servedUris(offer.lists)
    const forward = async (ctx: RequestContext, method: string, params: Params): Promise<Result> => withPublicUris(await source.forward(this.frontOf(ctx), ctx, method, params), name, isServed)
    const part = renamed(offer.lists, forward, name, [...this.#sources.keys()], (own, publicName) => this.#renamed(name, own, publicName))
    this.#parts.set(offer, part)
    return part
  }

  /** Logs each renamed tool or prompt once. */
  #renamed(upstream: string, own: string, publicName: string): void {
    if (this.#reported.has(publicName)) return
    this.#reported.add(publicName)
    this.logger.warn({ upstream, name: own, publicName }, 'The default public name could belong to another upstream, so the proxy uses a longer one')
  }

  #status(): object {
    return Object.fromEntries([...this.#sources].map(([name, { needed, offer, fault }]) => [name, fault ? { state: 'failed', error: publicError(fault, name) } : offer ? { state: 'ready', ...(offer.missing.length > 0 && { missing: offer.missing }) } : { state: needed ? 'starting' : 'idle' }]))
  }

  async #read(uri: string, ctx: RequestContext): Promise<object> {
    const { name = '', source, rest = '' } = this.#find(uri) ?? {}
    const downstream = this.frontOf(ctx)
    try {
      const result = (await source?.forward(downstream, ctx, 'resources/read', { uri: rest })) ?? {}
      const offer = source?.offerTo(downstream)
      const isServed = offer && servedUris(offer.lists)
      return withPublicUris(result, name, (found) => found === rest || isServed?.(found) === true)
    } catch (error) {
      throw error instanceof ResourceNotFoundError ? new ResourceNotFoundError(uri) : error
    }
  }

  #find(uri: string): { name: string; source: Upstream; rest: string } | undefined {
    for (const [name, source] of this.#sources) {
      const rest = toOwnUri(uri, name)
      if (rest !== undefined) return { name, source, rest }
    }
    return undefined
  }

  readonly #downstreams = new Set<DownstreamClient>()

  #forget(downstream: DownstreamClient): void {
    this.#downstreams.delete(downstream)
    for (const source of this.#sources.values()) source.drop(downstream)
  }

  #publishStatus(): void {
    for (const { changes } of this.#downstreams) changes.publish({ uri: STATUS_URI })
  }
}

/** Builds the definition of one upstream with public names. Resources are only listed; reads are resolved by URI. */
function renamed(lists: Lists, forward: Parameters<typeof forwardedDefinition>[2], name: string, names: readonly string[], onUnusual: (own: string, publicName: string) => void): Pick<Definition, 'tools' | 'templates' | 'prompts' | 'lists'> {
  const own = forwardedDefinition(lists, {}, forward)
  const rename = <T extends { readonly name: string; readonly description: { name: string } }>(items: ReadonlyMap<string, T>): Map<string, T> => {
    const called = publicNames([...items.keys()], name, names)
    return new Map([...items.values()].map((item) => {
      const publicName = called.get(item.name) ?? item.name
      if (publicName !== `${name}_${item.name}`) onUnusual(item.name, publicName)
      return [publicName, { ...item, name: publicName, description: { ...item.description, name: publicName } }]
    }))
  }
  const [tools, prompts] = [rename(own.tools), rename(own.prompts)]
  const templates = lists.templates.flatMap(({ uriTemplate }) => {
    const template = own.templates.get(uriTemplate)
    return template ? [{ ...template, description: { ...template.description, uriTemplate: toPublicUri(uriTemplate, name) } }] : []
  })
  const items = { tools, prompts, templates: new Map(templates.map((template) => [template.description.uriTemplate, template])) }
  const resources = lists.resources.map((resource) => ({ ...resource, uri: toPublicUri(resource.uri, name) }))
  return { ...items, lists: { ...describeItems({ ...items, resources: new Map() }), resources } }
}
