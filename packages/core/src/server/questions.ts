/** The three kinds of questions, as handlers ask them: `elicit`, `sample` and `roots`. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { InputRequest, Root, SamplingRequest, SamplingResult } from '../protocol/types/input.ts'
import type { JsonSchema } from '../protocol/types/tools.ts'
import type { Reader } from './input.ts'
import { compileSchema, type OutputOf, type Schema } from './schema.ts'

export type Elicited<T> = { readonly action: 'accept'; readonly value: T } | { readonly action: 'decline' | 'cancel'; readonly value?: undefined }

export interface Elicit {
  /** Asks the user to fill in a form. Its fields are texts, numbers, booleans and choices; what the user enters is checked against them. */
  <S extends Schema>(key: string, message: string, form: S): Promise<Elicited<OutputOf<S>>>
  /** Asks the user to open a page. `accept` means that they agreed to, not that they are done there. */
  (key: string, message: string, page: { readonly url: string }): Promise<{ readonly action: 'accept' | 'decline' | 'cancel' }>
}

/** Asks the client's model to write a message. */
export type Sample = (key: string, request: SamplingRequest) => Promise<SamplingResult>

/** Asks for the folders that the client works in. */
export type Roots = (key?: string) => Promise<Root[]>

/** Asks, and resolves with the answer once there is one: `Inputs.ask`. */
type Ask = <T>(key: string, request: InputRequest, read: Reader<T>) => Promise<T>

export function createElicit(ask: Ask): Elicit {
  return ((key: string, message: string, target: Schema | { url: string }) => {
    if ('url' in target && typeof target.url === 'string') {
      if (!URL.canParse(target.url)) throw new GangwayError('GANGWAY_E_URL', `Question "${key}" has no page to open: ${JSON.stringify(target.url)} is not an absolute URL`)
      return ask(key, { method: 'elicitation/create', params: { mode: 'url', message, url: target.url } }, ({ action }) => (isAction(action) ? { action } : undefined))
    }
    const form = compileSchema(target as Schema, 'input', `form of question "${key}"`)
    const read: Reader<Elicited<unknown>> = async ({ action, content = {} }) => {
      if (!isAction(action)) return undefined
      if (action !== 'accept') return { action }
      const checked = await form.validate(content)
      return checked.issues ? undefined : { action, value: checked.value }
    }
    return ask(key, { method: 'elicitation/create', params: { mode: 'form', message, requestedSchema: toFormSchema(form.json, key) } }, read)
  }) as Elicit
}

export const createSample =
  (ask: Ask): Sample =>
  (key, params) =>
    ask(key, { method: 'sampling/createMessage', params }, (answer) => (typeof answer.model === 'string' && answer.content !== undefined ? (answer as unknown as SamplingResult) : undefined))

export const createRoots =
  (ask: Ask): Roots =>
  (key = 'roots') =>
    ask(key, { method: 'roots/list' }, ({ roots }) => (Array.isArray(roots) && roots.every(isRoot) ? roots : undefined))

const isAction = (value: unknown): value is 'accept' | 'decline' | 'cancel' => value === 'accept' || value === 'decline' || value === 'cancel'
const isRoot = (value: unknown): value is Root => isObject(value) && typeof value.uri === 'string'

/** What the specification allows in a field of a form, by type. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'format', 'enum', 'enumNames', 'oneOf'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  boolean: [],
  array: ['items', 'minItems', 'maxItems'],
}
const FORMATS = new Set<unknown>(['email', 'uri', 'date', 'date-time'])

/** Libraries describe more than a form may say, such as patterns: that is left out, and checked when the answer comes. */
function toFormSchema({ properties, required }: JsonSchema, key: string): JsonSchema {
  const fields = isObject(properties) ? Object.entries(properties) : []
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, toFieldSchema(field as JsonSchema, `field "${name}" of question "${key}"`)])),
    ...(Array.isArray(required) && required.length > 0 && { required }),
  }
}

function toFieldSchema(field: JsonSchema, where: string): JsonSchema {
  const choices = titledChoices(field.anyOf ?? field.oneOf)
  const { type } = choices ? { type: 'string' } : field
  const keywords = KEYWORDS[String(type)]
  if (!keywords) throw new GangwayError('GANGWAY_E_FORM', `${where}: a form has texts, numbers, booleans and choices, not ${JSON.stringify(type ?? 'unions')}: ask for a simpler value`)
  const known = { ...field, ...(choices && { oneOf: choices }), ...(type === 'array' && { items: toItemsSchema(field.items) }) }
  const entries = ['title', 'description', 'default', ...keywords].map((keyword) => [keyword, known[keyword as keyof typeof known]] as const)
  return Object.fromEntries([['type', type], ...entries.filter(([keyword, value]) => value !== undefined && (keyword !== 'format' || FORMATS.has(value)))])
}

function toItemsSchema(items: unknown): unknown {
  const choices = isObject(items) ? titledChoices(items.anyOf ?? items.oneOf) : undefined
  return choices ? { anyOf: choices } : items
}

/** A union of constants with titles is a choice with labels. */
function titledChoices(options: unknown): { const: unknown; title: string }[] | undefined {
  if (!Array.isArray(options) || !options.every((option) => isObject(option) && typeof option.const === 'string')) return undefined
  return options.map((option) => ({ const: option.const, title: option.title ?? option.const }))
}
