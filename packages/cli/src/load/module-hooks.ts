/** The types of Node's synchronous module hooks, and whether they work in this version. */
import process from 'node:process'

export interface ResolveContext {
  readonly parentURL?: string
}
export type Resolve = (specifier: string, context: ResolveContext) => unknown
export type RegisterHooks = (hooks: { resolve(specifier: string, context: ResolveContext, next: Resolve): unknown }) => void

/** Earlier versions have bugs in these hooks. The limits were found by testing. */
export function hooksAreSound(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 19)
}
