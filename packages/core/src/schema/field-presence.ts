/** Decides whether a field of a field map may be missing, with the same result as the object schemas of the field's library. */
import { isObject } from '../util/is-object.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'
import { validateWith, type Direction, type StandardSchema } from './standard-schema.ts'

export interface Presence {
  /** Whether the JSON Schema of the object lists the field as required. */
  readonly required: boolean
  /** What to do if a value lacks the field: validate `undefined`, omit the field from the result, or report it as missing. */
  readonly whenMissing: 'validate' | 'omit' | 'reject'
}

/**
 * It is not enough to test whether the schema accepts `undefined`. A schema that coerces to string accepts it and returns "undefined". Some optional fields accept
 * only absence. A validator that returns a promise decides too late. zod stores the answer in its schemas. For other libraries it is derived from how
 * the schema treats `undefined`.
 */
export function presenceOf(schema: StandardSchema, json: JsonSchema, direction: Direction): Presence {
  const probe = probeAbsence(schema)
  return isZod(schema) ? zodPresence(schema, probe, direction) : otherPresence(json, probe, direction)
}

/** How the schema treats `undefined`: it returns it, replaces it by a value, rejects it, or returns a promise. */
type Probe = 'undefined' | 'value' | 'rejected' | 'later'

function probeAbsence(schema: StandardSchema): Probe {
  const outcome = validateWith(schema, undefined)
  if (outcome instanceof Promise) {
    outcome.catch(() => {}) // The promise is not used. Without a handler, its rejection would end the process.
    return 'later'
  }
  if (outcome.issues) return 'rejected'
  return outcome.value === undefined ? 'undefined' : 'value'
}

/** The members of zod schemas from which `z.object` decides whether a field may be missing. */
interface ZodSchema {
  readonly _zod: {
    readonly optin?: string | undefined
    readonly optout?: string | undefined
    readonly def: { readonly type: string; readonly in?: ZodSchema; readonly out?: ZodSchema; readonly innerType?: ZodSchema }
  }
}

const isZod = (schema: object): schema is ZodSchema => '_zod' in schema && isObject(schema._zod) && isObject(schema._zod.def)

function zodPresence(schema: ZodSchema, probe: Probe, direction: Direction): Presence {
  const { optin, optout } = schema._zod
  const isOptional = (direction === 'input' ? declaredOptin(schema) !== undefined : optout === 'optional') || probe === 'undefined'
  const mayBeMissing = optin !== undefined || probe === 'undefined'
  if (!mayBeMissing) return { required: !isOptional, whenMissing: probe === 'rejected' ? 'validate' : 'reject' }
  return { required: !isOptional, whenMissing: optout === 'optional' && probe === 'rejected' ? 'omit' : 'validate' }
}

/** `z.preprocess` and `catch` accept a missing field at run time, but do not declare it. */
function declaredOptin({ _zod: { optin, def } }: ZodSchema): string | undefined {
  if (def.type === 'pipe' && def.out && def.in?._zod.def.type === 'transform') return declaredOptin(def.out)
  return def.type === 'catch' && def.innerType ? declaredOptin(def.innerType) : optin
}

function otherPresence(json: JsonSchema, probe: Probe, direction: Direction): Presence {
  const mayBeMissing = probe === 'undefined' || (probe === 'value' && (hasDefault(json) || isSpecific(json))) || (probe === 'later' && hasDefault(json))
  return {
    required: direction === 'input' ? !mayBeMissing : probe !== 'undefined',
    whenMissing: mayBeMissing || probe === 'rejected' ? 'validate' : 'reject',
  }
}

const hasDefault = (json: JsonSchema): boolean => 'default' in json

/** A schema without constraints accepts `undefined` like any other value. That does not mean that the field may be missing. */
const isSpecific = (json: JsonSchema): boolean => ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'].some((keyword) => keyword in json)
