/** `proxy()`: a server that passes every request on to another one, whatever the transport of each. */
import type { ClientTransport } from '../client/transport.ts'
import type { Params } from '../jsonrpc/message.ts'
import { checkNumbers } from '../option-numbers.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base.ts'
import type { Definition, ServerDefinition } from '../server/definition.ts'
import type { Logger } from '../server/logger.ts'
import type { McpServer } from '../server/server.ts'
import type { StateSealOptions } from '../server/state.ts'
import type { TransportOf } from './connections.ts'
import { forwardedDefinition } from './forwarded-definition.ts'
import type { Front } from './front.ts'
import type { Offer } from './live-upstream.ts'
import { EMPTY_DEFINITION, ProxyBase, type Offered } from './proxy-base.ts'
import { Source } from './source.ts'
import { PROXY_NUMBERS, withDefaults } from './proxy-limits.ts'

export interface ProxyOptions {
  /** What the proxy calls itself. @default what the upstream calls itself */
  info?: Implementation
  /** What errors and the log call the upstream. @default errors say "The upstream server" */
  name?: string
  /** The only revision to speak to the upstream. @default the client's own era where the upstream speaks it, in the newest revision that both speak */
  revision?: Revision
  /** Milliseconds that the upstream gets for a response. Progress restarts the time. @default 180,000 */
  timeout?: number
  /** Milliseconds that a client waits for the connection to the upstream. @default 60,000 */
  startup?: number
  /** Connections to the upstream at a time. Callers beyond it wait, and get an error after `startup`. @default 16 if each starts a process, otherwise 1,000 */
  maxConnections?: number
  /** Milliseconds after which a connection that no client uses is closed. @default 60,000 */
  idle?: number
  /** Milliseconds that a client gets to answer an elicitation, sampling or roots request. @default 600,000 */
  inputTimeout?: number
  state?: StateSealOptions
  /** @default lines on stderr */
  logger?: Logger
}

/** There is nothing to register: a proxy offers what its upstream does. */
export type ProxyServer = Pick<McpServer, Exclude<keyof ServerDefinition, 'prepare' | 'pin'> | 'run' | 'route' | 'onStart' | 'onClose' | 'toolTypes'>

/**
 * A server like any other: `await proxy(http('https://example.com/mcp')).run()` puts a remote one on stdio. Clients may be of either era, and so may the upstream.
 * Each client session has an upstream session to itself, as itself; it begins with the client's first request. A function gets the caller, and returns the transport that connects on its behalf.
 * While the upstream cannot be reached, requests fail with −32603, and the log has the reason. Throws `GANGWAY_E_USAGE` for options out of range.
 */
export function proxy(upstream: ClientTransport | TransportOf, options: ProxyOptions = {}): ProxyServer {
  checkNumbers(options, PROXY_NUMBERS)
  return new Passing(upstream, options)
}

class Passing extends ProxyBase {
  readonly #source: Source
  readonly #own: Implementation | undefined
  readonly #startup: number
  readonly #definitions = new WeakMap<Offer, Definition>()

  constructor(upstream: ClientTransport | TransportOf, { info, name, revision, timeout, startup, maxConnections, idle, ...options }: ProxyOptions) {
    super({ ...(info ?? { name: name ?? 'gangway-proxy', version: '0' }), ...options }, { byToken: typeof upstream === 'function', onGone: (front) => this.#source.drop(front) })
    this.#own = info
    const { startup: patience, ...limits } = withDefaults(upstream, { timeout, startup, maxConnections, idle })
    this.#startup = patience
    const { inputTimeout, logger } = this
    this.#source = new Source(upstream, {
      ...limits,
      name,
      revision,
      inputTimeout,
      processes: undefined,
      logger,
      onState: () => this.#learn(),
      onChange: (front, change) => front.changes.publish(change),
    })
    this.onClose(() => this.#source.close())
  }

  /** What any client was offered last: for code that serves no request. */
  override get definition(): Definition {
    const { offer } = this.#source
    return offer ? this.#definitionOf(offer) : EMPTY_DEFINITION
  }

  protected override async offered(front: Front, _method: string, _params: Params): Promise<Offered> {
    front.changes.onWatched ??= (uri, isWanted) => this.#source.watch(front, uri, isWanted)
    const offer = await this.#source.readyWithin(this.#startup, front)
    const { info, instructions } = offer.server
    return { info: this.#own ?? info ?? this.info, instructions, definition: this.#definitionOf(offer) }
  }

  #definitionOf(offer: Offer): Definition {
    const known = this.#definitions.get(offer)
    if (known) return known
    const definition = forwardedDefinition(offer.lists, offered(offer.server.capabilities), (ctx, method, params) => this.#source.forward(this.frontOf(ctx), ctx, method, params))
    this.#definitions.set(offer, definition)
    return definition
  }

  #learn(): void {
    const { offer } = this.#source
    if (offer) Object.assign(this, { info: this.#own ?? offer.server.info ?? this.info, instructions: offer.server.instructions })
  }
}

/** What can be passed on. Tasks cannot: they differ between revisions. */
const offered = ({ tools, resources, prompts, completions, logging, extensions }: ServerCapabilities): ServerCapabilities => ({
  ...(logging && { logging }),
  ...(completions && { completions }),
  ...(tools && { tools }),
  ...(resources && { resources }),
  ...(prompts && { prompts }),
  ...(extensions !== undefined && { extensions }),
})
