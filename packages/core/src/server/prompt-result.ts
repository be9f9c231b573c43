/** What prompts return: the helpers that make it, and the result that the client gets. */
import { checkOptions, type OptionNames } from '../option-names.ts'
import type { Meta } from '../protocol/types/base.ts'
import type { GetPromptResult, PromptMessage } from '../protocol/types/prompts.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'
import { check, isContent, refuse, toBlock, type Content } from './content.ts'

/** One message of a prompt. */
export type Message = PromptMessage & MadeBy<'message()'>
/** A complete result of a prompt. */
export type PromptResult = GetPromptResult & MadeBy<'promptResult()'>

/** Messages may be made by `message()` or written by hand. */
export interface PromptResultOptions {
  messages: readonly PromptMessage[]
  /** @default the description of the prompt */
  description?: string
  _meta?: Meta
}

/** One message: `message('assistant', 'How can I help?')`. Throws `GANGWAY_E_USAGE`. */
export function message(role: 'user' | 'assistant', content: string | Content): Message {
  if (!isRole(role)) refuse('message()', ['role', '"user" or "assistant"', role])
  if (typeof content !== 'string' && !isContent(content)) refuse('message()', ['content', 'a string, or made by text(), image() or the like', content])
  return brand('message()', { role, content: typeof content === 'string' ? { type: 'text', text: content } : content })
}

/**
 * A complete result: `return promptResult({ messages: [{ role: 'user', content: { type: 'text', text } }] })`. Use it only for values that you trust.
 * Throws `GANGWAY_E_USAGE`. Specification: server/prompts, "Getting a Prompt".
 */
export function promptResult(result: PromptResultOptions): PromptResult {
  checkOptions('promptResult()', result, MEMBERS)
  const { messages, description, _meta } = result
  if (!Array.isArray(messages)) refuse('promptResult()', ['messages', 'an array of messages', messages])
  for (const one of messages as readonly PromptMessage[]) {
    if (!isRole(one?.role)) refuse('promptResult()', ['role', '"user" or "assistant"', one?.role])
    check('promptResult()', one.content)
  }
  return brand('promptResult()', { ...(description !== undefined && { description }), messages: [...messages], ...(_meta !== undefined && { _meta }) })
}

/** `resultType` is the engine's to set: results of other servers have it. */
const MEMBERS: OptionNames<PromptResultOptions & { resultType: unknown }> = { messages: true, description: true, _meta: true, resultType: true }

const isRole = (value: unknown): value is PromptMessage['role'] => value === 'user' || value === 'assistant'

/** What a prompt's handler returned as the result that the client gets. Data becomes JSON text of the user. Throws a `TypeError` for what no prompt may return. */
export function toPromptResult(value: unknown, description: string | undefined): GetPromptResult {
  const head = description === undefined ? {} : { description }
  if (makerOf(value) === 'promptResult()') return { ...head, ...(value as PromptResult) }
  return { ...head, messages: (Array.isArray(value) ? value : [value]).map(toMessage) }
}

const toMessage = (value: unknown): PromptMessage => (makerOf(value) === 'message()' ? (value as Message) : { role: 'user', content: toBlock(value) })
