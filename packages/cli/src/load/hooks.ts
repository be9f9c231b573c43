/** Node's synchronous hooks into the resolution of modules, as far as they can be relied on. */
import process from 'node:process'

export interface ResolveContext {
  readonly parentURL?: string
}
export type Resolve = (specifier: string, context: ResolveContext) => unknown
export type RegisterHooks = (hooks: { resolve(specifier: string, context: ResolveContext, next: Resolve): unknown }) => void

/** Found by trying. */
export function hooksAreSound(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 19)
}
