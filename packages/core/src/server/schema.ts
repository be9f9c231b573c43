/** What `input`, `output` and `args` accept, and its compiled form. */
import { isRawJsonSchema, jsonSchema, loadValidator, RAW_VENDOR, type RawJsonSchema } from './json-schema.ts'
import { compileFields, type Fields, type FieldsInput, type FieldsOutput } from './fields.ts'
import { describe, isStandardSchema, MAX_ISSUES, validateWith, type Direction, type SchemaInput, type SchemaOutput, type StandardSchema, type Validation } from './standard-schema.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'

/** A schema of any Standard Schema library, a map of field names to such schemas, or raw JSON Schema with a `type`. */
export type Schema = StandardSchema | Fields | RawJsonSchema

/** What the schema accepts. */
export type InputOf<S> = S extends StandardSchema ? SchemaInput<S> : S extends RawJsonSchema ? unknown : S extends Fields ? FieldsInput<S> : never
/** What validating with the schema yields. */
export type OutputOf<S> = S extends StandardSchema ? SchemaOutput<S> : S extends RawJsonSchema ? Record<string, unknown> : S extends Fields ? FieldsOutput<S> : never

export interface CompiledSchema {
  /** JSON Schema 2020-12. */
  readonly json: JsonSchema
  validate(value: unknown): Validation | Promise<Validation>
  /** Loads what validating needs, so that a lack of it shows at the start. */
  readonly prepare?: () => Promise<unknown>
}

/** Compiles once, at registration, so that a schema which cannot be described fails on the line that wrote it. Throws `GANGWAY_E_SCHEMA`. */
export function compileSchema(schema: Schema, direction: Direction, where: string): CompiledSchema {
  if (isStandardSchema(schema)) {
    const { vendor } = schema['~standard']
    const json = describe(schema, direction, where)
    return { json: vendor === RAW_VENDOR ? json : withoutDialect(json), validate: (value) => validateWith(schema, value), ...(vendor === RAW_VENDOR && { prepare: () => loadValidator(where) }) }
  }
  return isRawJsonSchema(schema) ? compileSchema(jsonSchema(schema), direction, where) : compileFields(schema, direction, where)
}

/** The dialect that the protocol assumes goes without saying, and some model APIs reject the keyword. */
function withoutDialect({ $schema, ...json }: JsonSchema): JsonSchema {
  return $schema === undefined || $schema === DIALECT ? json : { $schema, ...json }
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** One sentence over the first issues of a failed validation, each with the path it is about. Its length has a bound, whatever the value. */
export function explain({ issues = [] }: Validation): string {
  const sentences = issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const at = path.map((step) => shorten(String(typeof step === 'object' ? step.key : step), MAX_STEP)).join('.')
    return shorten(at ? `${at}: ${message}` : message, MAX_SENTENCE)
  })
  return [...sentences, ...(issues.length > MAX_ISSUES ? ['and more'] : [])].join('; ')
}

/** Characters of one step of a path, and of one issue with its path. */
const MAX_STEP = 100
const MAX_SENTENCE = 1000

const shorten = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text)
