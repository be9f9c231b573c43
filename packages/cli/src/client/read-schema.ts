/** Reads types, values and properties from JSON Schemas. */
import type { JsonSchema } from '@gangway/core'

export const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value)

export function propertiesOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return new Map(isSchema(schema['properties']) ? Object.entries(schema['properties']).map(([name, one]) => [name, isSchema(one) ? one : {}]) : [])
}

export const requiredOf = (schema: JsonSchema): ReadonlySet<unknown> => new Set(Array.isArray(schema['required']) ? schema['required'] : [])

/** Expands references and unions to schemas with at most one type. `root` is the schema that references start from. */
export function alternatives(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const found: JsonSchema[] = []
  const seen = new Set<JsonSchema>() // References may be circular.
  const waiting = [schema]
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    if (seen.has(one)) continue
    seen.add(one)
    const { $ref: reference, anyOf, oneOf, type } = one
    const choices = anyOf ?? oneOf
    if (typeof reference === 'string') waiting.push(lookUp(reference, root))
    else if (Array.isArray(choices)) for (const choice of (choices as unknown[]).toReversed()) waiting.push(isSchema(choice) ? choice : {})
    else if (Array.isArray(type)) for (const each of type as unknown[]) found.push({ ...one, type: each })
    else found.push(one)
  }
  return found.length > 0 ? found : [{}]
}

/** The values of `enum` or `const`; undefined if the schema has neither. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

function lookUp(reference: string, root: JsonSchema): JsonSchema {
  let found: unknown = reference.startsWith('#') ? root : {}
  for (const key of reference.slice(1).split('/').filter((part) => part !== '')) found = isSchema(found) || Array.isArray(found) ? (found as JsonSchema)[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  return isSchema(found) ? found : {}
}
