/** From a text that was typed to a value that a schema wants. */
import { closest, type JsonSchema } from '@gangway/core'
import { alternatives, isSchema, valuesOf } from './schema.ts'
import { typeText } from './signature.ts'

/** What is wrong with a text, as the end of a sentence. */
export class Unsuitable extends Error {}

/** Lists of lists may go on for ever. */
const DEPTH = 4

/** A text is what remains where nothing else fits. Throws `Unsuitable`. */
export function coerce(text: string, schema: JsonSchema, root: JsonSchema, depth = 0): unknown {
  const choices = alternatives(schema, root)
  for (const choice of [...choices.filter(({ type }) => type !== 'string'), ...choices.filter(({ type }) => type === 'string')]) {
    const value = coerceTo(text, choice)
    if (value !== undefined) return value
  }
  const list = depth < DEPTH ? choices.find(({ type }) => type === 'array') : undefined
  if (list) return [coerce(text, isSchema(list['items']) ? list['items'] : {}, root, depth + 1)] // Of one item.
  const values = choices.flatMap((choice) => valuesOf(choice) ?? []).map(String)
  const near = closest(text, values)
  throw new Unsuitable(values.length > 0 ? `${near === undefined ? '' : `did you mean ${near}? `}use ${values.join(', ')}` : `it must be of type ${typeText(schema, root)}`)
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, yes: true, on: true, 1: true, false: false, no: false, off: false, 0: false }

/** Undefined if it does not fit. */
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
