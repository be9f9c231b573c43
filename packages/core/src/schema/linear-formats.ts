/** Replaces formats whose check would take exponential time. */
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'

/**
 * Returns a copy with the format `url` replaced by `uri`. The validator's pattern for `url` takes time exponential in the length of a host name,
 * and no dialect of JSON Schema defines that format.
 */
export function withLinearFormats(schema: JsonSchema): JsonSchema {
  const copy = structuredClone(schema)
  replaceUrl(copy)
  return copy
}

function replaceUrl(node: JsonSchema): void {
  if (node.format === 'url') node.format = 'uri'
  for (const subschema of subschemas(node)) replaceUrl(subschema)
}
