/** Defines the protocol revisions, the two eras that they belong to, and the `_meta` keys of the modern era. */
import { isObject } from '../util/is-object.ts'
import type { Message } from '../jsonrpc/message.ts'

/** Revisions with a handshake and sessions, newest first. */
export const LEGACY_REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const
/** Revisions without sessions: every request carries the protocol version and the client's capabilities. */
export const MODERN_REVISIONS = ['2026-07-28'] as const

export type LegacyRevision = (typeof LEGACY_REVISIONS)[number]
export type ModernRevision = (typeof MODERN_REVISIONS)[number]
export type Revision = LegacyRevision | ModernRevision

export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const

const isOneOf = <T extends string>(list: readonly T[], value: unknown): value is T => (list as readonly unknown[]).includes(value)

export const isLegacyRevision = (value: unknown): value is LegacyRevision => isOneOf(LEGACY_REVISIONS, value)
export const isModernRevision = (value: unknown): value is ModernRevision => isOneOf(MODERN_REVISIONS, value)

/**
 * Whether a message belongs to the modern era. A message is modern if its `_meta` names a protocol version, even an unsupported one.
 * `initialize` is treated as modern only if its `_meta` is a complete modern envelope.
 */
export function isModern(message: Message): boolean {
  const meta = metaOf(message)
  if (!('method' in message) || message.method !== 'initialize') return META.protocolVersion in meta
  return isModernRevision(meta[META.protocolVersion]) && isObject(meta[META.clientCapabilities])
}

export function metaOf(message: Message): Record<string, unknown> {
  const meta = 'method' in message ? message.params?._meta : undefined
  return isObject(meta) ? meta : {}
}

/** Returns the revision that the client requested in `initialize` if the server supports it, and the newest legacy revision otherwise. */
export function negotiate(requested: string): LegacyRevision {
  return isLegacyRevision(requested) ? requested : LEGACY_REVISIONS[0]
}
