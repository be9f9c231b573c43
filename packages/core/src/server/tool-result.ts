/** From what a tool's handler returned to the result that the wire carries. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { ContentBlock } from '../protocol/types/content.ts'
import type { CallToolResult } from '../protocol/types/tools.ts'
import { isContentBlock, text } from './content.ts'

/** A failure that the model should read: the tool has answered. */
export const toolError = (message: string): CallToolResult => ({ content: [text(message)], isError: true })

/** Values that are no content go to the model as JSON. */
export function toToolResult(value: unknown): CallToolResult {
  if (isCompleteResult(value)) return value.structuredContent === undefined ? value : toStructuredResult(value.structuredContent, value)
  return { content: toContent(value) }
}

/** The value as `structuredContent`, and as text for clients that read nothing else, unless the result has a text of its own. */
export function toStructuredResult(value: unknown, result: CallToolResult = { content: [] }): CallToolResult {
  const hasText = result.content.some(({ type }) => type === 'text')
  return { ...result, content: hasText ? result.content : [...result.content, text(JSON.stringify(value))], structuredContent: value }
}

/** The result of an upstream, unchanged. Some servers leave out `content`, which clients require. */
export const foreignResult = (given: CallToolResult): CallToolResult => (Array.isArray(given.content) ? given : { ...given, content: [] })

export const isCompleteResult = (value: unknown): value is CallToolResult => isObject(value) && Array.isArray(value.content) && value.content.every(isContentBlock)

function toContent(value: unknown): ContentBlock[] {
  if (value === undefined) return []
  if (typeof value === 'string') return [text(value)]
  if (isContentBlock(value)) return [value]
  if (Array.isArray(value) && value.length > 0 && value.every(isContentBlock)) return value
  return [text(JSON.stringify(value))]
}
