/** Words for what a file exports instead of a server. */
import { isMcpServer } from '@gangway/core'

export function kindOf(value: unknown): string {
  if (isMcpServer(value)) return 'server'
  if (looksLikeSdkServer(value)) return 'server of the official SDK'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'function') return isClass(value) ? 'class' : 'function'
  if (typeof value !== 'object') return typeof value
  const { name } = (Object.getPrototypeOf(value) as object | null)?.constructor ?? Object
  // Its name alone would not explain why it is refused.
  return name === 'McpServer' ? 'McpServer of another library' : name === 'Object' ? 'object' : name
}

/** As the proxy tells one, which is not loaded to find that there is none. */
export const looksLikeSdkServer = (value: unknown): boolean => typeof value === 'object' && value !== null && ['connect', 'close'].every((name) => typeof (value as Record<string, unknown>)[name] === 'function')

export const isServer = (value: unknown): boolean => isMcpServer(value) || looksLikeSdkServer(value)

/** Cannot be called without `new`. */
const isClass = (value: object): boolean => Function.prototype.toString.call(value).startsWith('class')

export const isFactory = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function' && !isClass(value)
