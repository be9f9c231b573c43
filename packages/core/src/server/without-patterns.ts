/** A JSON Schema whose patterns are not run: one that is made for it keeps a matcher busy for longer than anyone waits, on thirty characters. */
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'

/** Where less to check below would mean more to refuse, or another branch to take. */
const CONTRARY = ['not', 'if', 'oneOf', 'contains', 'unevaluatedProperties', 'unevaluatedItems']

/** A copy that accepts whatever the schema does, and more where only a pattern could tell. */
export function withoutPatterns(schema: JsonSchema): JsonSchema {
  const copy = structuredClone(schema)
  strip(copy)
  return copy
}

function strip(node: JsonSchema): void {
  for (const keyword of CONTRARY) if (keyword in node && subschemas({ [keyword]: node[keyword] }).some(hasPattern)) delete node[keyword]
  if ('patternProperties' in node) {
    // They say which properties are not additional.
    for (const keyword of ['patternProperties', 'additionalProperties', 'unevaluatedProperties']) delete node[keyword]
  }
  delete node.pattern
  for (const subschema of subschemas(node)) strip(subschema)
}

const hasPattern = (node: JsonSchema): boolean => 'pattern' in node || 'patternProperties' in node || '$ref' in node || subschemas(node).some(hasPattern)
