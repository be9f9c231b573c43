/** The arguments of a call: what was typed, as the tool's or prompt's own description wants it. */
import { closest, GangwayError, type JsonSchema, type PromptDescription, type ToolDescription } from '@gangway/core'
import { coerce, Unsuitable } from './coerce.ts'
import { alternatives, propertiesOf, requiredOf } from './schema.ts'
import { promptSignature, toolSignature } from './signature.ts'
import type { Given } from './words.ts'

/** With one of these, a tool may take more than its `properties`. */
const OPENING = ['additionalProperties', 'patternProperties', 'allOf', 'anyOf', 'oneOf', '$ref']

/** Throws `GANGWAY_E_ARGUMENT` for an argument that is unknown, missing or unsuitable. */
export function toolArguments(tool: ToolDescription, { values, texts }: Given): Record<string, unknown> {
  const { inputSchema } = tool
  const properties = propertiesOf(inputSchema)
  const isOpen = properties.size === 0 || OPENING.some((keyword) => Boolean(inputSchema[keyword]))
  const given = new Map(values)
  for (const [name, all] of texts) given.set(name, toValue(name, all, properties.get(name) ?? {}, inputSchema))
  check([...given.keys()], { names: [...properties.keys()], required: [...requiredOf(inputSchema)].map(String), isOpen, signature: toolSignature(tool) })
  return Object.fromEntries(given)
}

/** All of them are texts. */
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
  /** Whether others are welcome. */
  readonly isOpen: boolean
  readonly signature: string
}

function check(given: readonly string[], { names, required, isOpen, signature }: Expected): void {
  const unknown = isOpen ? undefined : given.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const near = closest(unknown, names)
    throw wrong(`There is no argument "${unknown}"${near === undefined ? '' : `: did you mean "${near}"?`}: ${signature}`)
  }
  const missing = required.filter((name) => !given.includes(name))
  if (missing.length > 0) throw wrong(`${missing.map((name) => `"${name}"`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: ${signature}`)
}

function toValue(name: string, texts: readonly string[], schema: JsonSchema, root: JsonSchema): unknown {
  const isList = texts.length > 1 && alternatives(schema, root).some(({ type }) => type === 'array')
  try {
    return isList ? texts.flatMap((text) => coerce(text, schema, root)) : coerce(single(name, texts), schema, root)
  } catch (error) {
    if (!(error instanceof Unsuitable)) throw error
    throw wrong(`"${name}" cannot be '${texts.join("', '")}': ${error.message}`)
  }
}

function single(name: string, [text = '', ...others]: readonly string[]): string {
  if (others.length > 0) throw wrong(`"${name}" is given ${others.length + 1} times, and is no list: leave one`)
  return text
}

const wrong = (message: string): GangwayError => new GangwayError('GANGWAY_E_ARGUMENT', message)
