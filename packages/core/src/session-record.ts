/** The part of a legacy session that outlives a process. */
import { isObject } from './jsonrpc/is-object.ts'
import { isWithinBounds } from './protocol/kept-bytes.ts'
import { isLegacyRevision, type LegacyRevision } from './protocol/revisions.ts'
import type { ClientDescription } from './protocol/types/base.ts'
import { isLogLevel, type LogLevel } from './protocol/types/logging.ts'

/** Everything that another process needs to continue the session. Plain data. */
export interface SessionRecord {
  readonly revision: LegacyRevision
  readonly client: ClientDescription
  /** The lowest level of the log messages that the client wants. */
  readonly logLevel: LogLevel
  /** The URIs of the resources that the client subscribes to. */
  readonly subscriptions: readonly string[]
  /** Whether `notifications/initialized` has arrived. Until then the server sends no notifications. */
  readonly initialized: boolean
}

/** Accepts only a record within the bounds of a session that was opened in this process, wherever the record was stored. */
export function isSessionRecord(value: unknown): value is SessionRecord {
  if (!isObject(value) || !isLegacyRevision(value.revision) || !isLogLevel(value.logLevel) || typeof value.initialized !== 'boolean') return false
  const { client, subscriptions } = value
  return isObject(client) && isObject(client.capabilities) && Array.isArray(subscriptions) && subscriptions.every((uri) => typeof uri === 'string') && isWithinBounds(client, subscriptions)
}
