/** The interface of session stores, which keep sessions outside of the process so that a restart or another process can continue them. */
import { isSessionRecord, isObject, withTimeout, type SessionRecord } from '@gangway/core/internal'

/** Everything that is needed to restore a session. Plain JSON data. */
export interface StoredSession {
  readonly id: string
  /** The principal that the session belongs to; undefined for anonymous callers. */
  readonly principal?: string
  readonly record: SessionRecord
  /** Milliseconds since 1970. Updated from time to time: several times within `sessionIdleTimeout` while the session is in use. */
  readonly lastUsed: number
}

/**
 * Pass an implementation as `sessionStore` to share sessions between processes or to survive restarts.
 * If a method rejects or takes more than 5 seconds, the error is logged and the session continues in memory.
 */
export interface SessionStore {
  /** Resolves with undefined if there is no such session. The id comes from a client and may be any string. */
  get(id: string): Promise<StoredSession | undefined>
  /** Stores the session, and replaces a previous one with the same id. */
  set(session: StoredSession): Promise<void>
  delete(id: string): Promise<void>
  /** Deletes the sessions that were last used before this time, in milliseconds since 1970. */
  expire(before: number): Promise<void>
}

/** Validates what a store returned, because another version or program may have written it. Returns undefined unless it is the session with this id. */
export function parseSession(id: string, value: unknown): StoredSession | undefined {
  if (!isObject(value) || value.id !== id || typeof value.lastUsed !== 'number' || !isSessionRecord(value.record)) return undefined
  return value.principal === undefined || typeof value.principal === 'string' ? (value as unknown as StoredSession) : undefined
}

/** Milliseconds. Without a timeout, a database client that waits for its connection would block requests. */
const STORE_TIMEOUT = 5000

/** Rejects if the store does not respond in time. */
export const withStoreTimeout = <T>(work: Promise<T>): Promise<T> =>
  withTimeout(STORE_TIMEOUT, work, () => {
    throw new Error(`The session store has not responded for ${STORE_TIMEOUT / 1000} seconds`)
  })
