/** Classifies exported values, and names their kind for messages. */
import { isMcpServer } from '@gangway/core/internal'

export function kindOf(value: unknown): string {
  if (isMcpServer(value)) return 'server'
  if (looksLikeSdkServer(value)) return 'server written with the official SDK'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'function') return isClass(value) ? 'class' : 'function'
  if (typeof value !== 'object') return typeof value
  const { name } = (Object.getPrototypeOf(value) as object | null)?.constructor ?? Object
  // The name alone would not explain why it is rejected.
  return name === 'McpServer' ? 'McpServer from another library' : name === 'Object' ? 'object' : name
}

/** The same check as in the proxy, without importing the proxy. */
export const looksLikeSdkServer = (value: unknown): boolean => typeof value === 'object' && value !== null && ['connect', 'close'].every((name) => typeof (value as Record<string, unknown>)[name] === 'function')

export const isServer = (value: unknown): boolean => isMcpServer(value) || looksLikeSdkServer(value)

/** A class cannot be called without `new`, so it is not a factory. */
const isClass = (value: object): boolean => Function.prototype.toString.call(value).startsWith('class')

export const isFactory = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function' && !isClass(value)
