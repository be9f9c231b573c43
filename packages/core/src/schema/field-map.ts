/** Field maps: objects with one schema per field, such as `{ name: z.string() }`, compiled to a schema of the whole object. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import { setMember } from '../util/set-member.ts'
import { asProperty } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'
import { presenceOf, type Presence } from './field-presence.ts'
import { schemaForParsed } from './json-schema-validator.ts'
import { describe, isStandardSchema, validateWith, type Direction, type Issue, type SchemaInput, type SchemaOutput, type StandardSchema, type Validation } from './standard-schema.ts'

export type Fields = Readonly<Record<string, StandardSchema>>

/** A field is optional if its type includes undefined. */
type OptionalKeys<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T]
/** Makes these fields optional. The result is a plain object type, so that TypeScript's error messages show only its fields. */
type WithOptional<T> = [OptionalKeys<T>] extends [never]
  ? T
  : Omit<T, OptionalKeys<T>> & { [K in OptionalKeys<T>]?: T[K] } extends infer Both
    ? { [K in keyof Both]: Both[K] }
    : never

export type FieldsInput<F extends Fields> = WithOptional<{ -readonly [K in keyof F]: SchemaInput<F[K]> }>
export type FieldsOutput<F extends Fields> = WithOptional<{ -readonly [K in keyof F]: SchemaOutput<F[K]> }>

export function compileFields(fields: Fields, direction: Direction, where: string): { json: JsonSchema; validate(value: unknown): Validation | Promise<Validation> } {
  const compiled: Field[] = []
  const properties: [string, JsonSchema][] = []
  const required: string[] = []
  for (const [name, schema] of Object.entries(fields)) {
    if (!isStandardSchema(schema)) {
      throw new GangwayError('GANGWAY_E_SCHEMA', `${where}: field "${name}" is not a schema: give each field a schema of a Standard Schema library, such as z.string()`)
    }
    const json = describe(schema, direction, `${where}, field "${name}"`)
    const presence = presenceOf(schema, json, direction)
    properties.push([name, asProperty(json, name)])
    if (presence.required) required.push(name)
    compiled.push({ name, schema: direction === 'input' ? schemaForParsed(schema) : schema, whenMissing: presence.whenMissing })
  }
  return {
    json: { type: 'object', properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) },
    validate: (value) => validateFields(compiled, value),
  }
}

interface Field extends Pick<Presence, 'whenMissing'> {
  readonly name: string
  readonly schema: StandardSchema
}

const OMITTED: Validation = { value: undefined }
const MISSING: Validation = { issues: [{ message: 'Required' }] }

/**
 * Drops fields that are not in the map, as the object schemas of most libraries do.
 * It uses plain loops, because arrays and closures for each call would cost more than the validation.
 */
function validateFields(fields: readonly Field[], value: unknown): Validation | Promise<Validation> {
  if (!isObject(value)) return { issues: [{ message: 'Expected an object' }] }
  const outcomes: (Validation | Promise<Validation>)[] = []
  let isLater = false
  for (const { name, schema, whenMissing } of fields) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    const outcome = given !== undefined || whenMissing === 'validate' ? validateWith(schema, given) : whenMissing === 'omit' ? OMITTED : MISSING
    isLater ||= outcome instanceof Promise
    outcomes.push(outcome)
  }
  return isLater ? collectLater(fields, outcomes) : collect(fields, outcomes as Validation[])
}

const collectLater = async (fields: readonly Field[], outcomes: readonly (Validation | Promise<Validation>)[]): Promise<Validation> => collect(fields, await Promise.all(outcomes))

function collect(fields: readonly Field[], outcomes: readonly Validation[]): Validation {
  const values: Record<string, unknown> = {}
  const issues: Issue[] = []
  for (let index = 0; index < outcomes.length; index++) {
    const { name } = fields[index] as Field
    const outcome = outcomes[index] as Validation
    if (outcome.issues) for (const { message, path = [] } of outcome.issues) issues.push({ message, path: [name, ...path] })
    else if (outcome.value !== undefined) setMember(values, name, outcome.value)
  }
  return issues.length > 0 ? { issues } : { value: values }
}
