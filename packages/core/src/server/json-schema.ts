/** Raw JSON Schema as a Standard Schema: described as it was written, validated without generating code. */
import { GangwayError } from '../gangway-error.ts'
import { isDeeperThan, MAX_DEPTH } from '../jsonrpc/depth.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'
import type { Issue, StandardSchema, Validation } from './standard-schema.ts'

/** A JSON Schema with a `type` may stand where a schema is expected; any other goes through `jsonSchema()`. */
export interface RawJsonSchema {
  readonly type: string
  readonly [keyword: string]: unknown
}

export const isRawJsonSchema = (schema: object): schema is RawJsonSchema => 'type' in schema && typeof schema.type === 'string'

/** What the schemas of `jsonSchema()` call their library. */
export const RAW_VENDOR = 'json-schema'

type Draft = '4' | '7' | '2019-09' | '2020-12'

const DIALECTS: ReadonlyMap<string, Draft> = new Map([
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
  ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
  ['http://json-schema.org/draft-07/schema', '7'],
  ['http://json-schema.org/draft-04/schema', '4'],
])

/** Subschemas that one validation may apply: a few lines of references and alternatives can ask for billions. */
const MAX_STEPS = 100_000

/**
 * Takes JSON Schema 2020-12, or the dialect that its `$schema` names: 2019-09, draft-07 or draft-04. `T` is what the schema describes; it is believed, not checked.
 * References to other documents are never fetched. Validating needs the package `@cfworker/json-schema`.
 * Throws `GANGWAY_E_SCHEMA` for a dialect or a reference that cannot be followed.
 */
export function jsonSchema<T = unknown>(schema: JsonSchema): StandardSchema<T> {
  const draft = dialectOf(schema)
  checkReferences(schema)
  let compiled: Promise<Compiled> | undefined
  const validate = async (value: unknown): Promise<Validation<T>> => {
    if (isDeeperThan(value, MAX_DEPTH)) return { issues: [{ message: `Nested deeper than ${MAX_DEPTH} levels` }] }
    compiled ??= compile(schema, draft)
    return (await compiled)(value) as Validation<T>
  }
  return { '~standard': { version: 1, vendor: RAW_VENDOR, validate, jsonSchema: { input: () => schema, output: () => schema } } }
}

type Compiled = (value: unknown) => Validation

async function compile(schema: JsonSchema, draft: Draft): Promise<Compiled> {
  const { Validator } = await loadValidator()
  let steps = 0
  const count = (): void => {
    if (++steps > MAX_STEPS) throw new RangeError(`The schema takes more than ${MAX_STEPS} steps to check this value`)
  }
  const validator = new Validator(counting(schema, count), draft)
  return (value) => {
    steps = 0
    try {
      const { valid, errors } = validator.validate(value)
      return valid ? { value } : { issues: errors.filter(({ keyword }) => !COMPOSITES.has(keyword)).map(toIssue) }
    } catch (error) {
      if (error instanceof RangeError) return { issues: [{ message: error.message }] }
      throw error
    }
  }
}

/** The package is optional: only who writes raw JSON Schema has to install it. */
export async function loadValidator(): Promise<typeof import('@cfworker/json-schema')> {
  try {
    return await import('@cfworker/json-schema')
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_VALIDATOR_MISSING', 'Raw JSON Schema is validated by @cfworker/json-schema, which is not installed: npm install @cfworker/json-schema', { cause })
  }
}

/** A copy, since the validator writes into its schema. It reads every keyword once for each subschema it applies, so one of them can count. */
function counting<T>(node: T, count: () => void): T {
  if (Array.isArray(node)) return node.map((item) => counting(item, count)) as T
  if (!isObject(node)) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, counting(value, count)]))
  const { $recursiveAnchor } = node
  return Object.defineProperty(copy, '$recursiveAnchor', { enumerable: '$recursiveAnchor' in node, get: () => (count(), $recursiveAnchor) }) as T
}

/** These only say that something below them is wrong. */
const COMPOSITES = new Set(['properties', 'items', 'prefixItems', '$ref', 'allOf', 'if', 'then', 'else', 'additionalProperties'])

function toIssue({ error, instanceLocation }: { error: string; instanceLocation: string }): Issue {
  const path = instanceLocation.replace(/^#\/?/, '').split('/').filter(Boolean)
  return { message: error.replace(/\.$/, ''), path: path.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')) }
}

function dialectOf({ $schema }: JsonSchema): Draft {
  if ($schema === undefined) return '2020-12'
  const draft = DIALECTS.get(String($schema).replace(/#$/, ''))
  if (!draft) throw new GangwayError('GANGWAY_E_SCHEMA', `The JSON Schema dialect ${String($schema)} is not supported: use ${[...DIALECTS.keys()].join(', ')}`)
  return draft
}

/** A reference may lead to this document only: nothing is ever fetched. */
function checkReferences(root: JsonSchema): void {
  const ids = new Set<unknown>()
  const references: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isObject(node)) return
    if ('$dynamicRef' in node) throw new GangwayError('GANGWAY_E_SCHEMA', '"$dynamicRef" is not supported: use "$ref"')
    ids.add(node.$id)
    if (typeof node.$ref === 'string') references.push(node.$ref)
    for (const [key, value] of Object.entries(node)) if (key !== 'const' && key !== 'enum' && key !== 'default' && key !== 'examples') visit(value)
  }
  visit(root)
  for (const reference of references) {
    const [document = ''] = reference.split('#')
    if (document !== '' && !ids.has(document)) throw new GangwayError('GANGWAY_E_SCHEMA', `"$ref": "${reference}" leads to another document, and none is ever fetched: put it under "$defs"`)
  }
}
