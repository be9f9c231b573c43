/** `proxyAll()`: several upstreams as one server. The names of their tools and prompts begin with the name of the upstream. */
import type { ClientTransport } from '../client/transport.ts'
import { GangwayError } from '../gangway-error.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { RpcError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { checkNumber, checkNumbers, limitOf } from '../option-numbers.ts'
import { ResourceNotFoundError } from '../protocol/errors.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base.ts'
import { NO_CACHE } from '../server/cache-hints.ts'
import { LIST_NAMES } from '../server/changes.ts'
import type { RequestContext } from '../server/context.ts'
import type { Definition } from '../server/definition.ts'
import type { Resource, ResourceTemplate } from '../server/resource.ts'
import type { TransportOf } from './connections.ts'
import { ConnectionSlots } from './connection-slots.ts'
import { forwardedDefinition, type Lists } from './forwarded-definition.ts'
import type { Front } from './front.ts'
import type { Offer } from './live-upstream.ts'
import { ProxyBase, type Offered } from './proxy-base.ts'
import { PROXY_NUMBERS, withDefaults } from './proxy-limits.ts'
import type { ProxyOptions, ProxyServer } from './proxy.ts'
import { publicFault } from './public-fault.ts'
import { ownerOf, publicNames, servedUris, toOwnUri, toPublicUri, withPublicUris } from './public-names.ts'
import { Source } from './source.ts'

/** What an upstream has for itself. */
export interface UpstreamOptions {
  revision?: Revision | undefined
  maxConnections?: number | undefined
}

export interface ProxyAllOptions extends Omit<ProxyOptions, 'info' | 'name' | 'startup'> {
  /** @default `gangway-proxy` */
  info?: Implementation
  /** Milliseconds that a list waits for each upstream. The lists of a later one are announced as a change. @default 5,000 */
  startup?: number
  /** Processes of all upstreams at a time, in addition to the limit of each. Callers beyond it wait. @default 64 */
  maxProcesses?: number
  /** Overrides `revision` and `maxConnections` for single upstreams, by name. */
  upstreams?: Readonly<Record<string, UpstreamOptions>>
}

/** Shows the state of each upstream, to explain why a tool is missing. */
const STATUS_URI = 'gangway://upstreams'

/**
 * A tool `add` of the upstream `till` is `till_add`, as is a prompt; its resource `shop://stock` is `shop://till/stock`. An upstream that cannot be reached does not affect the others:
 * calls to it fail with an error that names it, and the resource `gangway://upstreams` shows its state. Each is started when it is first needed: by a call to it, or by a list, which needs all.
 * Throws `GANGWAY_E_NAME` for a name that cannot begin the name of a tool, and `GANGWAY_E_USAGE` for options out of range.
 */
export function proxyAll(upstreams: Readonly<Record<string, ClientTransport | TransportOf>>, options: ProxyAllOptions = {}): ProxyServer {
  checkNumbers(options, { ...PROXY_NUMBERS, maxProcesses: limitOf('processes') })
  for (const [name, { maxConnections }] of Object.entries(options.upstreams ?? {})) checkNumber(`maxConnections of upstream "${name}"`, maxConnections, PROXY_NUMBERS.maxConnections)
  return new Gathering(upstreams, options)
}

/** Also while upstreams are missing: late ones may bring what the others do not have. */
const CAPABILITIES: ServerCapabilities = { logging: {}, completions: {}, tools: { listChanged: true }, resources: { listChanged: true, subscribe: true }, prompts: { listChanged: true } }

const DEFAULT_MAX_PROCESSES = 64

class Gathering extends ProxyBase {
  readonly #sources: ReadonlyMap<string, Source>
  readonly #startup: number
  /** By the lists that it is made of, which change with any of them. */
  readonly #gathered = new WeakMap<Front, { readonly offers: readonly (Offer | undefined)[]; readonly definition: Definition }>()
  readonly #parts = new WeakMap<Offer, Pick<Definition, 'tools' | 'templates' | 'prompts' | 'lists'>>()
  /** Clients that have seen a list without an upstream that was late. */
  readonly #incomplete = new WeakSet<Front>()
  /** The unusual names that the log has. */
  readonly #reported = new Set<string>()

  constructor(upstreams: Readonly<Record<string, ClientTransport | TransportOf>>, { info = { name: 'gangway-proxy', version: '0' }, revision, timeout, startup = 5000, maxConnections, maxProcesses = DEFAULT_MAX_PROCESSES, idle, upstreams: own = {}, ...options }: ProxyAllOptions) {
    const transports = Object.values(upstreams)
    super({ ...info, ...options }, { byToken: transports.some((transport) => typeof transport === 'function'), onGone: (front) => this.#forget(front) })
    const [wrong] = Object.keys(upstreams).filter((name) => !/^[\w.-]+$/.test(name))
    if (wrong !== undefined) throw new GangwayError('GANGWAY_E_NAME', `The upstream name ${JSON.stringify(wrong)} cannot begin the name of a tool: use letters, digits, and _ . -`)
    this.#startup = startup
    const { inputTimeout, logger } = this
    const processes = new ConnectionSlots(maxProcesses, 'The proxy')
    this.#sources = new Map(
      Object.entries(upstreams).map(([name, transport]) => {
        const { startup: _, ...limits } = withDefaults(transport, { timeout, startup, maxConnections: own[name]?.maxConnections ?? maxConnections, idle })
        const source = new Source(transport, {
          ...limits,
          name,
          revision: own[name]?.revision ?? revision,
          inputTimeout,
          processes,
          logger,
          onState: () => this.#publishStatus(),
          onChange: (front, change) => front.changes.publish('uri' in change ? { uri: toPublicUri(change.uri, name) } : change),
        })
        return [name, source]
      }),
    )
    this.onClose(async () => void (await Promise.all([...this.#sources.values()].map((source) => source.close()))))
  }

  /** What any client was offered last: for code that serves no request. */
  override get definition(): Definition {
    return this.#gather([...this.#sources.values()].map(({ offer }) => offer))
  }

  protected override async offered(front: Front, method: string, params: Params): Promise<Offered> {
    this.#fronts.add(front)
    front.changes.onWatched ??= (uri, isWanted) => {
      const { source, rest } = this.#find(uri) ?? {}
      if (source && rest !== undefined) source.watch(front, rest, isWanted)
    }
    if (method.endsWith('/list')) await this.#list(front)
    else await this.#reach(front, method, params)
    const { info } = this
    return { info, instructions: undefined, definition: this.#definitionFor(front) }
  }

  /** Waits for each upstream. A list that would be empty because no upstream is there is an error. */
  async #list(front: Front): Promise<void> {
    const sources = [...this.#sources.values()]
    const outcomes = await Promise.allSettled(sources.map((source) => source.readyWithin(this.#startup, front)))
    for (const [index, outcome] of outcomes.entries()) if (outcome.status === 'rejected') this.#announceLater(front, sources[index] as Source)
    if (sources.length > 0 && sources.every((source) => source.fault && !source.offerTo(front))) {
      throw new RpcError(ErrorCode.InternalError, `None of the upstreams can be reached: ${sources.map(({ name }) => name).join(', ')}`)
    }
  }

  /** An upstream that is late changes the lists of this client when it is there. */
  #announceLater(front: Front, source: Source): void {
    const offer = source.offerTo(front)
    if (offer || this.#incomplete.has(front)) return
    this.#incomplete.add(front)
    source.ready(front).then(
      () => {
        for (const list of LIST_NAMES) front.changes.publish({ list })
      },
      () => {}, // The next list tries again.
    ).finally(() => this.#incomplete.delete(front))
  }

  /** Waits for the upstream that a request is about. */
  async #reach(front: Front, method: string, params: Params): Promise<void> {
    const { name, uri } = method === 'completion/complete' && isObject(params.ref) ? params.ref : params
    const source = typeof uri === 'string' ? this.#find(uri)?.source : typeof name === 'string' ? this.#sources.get(ownerOf(name, this.#sources.keys()) ?? '') : undefined
    await source?.ready(front)
  }

  #definitionFor(front: Front): Definition {
    const offers = [...this.#sources.values()].map((source) => source.offerTo(front))
    const known = this.#gathered.get(front)
    if (known && offers.every((offer, index) => offer === known.offers[index])) return known.definition
    const definition = this.#gather(offers)
    this.#gathered.set(front, { offers, definition })
    return definition
  }

  #gather(offers: readonly (Offer | undefined)[]): Definition {
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

  #partOf(source: Source, offer: Offer): Pick<Definition, 'tools' | 'templates' | 'prompts' | 'lists'> {
    const known = this.#parts.get(offer)
    if (known) return known
    const name = source.name ?? ''
    const isServed = servedUris(offer.lists)
    const forward = async (ctx: RequestContext, method: string, params: Params): Promise<Result> => withPublicUris(await source.forward(this.frontOf(ctx), ctx, method, params), name, isServed)
    const part = renamed(offer.lists, forward, name, [...this.#sources.keys()], (own, publicName) => this.#renamed(name, own, publicName))
    this.#parts.set(offer, part)
    return part
  }

  /** Logs each name once. */
  #renamed(upstream: string, own: string, publicName: string): void {
    if (this.#reported.has(publicName)) return
    this.#reported.add(publicName)
    this.logger.warn({ upstream, name: own, publicName }, 'The usual name would read as one of another upstream: the proxy uses a longer one')
  }

  #status(): object {
    return Object.fromEntries([...this.#sources].map(([name, { needed, offer, fault }]) => [name, fault ? { state: 'failed', error: publicFault(fault, name) } : offer ? { state: 'ready' } : { state: needed ? 'starting' : 'idle' }]))
  }

  async #read(uri: string, ctx: RequestContext): Promise<object> {
    const { name = '', source, rest = '' } = this.#find(uri) ?? {}
    const front = this.frontOf(ctx)
    try {
      const result = (await source?.forward(front, ctx, 'resources/read', { uri: rest })) ?? {}
      const offer = source?.offerTo(front)
      const isServed = offer && servedUris(offer.lists)
      return withPublicUris(result, name, (found) => found === rest || isServed?.(found) === true)
    } catch (error) {
      throw error instanceof ResourceNotFoundError ? new ResourceNotFoundError(uri) : error
    }
  }

  #find(uri: string): { name: string; source: Source; rest: string } | undefined {
    for (const [name, source] of this.#sources) {
      const rest = toOwnUri(uri, name)
      if (rest !== undefined) return { name, source, rest }
    }
    return undefined
  }

  readonly #fronts = new Set<Front>()

  #forget(front: Front): void {
    this.#fronts.delete(front)
    for (const source of this.#sources.values()) source.drop(front)
  }

  #publishStatus(): void {
    for (const { changes } of this.#fronts) changes.publish({ uri: STATUS_URI })
  }
}

/** What one upstream offers, under its name. Its resources are found by their URIs. */
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
  return {
    tools,
    prompts,
    templates: new Map(templates.map((template) => [template.description.uriTemplate, template])),
    lists: {
      tools: [...tools.values()].map(({ description }) => description),
      prompts: [...prompts.values()].map(({ description }) => description),
      templates: templates.map(({ description }) => description),
      resources: lists.resources.map((resource) => ({ ...resource, uri: toPublicUri(resource.uri, name) })),
    },
  }
}
