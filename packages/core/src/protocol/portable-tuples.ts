/** Rewrites tuples so that they mean the same in JSON Schema 2020-12 and accept the same values in draft-07. */
import { isObject } from '../util/is-object.ts'
import { mapSubschemas } from './json-schema.ts'
import type { JsonSchema } from './types/tool-types.ts'

/**
 * Legacy clients disagree on the dialect of a schema without `$schema`. Draft-07 ignores `prefixItems` and applies `items` to every item, so that `items: false`
 * rejects the whole tuple. The rewritten schema limits the length with `maxItems`, and its `items` accepts the schema of any position. Dialect 2020-12 applies
 * `items` only to the items after the positions. Schemas with `$schema` are not changed. The additional items of an open tuple are checked less strictly.
 */
export function withPortableTuples(schema: JsonSchema): JsonSchema {
  return '$schema' in schema || !JSON.stringify(schema).includes('"prefixItems"') ? schema : portable(schema)
}

function portable(schema: JsonSchema): JsonSchema {
  const mapped = mapSubschemas(schema, portable)
  const { prefixItems, items, ...rest } = mapped
  if (!Array.isArray(prefixItems) || items === undefined || items === true) return mapped
  const isClosed = items === false
  const maxItems = isClosed ? Math.min(prefixItems.length, typeof rest.maxItems === 'number' ? rest.maxItems : prefixItems.length) : rest.maxItems
  const anyPosition = anyOf(isClosed ? prefixItems : [...prefixItems, items])
  // Dialect 2020-12 requires at least one schema in `prefixItems`.
  return { ...rest, ...(prefixItems.length > 0 && { prefixItems }), ...(anyPosition !== undefined && { items: anyPosition }), ...(maxItems !== undefined && { maxItems }) }
}

/** Combines the schemas of all positions. Returns undefined if there are none, or if a copy would define an identifier such as `$id` twice. */
function anyOf(schemas: readonly unknown[]): unknown {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  const texts = JSON.stringify(distinct)
  if (distinct.length === 0 || /"\$(?:id|anchor|dynamicAnchor)":/.test(texts)) return undefined
  return distinct.length === 1 ? distinct[0] : { anyOf: distinct.map((schema) => (isObject(schema) ? schema : schema === true ? {} : { not: {} })) }
}
