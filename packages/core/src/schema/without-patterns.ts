/** Removes the patterns of an untrusted JSON Schema: a malicious pattern can block the process practically forever on 30 characters of input. */
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'

/** Keywords that would reject more, or select another branch, if a subschema below them were relaxed. */
const CONTRARY = ['not', 'if', 'oneOf', 'contains', 'unevaluatedProperties', 'unevaluatedItems']

/** Returns a copy that accepts everything that the schema accepts, and also values that only a pattern would reject. */
export function withoutPatterns(schema: JsonSchema): JsonSchema {
  const copy = structuredClone(schema)
  strip(copy)
  return copy
}

function strip(node: JsonSchema): void {
  for (const keyword of CONTRARY) if (keyword in node && subschemas({ [keyword]: node[keyword] }).some(hasPattern)) delete node[keyword]
  if ('patternProperties' in node) {
    // `patternProperties` decides which properties are additional, so these keywords go together.
    for (const keyword of ['patternProperties', 'additionalProperties', 'unevaluatedProperties']) delete node[keyword]
  }
  delete node.pattern
  for (const subschema of subschemas(node)) strip(subschema)
}

const hasPattern = (node: JsonSchema): boolean => 'pattern' in node || 'patternProperties' in node || '$ref' in node || subschemas(node).some(hasPattern)
