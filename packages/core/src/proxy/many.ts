/** `proxyAll()`: several servers behind one, each under a name that their tools, prompts and resources begin with. */
import type { ClientTransport } from '../client/transport.ts'
import { GangwayError } from '../gangway-error.ts'
import { atMost } from '../jsonrpc/delay.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { isRpcError, RpcError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { checkNumbers } from '../option-numbers.ts'
import { ResourceNotFoundError } from '../protocol/errors.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base.ts'
import { NO_CACHE } from '../server/cache-hints.ts'
import type { RequestContext } from '../server/context.ts'
import type { Definition } from '../server/definition.ts'
import type { Resource, ResourceTemplate } from '../server/resource.ts'
import { McpServer } from '../server/server.ts'
import { forwardedDefinition, type Lists } from './forwarded-definition.ts'
import { PROXY_NUMBERS, type ProxyOptions, type ProxyServer } from './proxy.ts'
import { ownerOf, publicNames, servedUris, toOwnUri, toPublicUri, withPublicUris } from './public-names.ts'
import { Source } from './source.ts'

export interface ProxyAllOptions extends Omit<ProxyOptions, 'info' | 'revision'> {
  /** @default `gangway-proxy` */
  info?: Implementation
  /** Milliseconds that each of the servers behind gets to be there before a list goes without it; who comes later is told of as a change of the lists. @default 5,000 */
  startup?: number
}

/** Which of the servers are there, for whoever wonders why a tool is not. */
const STATUS_URI = 'gangway://upstreams'

/**
 * A tool `add` of the server `till` is `till_add`, as is a prompt; its resource `shop://stock` is `shop://till/stock`. One that cannot be reached, or ends, leaves the others alone:
 * calls to it fail with an error that names it, it is tried again, less and less often, and the resource `gangway://upstreams` shows it.
 * Each is started when it is first needed: by a call to it, or by a list, which needs all.
 */
export function proxyAll(upstreams: Readonly<Record<string, ClientTransport>>, options: ProxyAllOptions = {}): ProxyServer {
  checkNumbers(options, PROXY_NUMBERS)
  return new Gathering(upstreams, options)
}

/** Also of servers that are not there; the one that is to blame is named. */

/** Late ones may bring what the others have not. */
const CAPABILITIES: ServerCapabilities = { logging: {}, completions: {}, tools: { listChanged: true }, resources: { listChanged: true, subscribe: true }, prompts: { listChanged: true } }

class Gathering extends McpServer {
  readonly #sources: ReadonlyMap<string, Source>
  readonly #startup: number
  #gathered: Definition | undefined
  /** The unusual names that the log has. */
  readonly #reported = new Set<string>()
  /** Whether anybody has seen a list that lacks who is late. */
  #listed = false

  constructor(upstreams: Readonly<Record<string, ClientTransport>>, { info = { name: 'gangway-proxy', version: '0' }, timeout = 600_000, startup = 5000, ...options }: ProxyAllOptions) {
    super({ ...info, ...options })
    const [wrong] = Object.keys(upstreams).filter((name) => !/^[\w.-]+$/.test(name))
    if (wrong !== undefined) throw new GangwayError('GANGWAY_E_NAME', `${JSON.stringify(wrong)} cannot begin the names of tools: call the server by letters, digits, and _ . -`)
    this.#startup = startup
    const { inputTimeout, logger } = this
    this.#sources = new Map(
      Object.entries(upstreams).map(([name, transport]) => {
        const source = new Source(transport, {
          revision: undefined,
          timeout,
          inputTimeout,
          logger,
          onChange: (_, change) => {
            this.#gathered = undefined
            if (change === 'state' || change === 'offer') this.changes.publish({ uri: STATUS_URI })
            if (change === 'offer' && this.#listed) for (const list of ['tools', 'resources', 'prompts'] as const) this.changes.publish({ list })
            if (typeof change === 'object') this.changes.publish('uri' in change ? { uri: toPublicUri(change.uri, name) } : change)
          },
        })
        return [name, source]
      }),
    )
    this.changes.onWatched = (uri, wanted) => {
      const { source, rest } = this.#find(uri) ?? {}
      if (!source || rest === undefined) return
      source[wanted ? 'watch' : 'unwatch'](rest)
      if (wanted) void source.reach()
    }
    this.onClose(async () => void (await Promise.all([...this.#sources.values()].map((source) => source.close()))))
  }

  override get definition(): Definition {
    this.#gathered ??= this.#gather()
    return this.#gathered
  }

  /** A list that would be empty because nobody is there is an error, as is a call to who is not there. */
  async prepare(method: string, params: Params): Promise<void> {
    if (method.endsWith('/list')) {
      const sources = [...this.#sources.values()]
      await Promise.all(sources.map((source) => atMost(this.#startup, source.reach())))
      this.#listed = true
      if (sources.length > 0 && sources.every(({ offer, fault }) => fault && !offer)) throw new RpcError(ErrorCode.InternalError, `None of the servers behind this proxy can be reached: ${[...this.#sources].map(unreached).join('; ')}`)
      return
    }
    const meant = this.#meant(method, params)
    await Promise.all(meant.map(([, source]) => source.reach()))
    const lacking = meant.filter(([, { offer }]) => !offer)
    if (lacking.length > 0 && lacking.length === meant.length) throw new RpcError(ErrorCode.InternalError, lacking.map(unreached).join('; '))
  }

  #meant(method: string, params: Params): [string, Source][] {
    const { name, uri } = method === 'completion/complete' && isObject(params.ref) ? params.ref : params
    if (typeof uri === 'string') {
      const { name: found, source } = this.#find(uri) ?? {}
      return found !== undefined && source ? [[found, source]] : []
    }
    const owner = typeof name === 'string' ? ownerOf(name, this.#sources.keys()) : undefined
    const source = owner === undefined ? undefined : this.#sources.get(owner)
    return owner !== undefined && source ? [[owner, source]] : []
  }

  #gather(): Definition {
    const names = [...this.#sources.keys()]
    const parts = [...this.#sources].flatMap(([name, source]) => (source.offer ? [renamed(name, source, source.offer.lists, names, (own, publicName) => this.#renamed(name, own, publicName))] : []))
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

  /** Logs each name once. */
  #renamed(upstream: string, own: string, publicName: string): void {
    if (this.#reported.has(publicName)) return
    this.#reported.add(publicName)
    this.logger.warn({ upstream, name: own, publicName }, 'The usual name would read as one of another upstream: the proxy uses a longer one')
  }

  #status(): object {
    return Object.fromEntries([...this.#sources].map(([name, { needed, offer, fault }]) => [name, fault ? { state: 'failed', error: fault.message } : { state: offer ? 'ready' : needed ? 'starting' : 'idle' }]))
  }

  async #read(uri: string, ctx: RequestContext): Promise<object> {
    const { name = '', source, rest = '' } = this.#find(uri) ?? {}
    try {
      const result = await source?.forward(ctx, 'resources/read', { uri: rest })
      const isServed = source?.offer ? servedUris(source.offer.lists) : undefined
      return withPublicUris(result ?? {}, name, (found) => found === rest || isServed?.(found) === true)
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
}

const unreached = ([name, { fault }]: [string, Source]): string => `${name} cannot be reached: ${fault?.message ?? 'it has not answered yet'}`

/** What one upstream offers, under its name. Its resources are found by their URIs. */
function renamed(name: string, source: Source, lists: Lists, names: readonly string[], onUnusual: (own: string, publicName: string) => void): Pick<Definition, 'tools' | 'templates' | 'prompts' | 'lists'> {
  const isServed = servedUris(lists)
  const forward = async (ctx: RequestContext, method: string, params: Params): Promise<Result> => {
    try {
      return withPublicUris(await source.forward(ctx, method, params), name, isServed)
    } catch (error) {
      throw isRpcError(error) && error.code === ErrorCode.InternalError ? new RpcError(ErrorCode.InternalError, `${name}: ${error.message}`, { data: error.data }) : error
    }
  }
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
