/** Defaults and valid ranges of the proxy's numeric options. */
import type { ClientTransport } from '../client/client-transport.ts'
import { DURATION, limitOf, TIMEOUT, type NumberRules } from '../util/check-numbers.ts'
import type { TransportOf } from './connections.ts'

export interface ProxyLimits {
  /** Milliseconds to wait for a response. */
  readonly timeout: number
  /** Milliseconds that a client waits for the connection. */
  readonly startupTimeout: number
  /** Maximum number of connections to the upstream. @default 16 if each starts a process, otherwise 1,000 */
  readonly maxConnections: number
  /** Milliseconds after which an unused connection is closed. */
  readonly idleTimeout: number
}

type Given = { readonly [Limit in keyof ProxyLimits]: number | undefined }

const DEFAULT_MAX_PROCESSES = 16
const DEFAULT_MAX_CONNECTIONS = 1000

/** Valid ranges of the numeric options of `proxy()` and `proxyAll()`. */
export const PROXY_NUMBERS: NumberRules<Given & { inputTimeout?: number }> = { timeout: TIMEOUT, startupTimeout: DURATION, maxConnections: limitOf('connections'), idleTimeout: TIMEOUT, inputTimeout: TIMEOUT }

export const withDefaults = (upstream: ClientTransport | TransportOf, { timeout = 180_000, startupTimeout = 60_000, maxConnections, idleTimeout = 60_000 }: Given): ProxyLimits => ({
  timeout,
  startupTimeout,
  maxConnections: maxConnections ?? (typeof upstream !== 'function' && upstream.spawns ? DEFAULT_MAX_PROCESSES : DEFAULT_MAX_CONNECTIONS),
  idleTimeout,
})
