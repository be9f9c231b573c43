/** The limits of a proxy that are numbers: their defaults and their ranges. */
import type { ClientTransport } from '../client/transport.ts'
import { DURATION, limitOf, TIMEOUT, type NumberRules } from '../option-numbers.ts'
import type { TransportOf } from './connections.ts'

export interface ProxyLimits {
  /** Milliseconds. */
  readonly timeout: number
  /** Milliseconds. */
  readonly startup: number
  /** Connections to the upstream at a time. @default 16 if each starts a process, otherwise 1,000 */
  readonly maxConnections: number
  /** Milliseconds. */
  readonly idle: number
}

type Given = { readonly [Limit in keyof ProxyLimits]: number | undefined }

const DEFAULT_MAX_PROCESSES = 16
const DEFAULT_MAX_CONNECTIONS = 1000

/** Of `proxy()` and `proxyAll()`. */
export const PROXY_NUMBERS: NumberRules<Given & { inputTimeout?: number }> = { timeout: TIMEOUT, startup: DURATION, maxConnections: limitOf('connections'), idle: TIMEOUT, inputTimeout: TIMEOUT }

export const withDefaults = (upstream: ClientTransport | TransportOf, { timeout = 180_000, startup = 60_000, maxConnections, idle = 60_000 }: Given): ProxyLimits => ({
  timeout,
  startup,
  maxConnections: maxConnections ?? (typeof upstream !== 'function' && upstream.spawns ? DEFAULT_MAX_PROCESSES : DEFAULT_MAX_CONNECTIONS),
  idle,
})
