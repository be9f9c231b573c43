/** Whether a field of a field map may be missing: as the object schemas of the field's library decide it. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'
import { validateWith, type Direction, type StandardSchema } from './standard-schema.ts'

export interface Presence {
  /** Whether JSON Schema lists the field among those that are required. */
  readonly required: boolean
  /** What to do with a value that lacks the field: validate `undefined`, leave the field out, or report that it is missing. */
  readonly whenMissing: 'validate' | 'omit' | 'reject'
}

/**
 * That a schema accepts `undefined` is not enough: coercion to text makes "undefined" of it. Nor is it needed: some optional fields accept absence only, and a validator
 * that returns a promise answers too late. zod keeps the answer in its schemas; for other libraries it follows from what becomes of `undefined`.
 */
export function presenceOf(schema: StandardSchema, json: JsonSchema, direction: Direction): Presence {
  const probe = probeAbsence(schema)
  return isZod(schema) ? zodPresence(schema, probe, direction) : otherPresence(json, probe, direction)
}

/** What becomes of `undefined`: it stays, another value takes its place, it is rejected, or a promise will tell. */
type Probe = 'undefined' | 'value' | 'rejected' | 'later'

function probeAbsence(schema: StandardSchema): Probe {
  const outcome = validateWith(schema, undefined)
  if (outcome instanceof Promise) {
    outcome.catch(() => {}) // Nobody waits for it.
    return 'later'
  }
  if (outcome.issues) return 'rejected'
  return outcome.value === undefined ? 'undefined' : 'value'
}

/** The members of zod's schemas that its `z.object` reads for this. */
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

/** `z.preprocess` and `catch` accept absence at run time, but do not declare it. */
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

/** A schema that allows anything accepts `undefined` as one value among others, and not as absence. */
const isSpecific = (json: JsonSchema): boolean => ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'].some((keyword) => keyword in json)
