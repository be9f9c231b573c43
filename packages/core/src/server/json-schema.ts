/** Raw JSON Schema as a Standard Schema: described as it was written, validated without generating code. */
import { GangwayError } from '../gangway-error.ts'
import { isDeeperThan, MAX_DEPTH } from '../jsonrpc/depth.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'
import { findDuplicates } from './duplicates.ts'
import { withLinearFormats } from './linear-formats.ts'
import { MAX_ISSUES, type Issue, type StandardSchema, type Validation } from './standard-schema.ts'
import { withoutPatterns } from './without-patterns.ts'

/** A JSON Schema with a `type` may stand where a schema is expected; any other goes through `jsonSchema()`. */
export interface RawJsonSchema {
  readonly type: string
  readonly [keyword: string]: unknown
}

export const isRawJsonSchema = (schema: object): schema is RawJsonSchema => 'type' in schema && typeof schema.type === 'string'

/** What the schemas of `jsonSchema()` call their library. */
export const RAW_VENDOR = 'json-schema'

export interface JsonSchemaOptions {
  /** Must be false for a schema that somebody else wrote, such as one of a server that is passed on. @default true */
  runPatterns?: boolean
}

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
export function jsonSchema<T = unknown>(schema: JsonSchema, { runPatterns = true }: JsonSchemaOptions = {}): StandardSchema<T> {
  const draft = dialectOf(schema)
  checkReferences(schema)
  let compiled: Promise<Compiled> | undefined
  const validate = async (given: unknown): Promise<Validation<T>> => {
    const value = toJson(given)
    if (value === undefined) return { issues: [{ message: 'Expected a value that JSON can express' }] }
    if (isDeeperThan(value, MAX_DEPTH)) return { issues: [{ message: `Nested deeper than ${MAX_DEPTH} levels` }] }
    compiled ??= compile(withLinearFormats(runPatterns ? schema : withoutPatterns(schema)), draft)
    return (await compiled)(value) as Validation<T>
  }
  return { '~standard': { version: 1, vendor: RAW_VENDOR, validate, jsonSchema: { input: () => schema, output: () => schema } } }
}

/** As it goes over the wire: without what is undefined in it, and dates as text. Undefined for what cannot go there. */
function toJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    return undefined
  }
}

/** Values that the validator may visit to compare the items of arrays each with each. Values without equal items need no comparison. */
const MAX_COMPARISONS = 1_000_000

type Compiled = (value: unknown) => Validation

async function compile(schema: JsonSchema, draft: Draft): Promise<Compiled> {
  const { Validator } = await loadValidator()
  const asksForUniqueItems = JSON.stringify(schema).includes('"uniqueItems":true')
  let steps = 0
  const count = (): void => {
    if (++steps > MAX_STEPS) throw new RangeError()
  }
  let comparesItems = true
  const validator = new Validator(counting(schema, count, () => comparesItems), draft)
  return (value) => {
    steps = 0
    comparesItems = true
    if (asksForUniqueItems) {
      const { found, cost } = findDuplicates(value)
      if (found && cost > MAX_COMPARISONS) return { issues: [{ message: 'Has equal items in arrays that are too large to compare' }] }
      comparesItems = found
    }
    try {
      const { valid, errors } = validator.validate(value)
      return valid ? { value } : { issues: issuesOf(errors) }
    } catch (error) {
      if (error instanceof RangeError) return { issues: [{ message: `The schema takes more than ${MAX_STEPS} steps, or too deep ones, to check this value` }] } // The stack may end first.
      if (error instanceof URIError) return { issues: [{ message: 'A property name is not Unicode text' }] }
      throw error
    }
  }
}

/** The package is optional: only who writes raw JSON Schema has to install it. `where` it is written. Throws `GANGWAY_E_VALIDATOR_MISSING`. */
export async function loadValidator(where?: string): Promise<typeof import('@cfworker/json-schema')> {
  try {
    return await import('@cfworker/json-schema')
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_VALIDATOR_MISSING', `${where ? `${where}: raw` : 'Raw'} JSON Schema is validated by @cfworker/json-schema, which is not installed: npm install @cfworker/json-schema`, { cause })
  }
}

/** A copy, since the validator writes into its schema. It reads every keyword once for each subschema it applies, so one of them can count, and another be turned off. */
function counting<T>(node: T, count: () => void, comparesItems: () => boolean): T {
  if (Array.isArray(node)) return node.map((item) => counting(item, count, comparesItems)) as T
  if (!isObject(node)) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, counting(value, count, comparesItems)]))
  if (node.uniqueItems === true) Object.defineProperty(copy, 'uniqueItems', { enumerable: true, get: comparesItems })
  const { $recursiveAnchor } = node
  return Object.defineProperty(copy, '$recursiveAnchor', { enumerable: '$recursiveAnchor' in node, get: () => (count(), $recursiveAnchor) }) as T
}

/** These only say that something below them is wrong. */
const COMPOSITES = new Set(['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties', 'dependentSchemas', 'items', 'prefixItems', 'additionalItems', 'unevaluatedItems', '$ref', '$recursiveRef', 'allOf', 'if'])

interface ValidatorError {
  readonly error: string
  readonly keyword: string
  readonly instanceLocation: string
}

/** No more than can be shown: each issue has the whole path to its place, which may be as long as the value. */
const issuesOf = (errors: readonly ValidatorError[]): Issue[] => errors.filter(({ keyword }) => !COMPOSITES.has(keyword)).slice(0, MAX_ISSUES + 1).map(toIssue)

function toIssue({ error, keyword, instanceLocation }: ValidatorError): Issue {
  const path = instanceLocation.replace(/^#\/?/, '').split('/').filter(Boolean)
  return { message: keyword === 'false' ? 'Not allowed' : error.replace(/\.$/, ''), path: path.map(fromPointer) }
}

/** One step of a JSON Pointer in a URI fragment (RFC 6901, section 6). A percent sign that encodes nothing stays. */
const fromPointer = (step: string): string => step.replace(/(?:%[0-9A-Fa-f]{2})+/g, (bytes) => decodeURIComponent(bytes)).replaceAll('~1', '/').replaceAll('~0', '~')

function dialectOf({ $schema }: JsonSchema): Draft {
  if ($schema === undefined) return '2020-12'
  const draft = DIALECTS.get(String($schema).replace(/#$/, ''))
  if (!draft) throw new GangwayError('GANGWAY_E_SCHEMA', `The JSON Schema dialect ${String($schema)} is not supported: use ${[...DIALECTS.keys()].join(', ')}`)
  return draft
}

/** What is relative in a schema that does not say where it is. */
const NOWHERE = 'https://schema.invalid/'

/** A reference may lead to this document only: nothing is ever fetched. */
function checkReferences(root: JsonSchema): void {
  /** Documents, of which one may hold others, and anchors, by their URIs. */
  const targets = new Map<string, JsonSchema>()
  const references: { reference: string; base: string }[] = []
  const visit = (node: JsonSchema, parent: string): void => {
    if ('$dynamicRef' in node) throw new GangwayError('GANGWAY_E_SCHEMA', '"$dynamicRef" is not supported: use "$ref"')
    const id = [node.$id, node.id].find((value) => typeof value === 'string') // Called `id` in draft-04.
    const place = id === undefined ? undefined : resolve(id, parent)
    if (place !== undefined) targets.set(place, node)
    const base = place === undefined || id?.startsWith('#') ? parent : withoutFragment(place)
    if (typeof node.$anchor === 'string') targets.set(resolve(`#${node.$anchor}`, base), node)
    if (typeof node.$ref === 'string') references.push({ reference: node.$ref, base })
    for (const schema of subschemas(node)) visit(schema, base)
  }
  targets.set(NOWHERE, root)
  visit(root, NOWHERE)
  for (const { reference, base } of references) {
    const target = resolve(reference, base)
    const document = targets.get(withoutFragment(target))
    if (!document) throw new GangwayError('GANGWAY_E_SCHEMA', `"$ref": "${reference}" leads to another document, and none is ever fetched: put it under "$defs"`)
    if (!targets.has(target) && !leads(document, new URL(target).hash)) throw new GangwayError('GANGWAY_E_SCHEMA', `"$ref": "${reference}" leads nowhere: put what it means under "$defs"`)
  }
}

/** Whether there is a schema where the JSON Pointer, after a `#`, points to. */
function leads(document: JsonSchema, fragment: string): boolean {
  if (!fragment.startsWith('#/')) return false
  const steps = fragment.slice(2).split('/').map(fromPointer)
  const found = steps.reduce<unknown>((node, step) => (typeof node === 'object' && node !== null && Object.hasOwn(node, step) ? (node as JsonSchema)[step] : undefined), document)
  return isObject(found) || typeof found === 'boolean'
}

const withoutFragment = (uri: string): string => uri.replace(/#.*$/s, '')

/** An empty fragment is none. */
function resolve(reference: string, base: string): string {
  try {
    return new URL(reference, base).href.replace(/#$/, '')
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_SCHEMA', `"${reference}" is not a URI reference`, { cause })
  }
}
