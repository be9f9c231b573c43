/** Forms of `ctx.elicit`: converts a schema to the flat fields that the specification allows, and the user's input to values that the schema accepts. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'
import { compileSchema, type Schema } from './compile-schema.ts'
import type { Validation } from './standard-schema.ts'

export interface Form {
  /** The form that is sent to the client (`requestedSchema`). */
  readonly json: JsonSchema
  /** Validates the user's input with the complete schema. */
  validate(content: unknown): Validation | Promise<Validation>
}

/** One option of a choice. The specification allows only strings as options, so numbers and booleans are sent as text. */
interface Option {
  readonly text: string
  readonly title: string | undefined
  readonly value: unknown
}

/** The keywords that the specification allows in a field, by type. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'format'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  boolean: [],
}
const ALWAYS = ['title', 'description', 'default']
const FORMATS = new Set<unknown>(['email', 'uri', 'date', 'date-time'])

/**
 * Compiles a schema to a form. Keywords that the specification does not allow in forms, such as patterns, are not sent; the response is validated against them.
 * Throws `GANGWAY_E_FORM` for a field that no form can express.
 */
export function compileForm(schema: Schema, key: string): Form {
  const compiled = compileSchema(schema, 'input', `form "${key}"`)
  const root = resolved(compiled.json, compiled.json)
  if (root.type !== 'object' || !isObject(root.properties)) throw new GangwayError('GANGWAY_E_FORM', `Form "${key}" must be an object with named fields, such as { name: z.string() }`)
  const values = new Map<string, ReadonlyMap<unknown, unknown>>()
  const properties = Object.entries(root.properties).map(([name, property]) => {
    const field = resolved(property, compiled.json)
    const options = optionsOf(field) ?? optionsOf(itemsOf(field, compiled.json))
    if (options) values.set(name, new Map(options.map(({ text, value }) => [text, value])))
    return [name, toField(field, compiled.json, `Form "${key}", field "${name}"`)] as const
  })
  const { required } = root
  return {
    json: { type: 'object', properties: Object.fromEntries(properties), ...(Array.isArray(required) && required.length > 0 && { required }) },
    validate: (content) => compiled.validate(isObject(content) ? Object.fromEntries(Object.entries(content).map(([name, value]) => [name, chosen(value, values.get(name))])) : content),
  }
}

function toField(field: JsonSchema, root: JsonSchema, where: string): JsonSchema {
  const options = optionsOf(field)
  if (options) return { type: 'string', ...pick(field, ALWAYS), ...textDefault(field), ...choice(field, options, 'oneOf') }
  const items = itemsOf(field, root)
  const several = optionsOf(items)
  if (several) return { type: 'array', ...pick(field, [...ALWAYS, 'minItems', 'maxItems']), ...textDefault(field), items: { ...(several.some(({ title }) => title) ? {} : { type: 'string' }), ...choice(items, several, 'anyOf') } }
  const keywords = typeof field.type === 'string' && Object.hasOwn(KEYWORDS, field.type) ? KEYWORDS[field.type] : undefined
  if (!keywords) throw new GangwayError('GANGWAY_E_FORM', `${where}: a field must be a string, a number, a boolean or a choice. ${remedyFor(field)}`)
  const { format, ...known } = pick(field, [...ALWAYS, ...keywords])
  return { type: field.type, ...known, ...(FORMATS.has(format) && { format }) }
}

/** The options of a choice between strings, numbers and booleans. Undefined for any other schema, and if two options have the same text. */
function optionsOf(schema: JsonSchema): Option[] | undefined {
  const options = allOptions(schema)
  const isChoice = options.length > 0 && options.every((option) => option !== undefined)
  return isChoice && new Set(options.map(({ text }) => text)).size === options.length ? options : undefined
}

function allOptions({ const: only, enum: values, enumNames: names, anyOf, oneOf, title }: JsonSchema): (Option | undefined)[] {
  if (only !== undefined) return [toOption(only, title)]
  if (Array.isArray(values)) return values.map((value, index) => toOption(value, Array.isArray(names) ? names[index] : undefined))
  const alternatives = anyOf ?? oneOf
  return Array.isArray(alternatives) ? alternatives.flatMap((one) => (isObject(one) ? (optionsOf(one) ?? [undefined]) : [undefined])) : []
}

const toOption = (value: unknown, title: unknown): Option | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { text: String(value), title: typeof title === 'string' ? title : undefined, value } : undefined

/** Writes titles in the current form of the specification, or keeps `enumNames` if the author wrote it. */
function choice(schema: JsonSchema, options: readonly Option[], titled: 'oneOf' | 'anyOf'): JsonSchema {
  const texts = options.map(({ text }) => text)
  if (schema.const !== undefined || options.every(({ title }) => title === undefined)) return { enum: texts }
  if (Array.isArray(schema.enumNames)) return { enum: texts, enumNames: schema.enumNames }
  return { [titled]: options.map(({ text, title = text }) => ({ const: text, title })) }
}

const textDefault = ({ default: preset }: JsonSchema): JsonSchema => (preset === undefined ? {} : { default: Array.isArray(preset) ? preset.map(String) : String(preset) })

/** The value of the option that the user chose. Other input passes unchanged, and the schema rejects it. */
function chosen(value: unknown, values: ReadonlyMap<unknown, unknown> | undefined): unknown {
  if (!values) return value
  return Array.isArray(value) ? value.map((one) => chosen(one, values)) : values.has(value) ? values.get(value) : value
}

const itemsOf = ({ type, items }: JsonSchema, root: JsonSchema): JsonSchema => (type === 'array' ? resolved(items, root) : {})

const pick = (schema: JsonSchema, keywords: readonly string[]): JsonSchema => Object.fromEntries(keywords.flatMap((keyword) => (schema[keyword] === undefined ? [] : [[keyword, schema[keyword]]])))

/** Follows `$ref`, because schema libraries put named schemas under `$defs`. */
function resolved(schema: unknown, root: JsonSchema, depth = 0): JsonSchema {
  if (!isObject(schema)) return {}
  const { $ref, ...rest } = schema
  if (typeof $ref !== 'string' || !$ref.startsWith('#/') || depth > 9) return schema
  const target = $ref.slice(2).split('/').reduce<unknown>((node, step) => {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    return isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined
  }, root)
  return { ...resolved(target, root, depth + 1), ...rest }
}

function remedyFor({ type, anyOf, oneOf, enum: values }: JsonSchema): string {
  const alternatives = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []))
  const types = [type, ...alternatives.map((one) => (isObject(one) ? one.type : undefined))].flat()
  if (types.includes('null') || (Array.isArray(values) && values.includes(null))) return 'Make it optional instead of nullable'
  if (type === 'array') return 'Use a list of choices, such as z.array(z.enum(["a", "b"])), or a string that the handler splits'
  if (type === 'object') return 'Use a separate field of the form for each member'
  return 'Use one of these types, or a choice between strings, such as z.enum(["a", "b"])'
}
