/** Converts command-line arguments to the arguments of a tool or prompt. */
import { GangwayError, type JsonSchema, type PromptDescription, type ToolDescription } from '@gangway/core'
import { closest } from '@gangway/core/internal'
import { coerce, Unsuitable } from './coerce.ts'
import { alternatives, propertiesOf, requiredOf } from './read-schema.ts'
import { promptSignature, toolSignature } from './signature.ts'
import type { Given } from './parse-arguments.ts'

/** Keywords that may allow more arguments than those in `properties`. */
const OPENING = ['additionalProperties', 'patternProperties', 'allOf', 'anyOf', 'oneOf', '$ref']

/** Throws `GANGWAY_E_ARGUMENT` for an unknown, missing or invalid argument. */
export function toolArguments(tool: ToolDescription, { values, texts }: Given): Record<string, unknown> {
  const { inputSchema } = tool
  const properties = propertiesOf(inputSchema)
  const isOpen = properties.size === 0 || OPENING.some((keyword) => Boolean(inputSchema[keyword]))
  const given = new Map(values)
  for (const [name, all] of texts) given.set(name, toValue(name, all, properties.get(name) ?? {}, inputSchema))
  check([...given.keys()], { names: [...properties.keys()], required: [...requiredOf(inputSchema)].map(String), isOpen, signature: toolSignature(tool) })
  return Object.fromEntries(given)
}

/** Arguments of prompts are always strings. */
export function promptArguments(prompt: PromptDescription, { values, texts }: Given): Record<string, string> {
  const args = prompt.arguments ?? []
  const given = new Map([...values].map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
  for (const [name, all] of texts) given.set(name, single(name, all))
  check([...given.keys()], { names: args.map(({ name }) => name), required: args.filter(({ required }) => required).map(({ name }) => name), isOpen: false, signature: promptSignature(prompt) })
  return Object.fromEntries(given)
}

interface Expected {
  readonly names: readonly string[]
  readonly required: readonly string[]
  /** Whether unknown arguments are accepted. */
  readonly isOpen: boolean
  readonly signature: string
}

function check(given: readonly string[], { names, required, isOpen, signature }: Expected): void {
  const unknown = isOpen ? undefined : given.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const near = closest(unknown, names)
    throw wrong(`Unknown argument "${unknown}". ${near === undefined ? '' : `Did you mean "${near}"? `}Expected: ${signature}`)
  }
  const missing = required.filter((name) => !given.includes(name))
  if (missing.length > 0) throw wrong(`Missing ${missing.length === 1 ? 'argument' : 'arguments'} ${missing.map((name) => `"${name}"`).join(', ')}. Expected: ${signature}`)
}

function toValue(name: string, texts: readonly string[], schema: JsonSchema, root: JsonSchema): unknown {
  const isList = texts.length > 1 && alternatives(schema, root).some(({ type }) => type === 'array')
  try {
    return isList ? texts.flatMap((text) => coerce(text, schema, root)) : coerce(single(name, texts), schema, root)
  } catch (error) {
    if (!(error instanceof Unsuitable)) throw error
    throw wrong(`Invalid value "${texts.join('", "')}" for "${name}": ${error.message}`)
  }
}

function single(name: string, [text = '', ...others]: readonly string[]): string {
  if (others.length > 0) throw wrong(`"${name}" is not a list, but is given ${others.length + 1} times. Pass it once`)
  return text
}

const wrong = (message: string): GangwayError => new GangwayError('GANGWAY_E_ARGUMENT', message)
