/** Raw JSON Schema as a Standard Schema: sent to clients as written, and validated without generating code. */
import { GangwayError } from '../gangway-error.ts'
import { isDeeperThan, MAX_DEPTH } from '../util/json-size.ts'
import { isObject } from '../util/is-object.ts'
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'
import { findDuplicates } from './unique-items.ts'
import { withLinearFormats } from './linear-formats.ts'
import { MAX_ISSUES, type Issue, type StandardSchema, type Validation } from './standard-schema.ts'
import { withoutPatterns } from './without-patterns.ts'

/** JSON Schema with a `type` is accepted wherever a schema is expected. Wrap other JSON Schema in `jsonSchema()`. */
export interface RawJsonSchema {
  readonly type: string
  readonly [keyword: string]: unknown
}

export const isRawJsonSchema = (schema: object): schema is RawJsonSchema => 'type' in schema && typeof schema.type === 'string'

/** The vendor of schemas made by `jsonSchema()`. */
export const RAW_VENDOR = 'json-schema'

export interface JsonSchemaOptions {
  /**
   * Whether to run regular expressions of `pattern` and `patternProperties`. Set it to false for untrusted schemas, such as those of an upstream:
   * a malicious pattern can block the process. @default true
   */
  runPatterns?: boolean
}

type Draft = '4' | '7' | '2019-09' | '2020-12'

const DIALECTS: ReadonlyMap<string, Draft> = new Map([
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
  ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
  ['http://json-schema.org/draft-07/schema', '7'],
  ['http://json-schema.org/draft-04/schema', '4'],
])

/**
 * The maximum number of subschemas that one validation may apply, because a few lines of references and alternatives can require billions of steps.
 * The limit is enough for 200 embeddings of 1,536 numbers.
 */
const MAX_STEPS = 400_000

const forParsed = new WeakMap<object, StandardSchema>()

/**
 * A variant of the schema for values parsed from JSON whose depth is already limited, such as the arguments of a call.
 * For other values, `validate` makes a copy and measures its depth, which takes longer than parsing did.
 */
export const schemaForParsed = (schema: StandardSchema): StandardSchema => forParsed.get(schema) ?? schema

/**
 * Accepts JSON Schema 2020-12, or the dialect that `$schema` names: 2019-09, draft-07 or draft-04. `T` is the type that the schema describes; it is not checked.
 * References to other documents are never fetched. Validation needs the package `@cfworker/json-schema`.
 * Throws `GANGWAY_E_SCHEMA` for an unsupported dialect or an unresolvable reference.
 *
 * @example input: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] })
 */
export function jsonSchema<T = unknown>(schema: JsonSchema, { runPatterns = true }: JsonSchemaOptions = {}): StandardSchema<T> {
  const draft = dialectOf(schema)
  checkReferences(schema)
  let compiled: Promise<Compiled> | undefined
  const validateParsed = async (value: unknown): Promise<Validation<T>> => {
    if (value === undefined) return { issues: [{ message: 'Expected a value that JSON can express' }] }
    compiled ??= compile(withLinearFormats(runPatterns ? schema : withoutPatterns(schema)), draft)
    return (await compiled)(value) as Validation<T>
  }
  const validate = async (given: unknown): Promise<Validation<T>> => {
    const value = toJson(given)
    return isDeeperThan(value, MAX_DEPTH) ? { issues: [{ message: `Nested deeper than ${MAX_DEPTH} levels` }] } : validateParsed(value)
  }
  const described = { version: 1, vendor: RAW_VENDOR, jsonSchema: { input: () => schema, output: () => schema } } as const
  const standard: StandardSchema<T> = { '~standard': { ...described, validate } }
  forParsed.set(standard, { '~standard': { ...described, validate: validateParsed } })
  return standard
}

/** Converts a value to what JSON would carry: undefined members are dropped and dates become text. Undefined if JSON cannot express the value. */
function toJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    return undefined
  }
}

/** The maximum number of values that the validator may visit to compare all items of an array pairwise. Arrays without equal items need no comparison. */
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
      if (error instanceof RangeError) return { issues: [{ message: `The schema takes more than ${MAX_STEPS} steps to check this value, or nests too deeply` }] } // Either the step limit or a stack overflow.
      if (error instanceof URIError) return { issues: [{ message: 'A property name is not Unicode text' }] }
      throw error
    }
  }
}

/**
 * Loads the validator. The package is optional: only servers with raw JSON Schema need it. `where` names the schema, for the error message.
 * Throws `GANGWAY_E_VALIDATOR_MISSING`.
 */
export async function loadValidator(where?: string): Promise<typeof import('@cfworker/json-schema')> {
  try {
    return await import('@cfworker/json-schema')
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_VALIDATOR_MISSING', `${where ? `${where}: raw` : 'Raw'} JSON Schema is validated by @cfworker/json-schema, which is not installed: npm install @cfworker/json-schema`, { cause })
  }
}

/**
 * Copies the schema, because the validator writes into it. The validator reads each keyword once per subschema that it applies.
 * A getter on `$recursiveAnchor` therefore counts the steps, and a getter on `uniqueItems` can turn the comparison off.
 */
function counting<T>(node: T, count: () => void, comparesItems: () => boolean): T {
  if (Array.isArray(node)) return node.map((item) => counting(item, count, comparesItems)) as T
  if (!isObject(node)) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, counting(value, count, comparesItems)]))
  if (node.uniqueItems === true) Object.defineProperty(copy, 'uniqueItems', { enumerable: true, get: comparesItems })
  const { $recursiveAnchor } = node
  return Object.defineProperty(copy, '$recursiveAnchor', { enumerable: '$recursiveAnchor' in node, get: () => (count(), $recursiveAnchor) }) as T
}

/** Keywords whose errors only repeat that a subschema failed. */
const COMPOSITES = new Set(['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties', 'dependentSchemas', 'items', 'prefixItems', 'additionalItems', 'unevaluatedItems', '$ref', '$recursiveRef', 'allOf', 'if'])

interface ValidatorError {
  readonly error: string
  readonly keyword: string
  readonly instanceLocation: string
}

/** Converts only as many errors as can be shown, because each issue holds its complete path, which can be as long as the value. */
const issuesOf = (errors: readonly ValidatorError[]): Issue[] => errors.filter(({ keyword }) => !COMPOSITES.has(keyword)).slice(0, MAX_ISSUES + 1).map(toIssue)

function toIssue({ error, keyword, instanceLocation }: ValidatorError): Issue {
  const path = instanceLocation.replace(/^#\/?/, '').split('/').filter(Boolean)
  return { message: keyword === 'false' ? 'Not allowed' : error.replace(/\.$/, ''), path: path.map(fromPointer) }
}

/** Decodes one step of a JSON Pointer in a URI fragment (RFC 6901, section 6). A percent sign that encodes nothing stays. */
const fromPointer = (step: string): string => step.replace(/(?:%[0-9A-Fa-f]{2})+/g, (bytes) => decodeURIComponent(bytes)).replaceAll('~1', '/').replaceAll('~0', '~')

function dialectOf({ $schema }: JsonSchema): Draft {
  if ($schema === undefined) return '2020-12'
  const draft = DIALECTS.get(String($schema).replace(/#$/, ''))
  if (!draft) throw new GangwayError('GANGWAY_E_SCHEMA', `The JSON Schema dialect ${String($schema)} is not supported: use ${[...DIALECTS.keys()].join(', ')}`)
  return draft
}

/** The base URI for relative references in a schema without an `$id`. */
const NOWHERE = 'https://schema.invalid/'

/** Rejects references to other documents, which are never fetched, and references to nothing. */
function checkReferences(root: JsonSchema): void {
  /** The possible targets of references by URI: anchors and documents, which can be embedded in one another. */
  const targets = new Map<string, JsonSchema>()
  const references: { reference: string; base: string }[] = []
  const visit = (node: JsonSchema, parent: string): void => {
    if ('$dynamicRef' in node) throw new GangwayError('GANGWAY_E_SCHEMA', '"$dynamicRef" is not supported: use "$ref"')
    const id = [node.$id, node.id].find((value) => typeof value === 'string') // draft-04 calls the keyword `id`.
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
    if (!document) throw new GangwayError('GANGWAY_E_SCHEMA', `"$ref": "${reference}" refers to another document, which is never fetched. Put the schema under "$defs"`)
    if (!targets.has(target) && !leads(document, new URL(target).hash)) throw new GangwayError('GANGWAY_E_SCHEMA', `"$ref": "${reference}" refers to nothing. Put the schema under "$defs"`)
  }
}

/** Whether the JSON Pointer after the `#` refers to a schema. */
function leads(document: JsonSchema, fragment: string): boolean {
  if (!fragment.startsWith('#/')) return false
  const steps = fragment.slice(2).split('/').map(fromPointer)
  const found = steps.reduce<unknown>((node, step) => (typeof node === 'object' && node !== null && Object.hasOwn(node, step) ? (node as JsonSchema)[step] : undefined), document)
  return isObject(found) || typeof found === 'boolean'
}

const withoutFragment = (uri: string): string => uri.replace(/#.*$/s, '')

/** Resolves a reference and removes an empty fragment. */
function resolve(reference: string, base: string): string {
  try {
    return new URL(reference, base).href.replace(/#$/, '')
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_SCHEMA', `"${reference}" is not a URI reference`, { cause })
  }
}
