/** Compiles the schemas that `input`, `output` and `args` accept to JSON Schema and a validator. */
import { isRawJsonSchema, jsonSchema, loadValidator, RAW_VENDOR, schemaForParsed, type RawJsonSchema } from './json-schema-validator.ts'
import { compileFields, type Fields, type FieldsInput, type FieldsOutput } from './field-map.ts'
import { describe, isStandardSchema, MAX_ISSUES, validateWith, type Direction, type SchemaInput, type SchemaOutput, type StandardSchema, type Validation } from './standard-schema.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'

/** A schema from any Standard Schema library, a map of field names to such schemas, or raw JSON Schema with a `type`. */
export type Schema = StandardSchema | Fields | RawJsonSchema

/** The type that the schema accepts. */
export type InputOf<S> = S extends StandardSchema ? SchemaInput<S> : S extends RawJsonSchema ? unknown : S extends Fields ? FieldsInput<S> : never
/** The type that validation with the schema returns. */
export type OutputOf<S> = S extends StandardSchema ? SchemaOutput<S> : S extends RawJsonSchema ? Record<string, unknown> : S extends Fields ? FieldsOutput<S> : never

export interface CompiledSchema {
  /** The schema as JSON Schema 2020-12, or in the dialect of raw JSON Schema. */
  readonly json: JsonSchema
  validate(value: unknown): Validation | Promise<Validation>
  /** Loads the optional package that validation needs, so that the server fails at startup if it is missing. */
  readonly prepare?: () => Promise<unknown>
}

/**
 * Compiles a schema once, when its item is registered. A schema without a JSON Schema form therefore fails at the line that contains it.
 * `where` describes the place, for the error message. Throws `GANGWAY_E_SCHEMA`.
 */
export function compileSchema(schema: Schema, direction: Direction, where: string): CompiledSchema {
  if (isStandardSchema(schema)) {
    const { vendor } = schema['~standard']
    const json = describe(schema, direction, where)
    const checked = direction === 'input' ? schemaForParsed(schema) : schema
    return { json: vendor === RAW_VENDOR ? json : withoutDialect(json), validate: (value) => validateWith(checked, value), ...(vendor === RAW_VENDOR && { prepare: () => loadValidator(where) }) }
  }
  return isRawJsonSchema(schema) ? compileSchema(jsonSchema(schema), direction, where) : compileFields(schema, direction, where)
}

/** Removes `$schema` if it names the dialect that the protocol assumes anyway, because some model APIs reject the keyword. */
function withoutDialect({ $schema, ...json }: JsonSchema): JsonSchema {
  return $schema === undefined || $schema === DIALECT ? json : { $schema, ...json }
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** Describes the first issues of a failed validation, each with its path, as one line of text. Its length is bounded for every value. */
export function explain({ issues = [] }: Validation): string {
  const sentences = issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const at = path.map((step) => shorten(String(typeof step === 'object' ? step.key : step), MAX_STEP)).join('.')
    return shorten(at ? `${at}: ${message}` : message, MAX_SENTENCE)
  })
  return [...sentences, ...(issues.length > MAX_ISSUES ? ['and more'] : [])].join('; ')
}

/** The maximum number of characters of one step of a path, and of one issue with its path. */
const MAX_STEP = 100
const MAX_SENTENCE = 1000

const shorten = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text)
