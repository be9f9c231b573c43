/** What may be set for an endpoint, and what it is set to otherwise. */
import { checkNumbers, DURATION, limitOf, TIMEOUT, type NumberRules, type OptionNames } from '@gangway/core'
import { checkChoice, GATE_OPTIONS, type GateOptions } from '@gangway/core/web'
import type { SessionStore } from './session-store.ts'

export interface EndpointOptions extends GateOptions {
  /**
   * What clients of 2025 and before get. Without sessions ('stateless'), any process can answer any request, but those clients hear of no
   * changes and cannot be asked anything. Clients of 2026-07-28 need none. @default 'stateful'
   */
  sessions?: 'stateful' | 'stateless'
  /** How requests are answered where the client takes either: as JSON unless something is said before the answer ('auto'), or always as one of the two. Without streams, progress and questions are lost. @default 'auto' */
  responses?: 'auto' | 'json' | 'events'
  /** Keeps sessions beside the memory of this process, so that they survive it; `fileSessions()` is one. @default none */
  sessionStore?: SessionStore
  /** Milliseconds a session may rest, with nothing in flight and no stream open. @default 1,800,000 */
  sessionIdle?: number
  /**
   * Sessions at a time. A further one ends the idlest session of the principal that has the most; anonymous callers count by their address.
   * No caller gets more than three quarters of them. Busy sessions never end to make room: if all that could end are busy, the new one gets 503. @default 10,000
   */
  maxSessions?: number
  /** Requests in flight in one session; a further one is answered with 429. @default 64 */
  maxInflight?: number
  /**
   * Event streams of one session that a client is connected to. Further requests get 429.
   * The default leaves room for the standing stream and for one stream of each call in flight, so that no call fails because others report progress.
   * @default maxInflight + 1
   */
  maxStreams?: number
  /** Requests without a session in flight on one connection: those of clients of 2026-07-28, and all with `sessions: 'stateless'`. Further ones get 429. Not known to `fetchHandler`. @default 256 */
  maxConnectionInflight?: number
  /** The same on all connections together. Further ones get 503. @default 10,000 */
  maxTotalInflight?: number
  /** Bytes of request bodies over 64 KiB, of all requests in flight together. Further ones get 503. @default 268,435,456 */
  maxTotalBody?: number
  /** Open `subscriptions/listen` requests of all clients together; a further one is answered with 503. @default 10,000 */
  maxSubscriptions?: number
  /** Bytes that wait on one stream for a client that does not read; with more, the stream is cut off. @default 1,048,576 */
  maxQueued?: number
  /** Milliseconds between the comments on a silent event stream, which keep proxies from closing it: shorter than the shortest time that one of them waits. @default 15,000 */
  keepAlive?: number
  /** Bytes of events that a session keeps for `Last-Event-ID`. @default 1,048,576 */
  eventLog?: number
  /** The same for all sessions together. @default 67,108,864 */
  totalEventLog?: number
  /** Milliseconds that calls in flight get to finish when the endpoint closes. @default 10,000 */
  drain?: number
}

export type EndpointLimits = Required<Omit<EndpointOptions, keyof GateOptions | 'sessions' | 'sessionStore'>>

const DEFAULTS: Omit<EndpointLimits, 'maxStreams'> = {
  responses: 'auto',
  sessionIdle: 1_800_000,
  maxSessions: 10_000,
  maxInflight: 64,
  maxConnectionInflight: 256,
  maxTotalInflight: 10_000,
  maxTotalBody: 2 ** 28,
  maxSubscriptions: 10_000,
  maxQueued: 2 ** 20,
  keepAlive: 15_000,
  eventLog: 2 ** 20,
  totalEventLog: 2 ** 26,
  drain: 10_000,
}

const NUMBERS: NumberRules<EndpointLimits> = {
  sessionIdle: TIMEOUT,
  maxSessions: limitOf('sessions'),
  maxInflight: limitOf('requests'),
  maxStreams: limitOf('streams'),
  maxConnectionInflight: limitOf('requests'),
  maxTotalInflight: limitOf('requests'),
  maxTotalBody: limitOf('bytes'),
  maxSubscriptions: limitOf('subscriptions', 0),
  maxQueued: limitOf('bytes'),
  keepAlive: TIMEOUT,
  eventLog: limitOf('bytes', 0),
  totalEventLog: limitOf('bytes', 0),
  drain: DURATION,
}

const names = Object.fromEntries([...Object.keys(DEFAULTS), 'maxStreams'].map((name) => [name, true])) as OptionNames<EndpointLimits>

export const ENDPOINT_OPTIONS: OptionNames<EndpointOptions> = { ...GATE_OPTIONS, ...names, sessions: true, sessionStore: true }

/** An option that is set to undefined counts as left out. Throws `GANGWAY_E_USAGE`. */
export function toLimits(options: EndpointOptions): EndpointLimits {
  const given = Object.fromEntries(Object.entries(options).filter(([name, value]) => name in names && value !== undefined))
  const limits: EndpointLimits = { ...DEFAULTS, maxStreams: (options.maxInflight ?? DEFAULTS.maxInflight) + 1, ...given }
  checkChoice('responses', limits.responses, ['auto', 'json', 'events'])
  checkNumbers(limits, NUMBERS)
  return limits
}
