/** Where sessions are kept beside the memory of the process that serves them, so that a restart, or another process, can go on with them. */
import { isSessionRecord, type SessionRecord } from '@gangway/core'
import { isObject } from '@gangway/core/jsonrpc'

/** All of a session that outlives its process. Plain data, which JSON keeps whole. */
export interface StoredSession {
  readonly id: string
  /** Whom it belongs to; undefined if nobody is authenticated. */
  readonly principal?: string
  readonly record: SessionRecord
  /** Milliseconds since 1970. Written now and then: for a session in use, several times within the idle time. */
  readonly lastUsed: number
}

/** A method that rejects, or takes more than 5 seconds, is logged, and the session goes on in memory. */
export interface SessionStore {
  /** Ids come from clients: expect anything. Resolves with undefined for one that is not there. */
  get(id: string): Promise<StoredSession | undefined>
  /** Keeps this in place of what was kept under the id. */
  set(session: StoredSession): Promise<void>
  delete(id: string): Promise<void>
  /** Forgets the sessions that were last used before this time. */
  expire(before: number): Promise<void>
}

/** What a store gave for this id, which may have been written by another version, or by somebody else. Undefined if it is no session, or another one. */
export function parseSession(id: string, value: unknown): StoredSession | undefined {
  if (!isObject(value) || value.id !== id || typeof value.lastUsed !== 'number' || !isSessionRecord(value.record)) return undefined
  return value.principal === undefined || typeof value.principal === 'string' ? (value as unknown as StoredSession) : undefined
}

/** Milliseconds. Clients of databases may wait for a connection for as long as there is none, and ours would wait with them. */
const PATIENCE = 5000

/** Rejects where a store does not answer. */
export async function inPatience<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`The session store has not answered for ${PATIENCE / 1000} seconds`)), PATIENCE)))
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
