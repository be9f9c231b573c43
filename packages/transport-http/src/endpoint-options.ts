/** The options of an HTTP endpoint, their defaults and valid ranges. */
import { checkNumbers, DURATION, limitOf, TIMEOUT, type NumberRules, type OptionNames } from '@gangway/core/internal'
import { checkChoice, GATE_OPTIONS, MAX_TOTAL_BODY, MAX_TOTAL_INFLIGHT, type GateOptions } from '@gangway/core/internal/http'
import type { SessionStore } from './session-store.ts'

export interface EndpointOptions extends GateOptions {
  /**
   * Whether legacy clients (protocol 2025-11-25 or earlier) get sessions. With 'none', any process can serve any request,
   * but legacy clients receive no change notifications and no elicitation, sampling or roots requests.
   * Modern clients (2026-07-28) need no sessions. @default 'legacy'
   */
  sessions?: 'legacy' | 'none'
  /**
   * Response type if the client accepts both. 'auto' sends JSON, or an event stream if a message is sent before the response.
   * 'json' and 'events' always send that type. JSON responses cannot carry progress, log messages or requests to the client. @default 'auto'
   */
  responses?: 'auto' | 'json' | 'events'
  /** Stores sessions outside of the process, so that they survive a restart; for example `fileSessions()`. @default none */
  sessionStore?: SessionStore
  /** Milliseconds after which a session without requests in flight and without an open stream expires. @default 1,800,000 */
  sessionIdleTimeout?: number
  /**
   * Maximum number of sessions. A further session closes the session that has been idle longest, of the principal with the most sessions.
   * Anonymous callers are distinguished by their address. No caller gets more than three quarters of the sessions.
   * Busy sessions are never closed to make room: if all candidates are busy, the new session gets 503. @default 10,000
   */
  maxSessions?: number
  /** Maximum number of requests in flight in one session. Further ones get 429. @default 64 */
  maxInflight?: number
  /**
   * Maximum number of connected event streams of one session. Further requests get 429.
   * The default allows the standalone stream and one stream for each call in flight, so that progress of some calls cannot make another call fail.
   * @default maxInflight + 1
   */
  maxStreams?: number
  /**
   * Maximum number of in-flight requests without a session on one connection: requests from modern clients, and with `sessions: 'none'` all requests.
   * Further ones get 429. `fetchHandler` does not know connections and ignores this option. @default 256
   */
  maxConnectionInflight?: number
  /**
   * Maximum number of in-flight requests across all clients, except `subscriptions/listen`. Further ones get 503.
   * The last quarter is reserved for callers that use less than 1%. @default 10,000
   */
  maxTotalInflight?: number
  /**
   * Maximum bytes of memory for the bodies of all requests in flight, with an estimate of the parsed JSON.
   * A body's memory is released when the handlers of its request have settled. Further bodies get 503.
   * The last quarter is reserved for callers that use less than 1%. @default 134,217,728
   */
  totalBodyLimit?: number
  /** Maximum number of open `subscriptions/listen` requests. Further ones get 503. The last quarter is reserved for callers that use less than 1%. @default 10,000 */
  maxSubscriptions?: number
  /** Maximum bytes queued on one stream for a client that does not read. Above it, the stream is closed. @default 1,048,576 */
  queueBytes?: number
  /**
   * Maximum bytes queued across all streams. Above it, a write to a stream whose client has fallen behind closes that stream.
   * Above twice as many bytes, a write closes any stream. @default 67,108,864
   */
  totalQueueBytes?: number
  /** Milliseconds between comments on a silent event stream. Must be shorter than the idle timeout of every proxy in front of the server. @default 15,000 */
  keepAliveInterval?: number
  /** Maximum bytes of events that a session stores for resuming with `Last-Event-ID`. @default 1,048,576 */
  eventLogBytes?: number
  /** Maximum bytes of stored events across all sessions. @default 67,108,864 */
  totalEventLogBytes?: number
  /** Milliseconds that calls in flight have to finish when the endpoint closes. Then they are aborted. @default 10,000 */
  drainTimeout?: number
}

export type EndpointLimits = Required<Omit<EndpointOptions, keyof GateOptions | 'sessions' | 'sessionStore'>>

const DEFAULTS: Omit<EndpointLimits, 'maxStreams'> = {
  responses: 'auto',
  sessionIdleTimeout: 1_800_000,
  maxSessions: 10_000,
  maxInflight: 64,
  maxConnectionInflight: 256,
  maxTotalInflight: MAX_TOTAL_INFLIGHT,
  totalBodyLimit: MAX_TOTAL_BODY,
  maxSubscriptions: 10_000,
  queueBytes: 2 ** 20,
  totalQueueBytes: 2 ** 26,
  keepAliveInterval: 15_000,
  eventLogBytes: 2 ** 20,
  totalEventLogBytes: 2 ** 26,
  drainTimeout: 10_000,
}

const NUMBERS: NumberRules<EndpointLimits> = {
  sessionIdleTimeout: TIMEOUT,
  maxSessions: limitOf('sessions'),
  maxInflight: limitOf('requests'),
  maxStreams: limitOf('streams'),
  maxConnectionInflight: limitOf('requests'),
  maxTotalInflight: limitOf('requests'),
  totalBodyLimit: limitOf('bytes'),
  maxSubscriptions: limitOf('subscriptions', 0),
  queueBytes: limitOf('bytes'),
  totalQueueBytes: limitOf('bytes'),
  keepAliveInterval: TIMEOUT,
  eventLogBytes: limitOf('bytes', 0),
  totalEventLogBytes: limitOf('bytes', 0),
  drainTimeout: DURATION,
}

const names = Object.fromEntries([...Object.keys(DEFAULTS), 'maxStreams'].map((name) => [name, true])) as OptionNames<EndpointLimits>

export const ENDPOINT_OPTIONS: OptionNames<EndpointOptions> = { ...GATE_OPTIONS, ...names, sessions: true, sessionStore: true }

/** Applies the defaults; undefined is treated as omitted. Throws `GANGWAY_E_USAGE` for values out of range. */
export function toLimits(options: EndpointOptions): EndpointLimits {
  const given = Object.fromEntries(Object.entries(options).filter(([name, value]) => name in names && value !== undefined))
  const limits: EndpointLimits = { ...DEFAULTS, maxStreams: (options.maxInflight ?? DEFAULTS.maxInflight) + 1, ...given }
  checkChoice('responses', limits.responses, ['auto', 'json', 'events'])
  checkNumbers(limits, NUMBERS)
  return limits
}
