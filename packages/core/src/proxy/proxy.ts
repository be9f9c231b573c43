/** `proxy()`: a server that passes everything on to another one, on whatever transport each of the two is. */
import type { ClientTransport } from '../client/transport.ts'
import { atMost } from '../jsonrpc/delay.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { RpcError } from '../jsonrpc/errors.ts'
import { checkNumbers, DURATION, TIMEOUT, type NumberRules } from '../option-numbers.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base.ts'
import type { Definition, ServerDefinition } from '../server/definition.ts'
import type { Logger } from '../server/logger.ts'
import { McpServer } from '../server/server.ts'
import type { StateSealOptions } from '../server/state.ts'
import { forwardedDefinition } from './forwarded-definition.ts'
import { Source } from './source.ts'

export interface ProxyOptions {
  /** What it calls itself. @default what the server behind it does */
  info?: Implementation
  /** Speaks this revision to the server behind it. @default the newest that both speak */
  revision?: Revision
  /** Milliseconds that the server behind it gets for an answer, from one sign of life to the next. @default 600,000 */
  timeout?: number
  /** Milliseconds that the server behind it gets to be there before the first client is served. @default 60,000 */
  startup?: number
  /** Milliseconds that a client gets to answer a question. @default 600,000 */
  inputTimeout?: number
  state?: StateSealOptions
  /** @default lines on stderr */
  logger?: Logger
}

export const PROXY_NUMBERS: NumberRules<ProxyOptions> = { timeout: TIMEOUT, startup: DURATION, inputTimeout: TIMEOUT }

/** What it offers is not its own: there is nothing to register. */
export type ProxyServer = Pick<McpServer, Exclude<keyof ServerDefinition, 'prepare' | 'pin'> | 'run' | 'route' | 'onStart' | 'onClose' | 'toolTypes'>

/**
 * A server like any other: `await proxy(http('https://example.com/mcp')).run()` puts a remote one on stdio. Clients may be of either era, and so may the server behind: it is asked
 * for its lists once, and told of their changes. While it cannot be reached, `initialize` and `server/discover` answer with an error that says why.
 */
export function proxy(upstream: ClientTransport, options: ProxyOptions = {}): ProxyServer {
  checkNumbers(options, PROXY_NUMBERS)
  return new Passing(upstream, options)
}

class Passing extends McpServer {
  readonly #source: Source
  #forwarded: Definition | undefined

  constructor(upstream: ClientTransport, { info: own, revision, timeout = 600_000, startup = 60_000, ...options }: ProxyOptions) {
    super({ ...(own ?? { name: upstream.name, version: '0' }), ...options })
    const { inputTimeout, logger } = this
    this.#source = new Source(upstream, {
      revision,
      timeout,
      inputTimeout,
      logger,
      onChange: ({ offer }, change) => {
        if (offer) Object.assign(this, { info: own ?? offer.server.info ?? this.info, instructions: offer.server.instructions })
        this.#forwarded = undefined
        if (typeof change === 'object') this.changes.publish(change)
      },
    })
    this.changes.onWatched = (uri, wanted) => (wanted ? this.#source.watch(uri) : this.#source.unwatch(uri))
    this.onStart(() => atMost(startup, this.#source.reach()))
    this.onClose(() => this.#source.close())
  }

  /** Throws what the client is to read, while there is nobody behind. */
  override get definition(): Definition {
    const { offer, fault, name } = this.#source
    if (!offer) {
      void this.#source.reach() // The next who asks may be luckier.
      throw new RpcError(ErrorCode.InternalError, `The server behind this proxy cannot be reached: ${fault?.message ?? `${name} has not answered yet`}`)
    }
    this.#forwarded ??= forwardedDefinition(offer.lists, offered(offer.server.capabilities), (ctx, method, params) => this.#source.forward(ctx, method, params))
    return this.#forwarded
  }
}

/** What can be passed on. Tasks cannot: each revision has them otherwise. */
const offered = ({ tools, resources, prompts, completions, logging, extensions }: ServerCapabilities): ServerCapabilities => ({
  ...(logging && { logging }),
  ...(completions && { completions }),
  ...(tools && { tools }),
  ...(resources && { resources }),
  ...(prompts && { prompts }),
  ...(extensions !== undefined && { extensions }),
})
