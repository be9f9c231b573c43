/** The Standard Schema interface, version 1 (standardschema.dev), with its JSON Schema extension: all that is known here of schema libraries. */
import { GangwayError } from '../gangway-error.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'

export interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

export type Validation<Output = unknown> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

type ToJsonSchema = (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>

/** Implemented by zod (4.2 and newer), arktype, valibot with its JSON Schema package, and others. */
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

/** The side of a schema that the client sees: what it accepts, or what it yields. */
export type Direction = 'input' | 'output'

/** Some libraries' schemas are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
}

export function describe(schema: StandardSchema, direction: Direction, where: string): JsonSchema {
  const { vendor, jsonSchema } = schema['~standard']
  if (!jsonSchema) {
    throw new GangwayError(
      'GANGWAY_E_SCHEMA',
      `${where}: this ${vendor} schema cannot describe itself as JSON Schema: use a version of the library that implements Standard JSON Schema (zod 4.2 or newer, for one)`,
    )
  }
  try {
    return jsonSchema[direction]({ target: 'draft-2020-12' })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GangwayError('GANGWAY_E_SCHEMA', `${where}: ${vendor} cannot express this schema as JSON Schema (${reason}): use types that JSON has`, { cause })
  }
}
