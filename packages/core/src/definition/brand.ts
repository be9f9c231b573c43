/** The brand that distinguishes values made by Gangway's helpers from plain data, and the warnings about plain data of the same shape. */
import type { ContentBlock } from '../protocol/types/content-types.ts'
import type { InputRequiredResult } from '../protocol/types/input-types.ts'
import { isObject } from '../util/is-object.ts'
import type { Logger } from '../logging/logger.ts'

/**
 * The brand is an enumerable own property, so that `{ ...text('x') }` keeps it. Its key is a symbol, which JSON can neither carry nor forge.
 * The symbol is registered globally, so that two copies of this package in one process recognize each other's values.
 */
export const madeBy: unique symbol = Symbol.for('gangway.made-by')

/** A branded value. TypeScript quotes this type in the error for a handler that returns an object written by hand. */
export interface MadeBy<H extends Helper> {
  readonly [madeBy]: H
}

export type BlockHelper = 'text()' | 'image()' | 'audio()' | 'link()' | 'embed()'
export type Helper = BlockHelper | 'toolResult()' | 'message()' | 'promptResult()' | 'contents()' | 'resourceResult()' | 'inputRequired()' | PassedOn
/** Brands that only proxies set. No public helper makes these values. */
type PassedOn = 'completion'

/** The helper that made the value; undefined for plain data. */
export const makerOf = (value: unknown): Helper | undefined => (typeof value === 'object' && value !== null ? (value as Partial<MadeBy<Helper>>)[madeBy] : undefined)

/** Returns a branded copy of the value. */
export const brand = <T extends object, H extends Helper>(helper: H, value: T): T & MadeBy<H> => ({ ...value, [madeBy]: helper })

/** The helper that makes content blocks of each type. */
export const BLOCK_HELPERS: { readonly [Type in ContentBlock['type']]: BlockHelper } = { text: 'text()', image: 'image()', audio: 'audio()', resource_link: 'link()', resource: 'embed()' }

/** A return value of `inputRequired()`. The handler runs again with the responses. */
export type InputRequired = InputRequiredResult & MadeBy<'inputRequired()'>

/** Plain data of the same shape does not count: stored data must never send requests to a client. */
export const isInputRequired = (value: unknown): value is InputRequired => makerOf(value) === 'inputRequired()'

/** Returns the helper that makes values of this shape; undefined for any other shape. */
export type ShapeCheck = (value: Record<string, unknown>) => Helper | undefined

/** The member that identifies a block of each type. */
const NEEDED: { readonly [Type in keyof typeof BLOCK_HELPERS]: string } = { text: 'text', image: 'data', audio: 'data', resource_link: 'uri', resource: 'resource' }

const isBlockType = (type: unknown): type is keyof typeof NEEDED => typeof type === 'string' && Object.hasOwn(NEEDED, type)
const isListOf = (list: unknown, isOne: ShapeCheck): boolean => Array.isArray(list) && list.length > 0 && list.slice(0, MAX_CHECKED).every((one) => isObject(one) && isOne(one))

export const looksLikeBlock: ShapeCheck = (value) => (isBlockType(value.type) && value[NEEDED[value.type]] !== undefined ? BLOCK_HELPERS[value.type] : undefined)
export const looksLikeToolResult: ShapeCheck = ({ content, isError, structuredContent }) => (isListOf(content, looksLikeBlock) || (Array.isArray(content) && (isError ?? structuredContent) !== undefined) ? 'toolResult()' : undefined)
export const looksLikeMessage: ShapeCheck = ({ role, content }) => ((role === 'user' || role === 'assistant') && content !== undefined ? 'message()' : undefined)
export const looksLikePromptResult: ShapeCheck = ({ messages }) => (isListOf(messages, looksLikeMessage) ? 'promptResult()' : undefined)
export const looksLikeResourceResult: ShapeCheck = ({ contents }) => (isListOf(contents, ({ uri }) => (typeof uri === 'string' ? 'contents()' : undefined)) ? 'resourceResult()' : undefined)
export const looksLikeInputRequired: ShapeCheck = ({ resultType }) => (resultType === 'input_required' ? 'inputRequired()' : undefined)

/** Items that were warned about already. */
const warned = new WeakSet<object>()

/** Warns at most once per item. `name` is merged into the log line, for example `{ tool: 'add' }`. */
export function warnAboutUnbranded(item: object, name: object, looks: readonly ShapeCheck[], returned: unknown, logger: Logger): void {
  if (typeof returned !== 'object' || returned === null || warned.has(item)) return
  const helper = helperFor(looks, returned)
  if (helper === undefined) return
  warned.add(item)
  logger.warn({ ...name, helper }, `The handler returned a plain object that looks like a value from ${helper}. It was sent as data. If it is not data, create it with ${helper}`)
}

/** The helper that makes values of this shape, or the elements of this list. Undefined for branded values and for all other data. */
export function helperFor(looks: readonly ShapeCheck[], value: unknown): Helper | undefined {
  for (const one of Array.isArray(value) ? value.slice(0, MAX_CHECKED) : [value]) {
    if (!isObject(one) || makerOf(one) !== undefined) continue
    for (const look of looks) {
      const helper = look(one)
      if (helper !== undefined) return helper
    }
  }
  return undefined
}

/** The number of list elements that are checked. The warning does not justify reading a long list. */
const MAX_CHECKED = 100
