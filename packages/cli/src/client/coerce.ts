/** Converts command-line text to the type that a JSON Schema expects. */
import type { JsonSchema } from '@gangway/core'
import { closest } from '@gangway/core/internal'
import { shortList } from '../suggest.ts'
import { alternatives, isSchema, valuesOf } from './read-schema.ts'
import { typeText } from './signature.ts'

/** The message is what was expected, as the end of a sentence. */
export class Unsuitable extends Error {}

/** A recursive schema may nest lists without limit. */
const DEPTH = 4

/** Tries all other types before string. Throws `Unsuitable`. */
export function coerce(text: string, schema: JsonSchema, root: JsonSchema, depth = 0): unknown {
  const choices = alternatives(schema, root)
  for (const choice of [...choices.filter(({ type }) => type !== 'string'), ...choices.filter(({ type }) => type === 'string')]) {
    const value = coerceTo(text, choice)
    if (value !== undefined) return value
  }
  const list = depth < DEPTH ? choices.find(({ type }) => type === 'array') : undefined
  if (list) return [coerce(text, isSchema(list['items']) ? list['items'] : {}, root, depth + 1)] // A list with one item.
  const values = choices.flatMap((choice) => valuesOf(choice) ?? []).map(String)
  const near = closest(text, values)
  throw new Unsuitable(values.length > 0 ? `expected ${shortList(values)}${near === undefined ? '' : `. Did you mean "${near}"?`}` : `expected ${typeText(schema, root)}`)
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, yes: true, on: true, 1: true, false: false, no: false, off: false, 0: false }

/** Undefined if the text does not match the type. */
function coerceTo(text: string, schema: JsonSchema): unknown {
  const values = valuesOf(schema)
  if (values) return values.find((value) => String(value) === text)
  switch (schema['type']) {
    case 'string':
      return text
    case 'number':
    case 'integer': {
      const value = text.trim() === '' ? Number.NaN : Number(text)
      return Number.isFinite(value) && (schema['type'] === 'number' || Number.isSafeInteger(value)) ? value : undefined
    }
    case 'boolean':
      return Object.hasOwn(BOOLEANS, text.toLowerCase()) ? BOOLEANS[text.toLowerCase()] : undefined
    case 'null':
      return text === 'null' ? null : undefined
    case 'array': {
      const list = parse(text)
      return Array.isArray(list) ? list : undefined
    }
    case 'object': {
      const value = parse(text)
      return isSchema(value) ? value : undefined
    }
    default: {
      const value = parse(text)
      return value === undefined ? text : value
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
