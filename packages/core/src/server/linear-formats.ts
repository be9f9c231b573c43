/** A JSON Schema whose formats are checked in time linear in the length of the text. */
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'

/** A copy with `uri` in place of `url`: the validator's pattern for the latter takes time exponential in the length of a host name, and no dialect defines it. */
export function withLinearFormats(schema: JsonSchema): JsonSchema {
  const copy = structuredClone(schema)
  replaceUrl(copy)
  return copy
}

function replaceUrl(node: JsonSchema): void {
  if (node.format === 'url') node.format = 'uri'
  for (const subschema of subschemas(node)) replaceUrl(subschema)
}
