/** `proxy()`: a server that forwards every request to one upstream server, over any transport on either side. */
import type { ClientTransport } from '../client/client-transport.ts'
import type { Params } from '../jsonrpc/message.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import { checkNumbers } from '../util/check-numbers.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base-types.ts'
import type { Definition } from '../definition/server-definition.ts'
import type { Logger } from '../logging/logger.ts'
import type { StateSealOptions } from '../context/request-state.ts'
import type { TransportOf } from './connections.ts'
import { forwardedDefinition } from './forwarded-definition.ts'
import type { DownstreamClient } from './downstream-clients.ts'
import type { OfferedLists } from './live-upstream.ts'
import { EMPTY_DEFINITION, ProxyBase, type Offered, type ProxyServer } from './proxy-base.ts'
import { Upstream } from './upstream.ts'
import { PROXY_NUMBERS, withDefaults } from './proxy-limits.ts'

export interface ProxyOptions {
  /** Name and version that the proxy reports to clients. @default what the upstream calls itself */
  info?: Implementation
  /** The upstream's name in errors and in the log. @default errors say "The upstream server" */
  name?: string
  /** The only revision to use with the upstream. @default the client's own era where the upstream speaks it, in the newest revision that both speak */
  revision?: Revision
  /** Milliseconds to wait for a response of the upstream. Progress resets the timer. @default 180,000 */
  timeout?: number
  /** Milliseconds that a client waits for the connection to the upstream. @default 60,000 */
  startupTimeout?: number
  /** Maximum number of connections to the upstream. Further callers wait up to 60 seconds, then get an error. @default 16 if each starts a process, otherwise 1,000 */
  maxConnections?: number
  /** Milliseconds after which an unused connection is closed. @default 60,000 */
  idleTimeout?: number
  /** Milliseconds that a client has to respond to an elicitation, sampling or roots request. @default 600,000 */
  inputTimeout?: number
  requestState?: StateSealOptions
  /** Receives the proxy's log messages. @default lines on stderr */
  logger?: Logger
}

export const PROXY_OPTIONS: OptionNames<ProxyOptions> = { info: true, name: true, revision: true, timeout: true, startupTimeout: true, maxConnections: true, idleTimeout: true, inputTimeout: true, requestState: true, logger: true }

/**
 * Forwards every request to an upstream. `await proxy(http('https://example.com/mcp')).run()` serves a remote server on stdio.
 * Clients and the upstream may speak different protocol eras.
 *
 * Each legacy client session gets its own upstream session, which starts with the first request and uses the client's name and capabilities.
 * Pass a function instead of a transport to connect with the credentials of each caller.
 *
 * While the upstream is unreachable, requests fail with −32603 and the reason is logged. Throws `GANGWAY_E_USAGE` for unknown options and values out of range.
 */
export function proxy(upstream: ClientTransport | TransportOf, options: ProxyOptions = {}): ProxyServer {
  checkOptions('proxy()', options, PROXY_OPTIONS)
  checkNumbers(options, PROXY_NUMBERS)
  return new SingleProxy(upstream, options)
}

class SingleProxy extends ProxyBase {
  readonly #upstream: Upstream
  readonly #given: Implementation | undefined
  /** Reported until the upstream has been reached. */
  readonly #preliminary: Implementation
  readonly #startup: number
  readonly #definitions = new WeakMap<OfferedLists, Definition>()

  constructor(upstream: ClientTransport | TransportOf, { info, name, revision, timeout, startupTimeout, maxConnections, idleTimeout, ...options }: ProxyOptions) {
    const preliminary = { name: name ?? 'gangway-proxy', version: '0' }
    super({ ...(info ?? preliminary), ...options }, { byToken: typeof upstream === 'function', onGone: (downstream) => this.#upstream.drop(downstream), onWatched: (downstream, uri, isWanted) => this.#upstream.watch(downstream, uri, isWanted) })
    this.#given = info
    this.#preliminary = preliminary
    const { startupTimeout: patience, ...limits } = withDefaults(upstream, { timeout, startupTimeout, maxConnections, idleTimeout })
    this.#startup = patience
    const { inputTimeout, logger } = this
    this.#upstream = new Upstream(upstream, {
      ...limits,
      name,
      revision,
      inputTimeout,
      processes: undefined,
      logger,
      onState: () => {},
      onChange: (downstream, change) => downstream.changes.publish(change),
    })
    this.onClose(() => this.#upstream.close())
  }

  get info(): Implementation {
    return this.#infoOf(this.#upstream.offer)
  }

  get instructions(): string | undefined {
    return this.#upstream.offer?.server.instructions
  }

  /** The lists that any client saw most recently. */
  get definition(): Definition {
    const { offer } = this.#upstream
    return offer ? this.#definitionOf(offer) : EMPTY_DEFINITION
  }

  protected async offered(downstream: DownstreamClient, method: string, _params: Params): Promise<Offered> {
    const offer = await this.#upstream.waitUntilReady(this.#startup, downstream, method)
    return { info: this.#infoOf(offer), instructions: offer.server.instructions, definition: this.#definitionOf(offer) }
  }

  #infoOf(offer: OfferedLists | undefined): Implementation {
    return this.#given ?? offer?.server.info ?? this.#preliminary
  }

  #definitionOf(offer: OfferedLists): Definition {
    const known = this.#definitions.get(offer)
    if (known) return known
    const definition = forwardedDefinition(offer.lists, offered(offer.server.capabilities), (ctx, method, params) => this.#upstream.forward(this.frontOf(ctx), ctx, method, params))
    this.#definitions.set(offer, definition)
    return definition
  }
}

/** Keeps the capabilities that the proxy can forward. Tasks are left out, because they differ between revisions. */
const offered = ({ tools, resources, prompts, completions, logging, extensions }: ServerCapabilities): ServerCapabilities => ({
  ...(logging && { logging }),
  ...(completions && { completions }),
  ...(tools && { tools }),
  ...(resources && { resources }),
  ...(prompts && { prompts }),
  ...(extensions !== undefined && { extensions }),
})
