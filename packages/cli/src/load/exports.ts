/** The exports of a module by name, for ES modules, CommonJS, and ES modules that were compiled to CommonJS. */
import { isMcpServer } from '@gangway/core/internal'

/** Names that compilers and loaders add. */
const MARKS: ReadonlySet<string> = new Set(['__esModule', 'module.exports'])

/** `module.exports` arrives as the default export, and for compiled modules as the default of that. Its members are treated as exports. */
export function exportsOf(module: object): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>()
  for (const scope of scopes(module)) {
    for (const name of Object.keys(scope)) {
      if (!MARKS.has(name) && !found.has(name)) found.set(name, scope[name])
    }
    if (isContainer(found.get('default'))) found.delete('default') // Its members are exports already.
  }
  return found
}

function scopes(module: object): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  for (let scope: unknown = namespaceOf(module); isContainer(scope) && !found.includes(scope); scope = scope['default']) found.push(scope)
  return found
}

/** If `module.exports` is not a plain object, jiti wraps it in a proxy whose `default` is the original. */
const namespaceOf = (module: object): object => (isContainer(module) ? module : { default: (module as { default?: unknown }).default ?? module })

/** Whether the value is an object of exports, rather than an exported value. */
function isContainer(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || isMcpServer(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
