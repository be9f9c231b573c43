/** Warnings about input schemas of tools that the APIs of widely used models reject. */
import { isObject } from '../util/is-object.ts'
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'

const PROPERTY_NAME = /^[A-Za-z0-9_.-]{1,64}$/

/** Formats that JSON Schema defines. Hosts pass these on or remove them. */
const FORMATS: ReadonlySet<unknown> = new Set(
  'date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri iri-reference uuid uri-template json-pointer relative-json-pointer regex'.split(' '),
)

interface Rule {
  /** Describes the first place where the schema breaks the rule. */
  readonly find: (schema: JsonSchema) => string | undefined
  readonly fix: string
}

/** Each rule comes from a schema that a model API rejected when a host passed it on unchanged. */
const RULES: readonly Rule[] = [
  {
    find: (schema) => ['anyOf', 'oneOf', 'allOf', 'enum', 'not'].find((keyword) => keyword in schema),
    fix: 'Anthropic and OpenAI reject it at the root. Describe one object, and put alternatives into a field',
  },
  {
    find: ({ properties }) => (isObject(properties) ? Object.keys(properties).find((name) => !PROPERTY_NAME.test(name)) : undefined),
    fix: 'Anthropic rejects the name of this argument. Use 1 to 64 characters from A-Z a-z 0-9 _ . -',
  },
  {
    find: (schema) => firstIn(schema, (node) => (includesType(node, 'array') && !isObject(node.items) ? ('prefixItems' in node ? 'a tuple' : 'an array without "items"') : undefined)),
    fix: 'OpenAI and Gemini reject it. Use an array of one type, or an object with a field for each position',
  },
  {
    find: (schema) => firstIn(schema, ({ $ref }) => (typeof $ref === 'string' && !/^#$|^#\/(?:\$defs|definitions)\/[^/]+$/.test($ref) ? `"$ref": "${$ref}"` : undefined)),
    fix: 'OpenAI and Gemini reject references into the middle of a schema. Write the whole input as one object schema, such as z.object({ … }), so that its definitions are at the root',
  },
  {
    find: (schema) => firstIn(schema, ({ format }) => (typeof format === 'string' && !FORMATS.has(format) ? `"format": "${format}"` : undefined)),
    fix: 'OpenAI and Gemini reject formats that they do not know. Describe the format in the description',
  },
  {
    find: ({ $schema }) => (typeof $schema === 'string' ? `"$schema": "${$schema}"` : undefined),
    fix: 'Gemini rejects the keyword. Write the schema in JSON Schema 2020-12, which clients assume, and leave "$schema" out',
  },
]

/** One sentence for each rule that the schema breaks, with the fix. Empty for an object of ordinary fields. */
export const modelWarnings = (inputSchema: JsonSchema): string[] =>
  RULES.flatMap(({ find, fix }) => {
    const found = find(inputSchema)
    return found === undefined ? [] : [`${found}: ${fix}`]
  })

const includesType = ({ type }: JsonSchema, name: string): boolean => type === name || (Array.isArray(type) && type.includes(name))

function firstIn(node: JsonSchema, find: (node: JsonSchema) => string | undefined): string | undefined {
  const found = find(node)
  if (found !== undefined) return found
  for (const subschema of subschemas(node)) {
    const below = firstIn(subschema, find)
    if (below !== undefined) return below
  }
  return undefined
}
