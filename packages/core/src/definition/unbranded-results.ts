/** Warns authors whose handler returned plain data in the shape of a protocol value. */
import { isObject } from '../util/is-object.ts'
import { makerOf, type Helper } from './brand.ts'
import { BLOCK_HELPERS } from './content.ts'
import type { Logger } from '../logging/logger.ts'

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
  logger.warn({ ...name, helper }, `The handler returned a plain object in the shape that ${helper} makes. It was sent as data. If it is not data, make it with ${helper}`)
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
