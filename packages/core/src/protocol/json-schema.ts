/** Walks JSON Schemas, and moves a schema into a larger one. */
import { isObject } from '../util/is-object.ts'
import type { JsonSchema } from './types/tool-types.ts'

// The values of these keywords are data, even when they look like schemas.
const DATA_KEYWORDS = new Set(['const', 'enum', 'default', 'examples'])

/** The values of these keywords map names to schemas. Any name is allowed: a property called `default` is a schema, not the keyword. */
const MAP_KEYWORDS = new Set(['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'])

/** Returns the direct subschemas of a schema. Boolean schemas are left out. */
export function subschemas(schema: JsonSchema): JsonSchema[] {
  return Object.entries(schema).flatMap(([key, value]) => {
    if (DATA_KEYWORDS.has(key)) return []
    return objectsIn(MAP_KEYWORDS.has(key) && isObject(value) ? Object.values(value) : value)
  })
}

const objectsIn = (value: unknown): JsonSchema[] => (Array.isArray(value) ? value.flatMap(objectsIn) : isObject(value) ? [value] : [])

/** Returns a copy in which `change` has replaced each direct subschema. Boolean schemas are kept as they are. */
export function mapSubschemas(schema: JsonSchema, change: (subschema: JsonSchema) => JsonSchema): JsonSchema {
  const within = (value: unknown): unknown => (Array.isArray(value) ? value.map(within) : isObject(value) ? change(value) : value)
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (DATA_KEYWORDS.has(key)) return [key, value]
      return [key, MAP_KEYWORDS.has(key) && isObject(value) ? mapValues(value, within) : within(value)]
    }),
  )
}

/** Rewrites a schema so that it can be the property `name` of an object schema. References such as `$ref: "#/…"` pointed to the root of the old document, so they get a prefix. */
export function asProperty({ $schema: _dialect, ...schema }: JsonSchema, name: string): JsonSchema {
  return rebase(schema, `#/properties/${pointer(name)}`)
}

function rebase<T>(node: T, root: string): T {
  if (Array.isArray(node)) return node.map((item) => rebase(item, root)) as T
  if (!isObject(node)) return node
  const rebased = Object.entries(node).map(([key, value]) => {
    if (key === '$ref' && typeof value === 'string' && /^#(\/|$)/.test(value)) return [key, root + value.slice(1)]
    if (MAP_KEYWORDS.has(key) && isObject(value)) return [key, mapValues(value, (schema) => rebase(schema, root))]
    return [key, DATA_KEYWORDS.has(key) ? value : rebase(value, root)]
  })
  return Object.fromEntries(rebased) as T
}

const mapValues = <T>(map: Record<string, T>, change: (value: T) => T): Record<string, T> => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))

/** Encodes a property name as a step of a JSON Pointer in a URI fragment (RFC 6901, section 6). */
const pointer = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
