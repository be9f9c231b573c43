/** The Standard Schema interface, version 1 (standardschema.dev), with its JSON Schema extension. Schema libraries are used only through it. */
import { GangwayError, isGangwayError } from '../gangway-error.ts'
import { isRpcError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'

export interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The maximum number of issues that an error shows. A list of 100,000 invalid items has 100,000 issues. */
export const MAX_ISSUES = 20

export type Validation<Output = unknown> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

type ToJsonSchema = (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>

/** The interface of schemas. zod (4.2 and newer), arktype, valibot with its JSON Schema package, and other libraries implement it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Validation<Output> | Promise<Validation<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    readonly jsonSchema?: { readonly input: ToJsonSchema; readonly output: ToJsonSchema }
  }
}

export type SchemaInput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input']
export type SchemaOutput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output']

/** Which side of a schema clients see: the values that it accepts, or the values that validation returns. */
export type Direction = 'input' | 'output'

/** Also accepts functions, because the schemas of some libraries are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
}

/** Validates a value. An error that the validator throws becomes an issue, because a failed transformation means that the value is invalid. */
export function validateWith<Output>(schema: StandardSchema<unknown, Output>, value: unknown): Validation<Output> | Promise<Validation<Output>> {
  try {
    const outcome = schema['~standard'].validate(value)
    return outcome instanceof Promise ? outcome.catch(toIssues) : outcome
  } catch (error) {
    return toIssues(error)
  }
}

/** Rethrows Gangway's own errors, such as a missing package, and protocol errors. */
function toIssues(error: unknown): { readonly issues: readonly Issue[] } {
  if (isGangwayError(error) || isRpcError(error)) throw error
  return { issues: [{ message: error instanceof Error ? error.message : String(error) }] }
}

/** Converts a schema to JSON Schema. `where` describes its place, for the error message. Throws `GANGWAY_E_SCHEMA`. */
export function describe(schema: StandardSchema, direction: Direction, where: string): JsonSchema {
  const { vendor, jsonSchema } = schema['~standard']
  if (!jsonSchema) {
    throw new GangwayError('GANGWAY_E_SCHEMA', `${where}: this ${vendor} schema does not provide its JSON Schema. ${hintFor(schema)}`)
  }
  try {
    const described: unknown = jsonSchema[direction]({ target: 'draft-2020-12' })
    if (!isObject(described)) throw new TypeError('not an object')
    return described
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GangwayError('GANGWAY_E_SCHEMA', `${where}: ${vendor} cannot express this schema as JSON Schema (${reason}). Use types that JSON has`, { cause })
  }
}

/** How to get schemas that carry JSON Schema, by vendor. */
const HINTS: Readonly<Record<string, string>> = {
  zod: 'Upgrade to zod 4.2 or newer',
  valibot: "Wrap it in toStandardJsonSchema() from '@valibot/to-json-schema'",
  effect: 'With Effect 4, write Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(schema)). With Effect 3, pass the result of JSONSchema.make(schema) instead',
  arktype: 'Upgrade to arktype 2.1.28 or newer',
}

function hintFor(schema: StandardSchema): string {
  if (isZodMini(schema)) return "Schemas of zod/mini do not. Import z from 'zod', or wrap it: z.toJSONSchema(schema)"
  return HINTS[schema['~standard'].vendor] ?? 'Use a version of the library that implements Standard JSON Schema (https://standardschema.dev/json-schema), or pass raw JSON Schema'
}

const isZodMini = (schema: StandardSchema & { readonly _zod?: { readonly traits?: unknown } }): boolean => {
  const traits = schema._zod?.traits
  return traits instanceof Set && traits.has('ZodMiniType')
}
