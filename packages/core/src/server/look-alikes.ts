/** Warns the author of a handler that returned plain data in the shape of a protocol value. */
import { isObject } from '../jsonrpc/is-object.ts'
import { makerOf, type Helper } from './brand.ts'
import { BLOCK_HELPERS } from './content.ts'
import type { Logger } from './logger.ts'

/** The helper that makes values of this shape; undefined for any other shape. */
export type Look = (value: Record<string, unknown>) => Helper | undefined

/** The member that a block of each type needs. */
const NEEDED: { readonly [Type in keyof typeof BLOCK_HELPERS]: string } = { text: 'text', image: 'data', audio: 'data', resource_link: 'uri', resource: 'resource' }

const isBlockType = (type: unknown): type is keyof typeof NEEDED => typeof type === 'string' && Object.hasOwn(NEEDED, type)
const isListOf = (list: unknown, isOne: Look): boolean => Array.isArray(list) && list.length > 0 && list.slice(0, MAX_CHECKED).every((one) => isObject(one) && isOne(one))

export const likeBlock: Look = (value) => (isBlockType(value.type) && value[NEEDED[value.type]] !== undefined ? BLOCK_HELPERS[value.type] : undefined)
export const likeToolResult: Look = ({ content, isError, structuredContent }) => (isListOf(content, likeBlock) || (Array.isArray(content) && (isError ?? structuredContent) !== undefined) ? 'toolResult()' : undefined)
export const likeMessage: Look = ({ role, content }) => ((role === 'user' || role === 'assistant') && content !== undefined ? 'message()' : undefined)
export const likePromptResult: Look = ({ messages }) => (isListOf(messages, likeMessage) ? 'promptResult()' : undefined)
export const likeResourceResult: Look = ({ contents }) => (isListOf(contents, ({ uri }) => (typeof uri === 'string' ? 'contents()' : undefined)) ? 'resourceResult()' : undefined)
export const likeInputRequired: Look = ({ resultType }) => (resultType === 'input_required' ? 'inputRequired()' : undefined)

/** Items whose authors have been warned. */
const warned = new WeakSet<object>()

/** Warns once for each item. `name` is how the log names it. */
export function warnOfLookAlike(item: object, name: object, looks: readonly Look[], returned: unknown, logger: Logger): void {
  if (typeof returned !== 'object' || returned === null || warned.has(item)) return
  const helper = helperFor(looks, returned)
  if (helper === undefined) return
  warned.add(item)
  logger.warn({ ...name, helper }, `The handler returned a plain object in the shape that ${helper} makes. It was sent as data. If it is not data, make it with ${helper}`)
}

/** The helper that makes values of this shape, or the elements of this list; undefined for what a helper made, and for all other data. */
export function helperFor(looks: readonly Look[], value: unknown): Helper | undefined {
  for (const one of Array.isArray(value) ? value.slice(0, MAX_CHECKED) : [value]) {
    if (!isObject(one) || makerOf(one) !== undefined) continue
    for (const look of looks) {
      const helper = look(one)
      if (helper !== undefined) return helper
    }
  }
  return undefined
}

/** Elements of a list that are looked at: the warning is not worth reading a long one. */
const MAX_CHECKED = 100
