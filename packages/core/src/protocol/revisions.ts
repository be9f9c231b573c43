/** Protocol revisions, the two eras they fall into, and the `_meta` keys that the modern era is built on. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { Message } from '../jsonrpc/message.ts'

/** Revisions with a handshake and a session, newest first. */
export const LEGACY_REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const
/** Revisions in which every request brings its own context. */
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
 * A message is modern when its own body says so, whatever else is wrong with it; anything else belongs to a session.
 * `initialize` is the exception: it is of the other era unless there is no doubt.
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

/** The handshake's rule: the revision that was asked for if we speak it, else our newest. */
export function negotiate(requested: string): LegacyRevision {
  return isLegacyRevision(requested) ? requested : LEGACY_REVISIONS[0]
}
