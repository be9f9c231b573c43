/** Defines the state of a legacy session that a session store persists. */
import { isObject } from '../util/is-object.ts'
import { isWithinBounds } from '../protocol/kept-bytes.ts'
import { isLegacyRevision, type LegacyRevision } from '../protocol/revisions.ts'
import type { ClientDescription } from '../protocol/types/base-types.ts'
import { isLogLevel, type LogLevel } from '../protocol/types/log-level.ts'

/** Everything that another process needs to continue the session. A plain JSON object. */
export interface SessionRecord {
  readonly revision: LegacyRevision
  readonly client: ClientDescription
  /** The lowest level of log messages that the client receives. */
  readonly logLevel: LogLevel
  /** The URIs of the subscribed resources. */
  readonly subscriptions: readonly string[]
  /** Whether the client has sent `notifications/initialized`. Before that, the server sends no notifications. */
  readonly initialized: boolean
}

/** Validates a stored record. It must also keep to the limits that apply to new sessions. */
export function isSessionRecord(value: unknown): value is SessionRecord {
  if (!isObject(value) || !isLegacyRevision(value.revision) || !isLogLevel(value.logLevel) || typeof value.initialized !== 'boolean') return false
  const { client, subscriptions } = value
  return isObject(client) && isObject(client.capabilities) && Array.isArray(subscriptions) && subscriptions.every((uri) => typeof uri === 'string') && isWithinBounds(client, subscriptions)
}
