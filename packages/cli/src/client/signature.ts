/** Formats tools and prompts as TypeScript-like signatures. */
import type { JsonSchema, PromptDescription, ToolDescription } from '@gangway/core'
import { alternatives, isSchema, propertiesOf, requiredOf, valuesOf } from './read-schema.ts'

/** Deeper objects and lists are abbreviated. */
const DEPTH = 3

/** `add(a: number, b?: number = 1) -> { sum: number }` */
export function toolSignature({ name, inputSchema, outputSchema }: ToolDescription): string {
  return `${name}(${members(inputSchema, inputSchema, 0).join(', ')})${outputSchema ? ` -> ${typeText(outputSchema, outputSchema)}` : ''}`
}

/** `summarise(order, length?)`, without types: arguments of prompts are always strings. */
export const promptSignature = ({ name, arguments: args = [] }: PromptDescription): string => `${name}(${args.map((one) => `${one.name}${one.required ? '' : '?'}`).join(', ')})`

export function typeText(schema: JsonSchema, root: JsonSchema, depth = 0): string {
  const texts = alternatives(schema, root).map((one) => {
    const values = valuesOf(one)
    if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
    if (one['type'] === 'array' && depth >= DEPTH) return 'array'
    if (one['type'] === 'array') return listText(isSchema(one['items']) ? typeText(one['items'], root, depth + 1) : 'any')
    if (one['type'] === 'object' || 'properties' in one) return objectText(one, root, depth)
    return typeof one['type'] === 'string' ? one['type'] : 'any'
  })
  return [...new Set(texts)].join(' | ')
}

const listText = (item: string): string => (item.includes(' | ') ? `(${item})[]` : `${item}[]`)

function objectText(schema: JsonSchema, root: JsonSchema, depth: number): string {
  if (depth >= DEPTH || propertiesOf(schema).size === 0) return 'object'
  return `{ ${members(schema, root, depth + 1).join(', ')} }`
}

function members(schema: JsonSchema, root: JsonSchema, depth: number): string[] {
  const required = requiredOf(schema)
  return [...propertiesOf(schema)].map(([name, one]) => `${name}${required.has(name) ? '' : '?'}: ${typeText(one, root, depth)}${'default' in one ? ` = ${JSON.stringify(one['default'])}` : ''}`)
}
