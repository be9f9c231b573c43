/** What a module exports, by name, whichever way it was written or compiled. */
import { isMcpServer } from '@gangway/core'

/** Names that loaders add, of no use to a person. */
const MARKS: ReadonlySet<string> = new Set(['__esModule', 'module.exports'])

/** CommonJS arrives as the default export of a module, and compiled modules as the default of that: their members count as exports. */
export function exportsOf(module: object): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>()
  for (const scope of scopes(module)) {
    for (const name of Object.keys(scope)) {
      if (!MARKS.has(name) && !found.has(name)) found.set(name, scope[name])
    }
    if (isContainer(found.get('default'))) found.delete('default') // Its members stand for it.
  }
  return found
}

function scopes(module: object): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  for (let scope: unknown = namespaceOf(module); isContainer(scope) && !found.includes(scope); scope = scope['default']) found.push(scope)
  return found
}

/** Where `module.exports` is no object of exports, jiti puts a proxy before it, whose `default` is the thing itself. */
const namespaceOf = (module: object): object => (isContainer(module) ? module : { default: (module as { default?: unknown }).default ?? module })

/** An object that holds exports, as opposed to one that is exported. */
function isContainer(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || isMcpServer(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
