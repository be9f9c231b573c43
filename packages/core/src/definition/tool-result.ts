/** Tool results: the helper that makes a complete result, and the conversion of a handler's return value to the result for the client. */
import { checkOptions } from '../util/check-options.ts'
import type { Meta } from '../protocol/types/base-types.ts'
import type { ContentBlock } from '../protocol/types/content-types.ts'
import type { CallToolResult } from '../protocol/types/tool-types.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'
import { asJson, check, isContent, refuse, toBlock } from './content.ts'

/** A complete result of a tool, made by `toolResult()`. */
export type ToolResult = CallToolResult & MadeBy<'toolResult()'>
/** A complete result that includes the value that the tool's `output` schema describes. */
export type StructuredToolResult<T> = ToolResult & { structuredContent: T }
/** A complete result that reports a failure. It needs no structured value. */
export type FailedToolResult = Omit<CallToolResult, 'isError' | 'structuredContent'> & { isError: true } & MadeBy<'toolResult()'>

/** `resultType` is accepted because results of other servers contain it. It is dropped: the engine sets its own. */
const MEMBERS = { content: true, structuredContent: true, isError: true, _meta: true, resultType: true }

export interface ToolResultOptions {
  /** Content blocks, made by helpers or written by hand. @default the structured content as JSON text */
  content?: readonly ContentBlock[]
  isError?: boolean
  _meta?: Meta
}

/**
 * A complete result of a tool. Accepts results of handlers written for the official SDK, and results received from another server.
 * Use it only for trusted values: their links, images and `_meta` reach the client unchanged.
 * Throws `GANGWAY_E_USAGE` if a block lacks a required member. Specification: server/tools, "Tool Result".
 *
 * @example return toolResult({ content: [text('Sold out')], isError: true })
 */
export function toolResult<T>(result: ToolResultOptions & { structuredContent: T }): StructuredToolResult<T>
export function toolResult(result: ToolResultOptions & { isError: true }): FailedToolResult
export function toolResult(result: ToolResultOptions & { content: readonly ContentBlock[] }): ToolResult
export function toolResult(result: ToolResultOptions & { structuredContent?: unknown }): ToolResult {
  checkOptions('toolResult()', result, MEMBERS)
  const { content = [], structuredContent, isError, _meta } = result
  if (!Array.isArray(content) || (result.content === undefined && structuredContent === undefined && !isError)) refuse('toolResult()', ['content', 'an array of content blocks', result.content])
  for (const block of content) check('toolResult()', block)
  return brand('toolResult()', { content: [...content], ...(structuredContent !== undefined && { structuredContent }), ...(isError !== undefined && { isError }), ...(_meta !== undefined && { _meta }) })
}

export const isToolResult = (value: unknown): value is ToolResult => makerOf(value) === 'toolResult()'

/** A failure for the model to read. It is a result, not a protocol error. */
export const toolError = (message: string): CallToolResult => ({ content: [{ type: 'text', text: message }], isError: true })

/** Converts the return value of a tool without `output`. Data becomes JSON text for the model. Throws a `TypeError` for values that a tool must not return. */
export function toToolResult(value: unknown): CallToolResult {
  if (typeof value === 'string') return { content: [{ type: 'text', text: value }] }
  if (isToolResult(value)) return value.structuredContent === undefined ? value : toStructuredResult(value.structuredContent, value)
  return { content: toContent(value) }
}

/** Returns the value as `structuredContent`. Adds it as JSON text, for clients that read only text, unless the result already has text. */
export function toStructuredResult(value: unknown, result: CallToolResult = { content: [] }): CallToolResult {
  const hasText = result.content.some(({ type }) => type === 'text')
  return { ...result, content: hasText ? result.content : [...result.content, { type: 'text', text: asJson(value) }], structuredContent: value }
}

/** Passes on the result of an upstream. Adds an empty `content` if it is missing: some servers omit it, and clients require it. */
export const foreignResult = (given: CallToolResult): CallToolResult => (Array.isArray(given.content) ? given : { ...given, content: [] })

/** A list with at least one block is a list of blocks; its other elements become text blocks. A list without blocks is one piece of data. */
function toContent(value: unknown): ContentBlock[] {
  if (value === undefined) return []
  return Array.isArray(value) && value.some(isContent) ? value.map(toBlock) : [toBlock(value)]
}
