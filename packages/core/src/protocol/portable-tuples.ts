/** Tuples in a spelling that means the same in JSON Schema 2020-12 and accepts the same values in draft-07. */
import { isObject } from '../jsonrpc/is-object.ts'
import { mapSubschemas } from './json-schema.ts'
import type { JsonSchema } from './types/tools.ts'

/**
 * Legacy clients disagree on the dialect of a schema that does not name it. In draft-07 `prefixItems` means nothing, and `items` applies to every item:
 * `items: false` rejects the whole tuple. So `maxItems` closes it, and `items` accepts whatever any position accepts, which 2020-12 does not apply to the positions.
 * A schema with `$schema` stays as it is. Items beyond the positions of an open tuple are checked less strictly.
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
  // 2020-12 requires one position at least.
  return { ...rest, ...(prefixItems.length > 0 && { prefixItems }), ...(anyPosition !== undefined && { items: anyPosition }), ...(maxItems !== undefined && { maxItems }) }
}

/** Undefined where a copy would define an identifier twice, or there is nothing to choose from. */
function anyOf(schemas: readonly unknown[]): unknown {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  const texts = JSON.stringify(distinct)
  if (distinct.length === 0 || /"\$(?:id|anchor|dynamicAnchor)":/.test(texts)) return undefined
  return distinct.length === 1 ? distinct[0] : { anyOf: distinct.map((schema) => (isObject(schema) ? schema : schema === true ? {} : { not: {} })) }
}
