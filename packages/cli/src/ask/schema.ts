/** JSON Schemas of tools and forms, as far as people need to see them: what type, which values, what is inside. */
import type { JsonSchema } from '@gangway/core'

export const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value)

export function propertiesOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return new Map(isSchema(schema['properties']) ? Object.entries(schema['properties']).map(([name, one]) => [name, isSchema(one) ? one : {}]) : [])
}

export const requiredOf = (schema: JsonSchema): ReadonlySet<unknown> => new Set(Array.isArray(schema['required']) ? schema['required'] : [])

/** References in a schema that lead back to it are followed no deeper. */
const DEPTH = 8

/** The schemas of which a value meets one, each with at most one type, and references followed. `root` is what they begin at. */
export function alternatives(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema[] {
  const { $ref: reference, anyOf, oneOf, type } = schema
  if (depth > DEPTH) return [{}]
  if (typeof reference === 'string') return alternatives(lookUp(reference, root), root, depth + 1)
  const choices = anyOf ?? oneOf
  if (Array.isArray(choices)) return choices.flatMap((choice: unknown) => alternatives(isSchema(choice) ? choice : {}, root, depth + 1))
  return Array.isArray(type) ? type.map((one: unknown) => ({ ...schema, type: one })) : [schema]
}

/** The only values that there are; undefined if any will do. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

function lookUp(reference: string, root: JsonSchema): JsonSchema {
  let found: unknown = reference.startsWith('#') ? root : {}
  for (const key of reference.slice(1).split('/').filter((part) => part !== '')) found = isSchema(found) || Array.isArray(found) ? (found as JsonSchema)[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  return isSchema(found) ? found : {}
}
