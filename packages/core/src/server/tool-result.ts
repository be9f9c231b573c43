/** What tools return: the helper that makes a complete result, and the result that the client gets. */
import { checkOptions } from '../option-names.ts'
import type { Meta } from '../protocol/types/base.ts'
import type { ContentBlock } from '../protocol/types/content.ts'
import type { CallToolResult } from '../protocol/types/tools.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'
import { asJson, check, isContent, refuse, toBlock } from './content.ts'

/** A complete result of a tool. */
export type ToolResult = CallToolResult & MadeBy<'toolResult()'>
/** One that holds the value of the tool's `output`. */
export type StructuredToolResult<T> = ToolResult & { structuredContent: T }
/** One that reports a failure, and so needs no value. */
export type FailedToolResult = Omit<CallToolResult, 'isError' | 'structuredContent'> & { isError: true } & MadeBy<'toolResult()'>

/** `resultType` is the engine's to set: results of other servers have it. */
const MEMBERS = { content: true, structuredContent: true, isError: true, _meta: true, resultType: true }

export interface ToolResultOptions {
  /** Blocks made by a helper or written by hand. @default the structured content as JSON text */
  content?: readonly ContentBlock[]
  isError?: boolean
  _meta?: Meta
}

/**
 * A complete result: `return toolResult({ content: [text('Sold out')], isError: true })`. Takes what a handler of the official SDK returns, and what another server
 * answered. Use it only for values that you trust: their links, images and `_meta` reach the client as such. Throws `GANGWAY_E_USAGE` for a block that lacks
 * what its type needs. Specification: server/tools, "Tool Result".
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

/** A failure that the model should read: the tool has answered. */
export const toolError = (message: string): CallToolResult => ({ content: [{ type: 'text', text: message }], isError: true })

/** What a tool without `output` returned. Data goes to the model as JSON text. Throws a `TypeError` for what no tool may return. */
export function toToolResult(value: unknown): CallToolResult {
  if (typeof value === 'string') return { content: [{ type: 'text', text: value }] }
  if (isToolResult(value)) return value.structuredContent === undefined ? value : toStructuredResult(value.structuredContent, value)
  return { content: toContent(value) }
}

/** The value as `structuredContent`. Clients that read only text get it as JSON text, unless the result has text already. */
export function toStructuredResult(value: unknown, result: CallToolResult = { content: [] }): CallToolResult {
  const hasText = result.content.some(({ type }) => type === 'text')
  return { ...result, content: hasText ? result.content : [...result.content, { type: 'text', text: asJson(value) }], structuredContent: value }
}

/** The result of an upstream, unchanged. Some servers leave out `content`, which clients require. */
export const foreignResult = (given: CallToolResult): CallToolResult => (Array.isArray(given.content) ? given : { ...given, content: [] })

/** In a list with a block, every other element is text or data of its own; a list without blocks is one piece of data. */
function toContent(value: unknown): ContentBlock[] {
  if (value === undefined) return []
  return Array.isArray(value) && value.some(isContent) ? value.map(toBlock) : [toBlock(value)]
}
