/** Prompt results: the helpers that authors call, and the conversion of a handler's return value to the result for the client. */
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import type { Meta } from '../protocol/types/base-types.ts'
import type { GetPromptResult, PromptMessage } from '../protocol/types/prompt-types.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'
import { check, isContent, refuse, toBlock, type Content } from './content.ts'

/** One message of a prompt, made by `message()`. */
export type Message = PromptMessage & MadeBy<'message()'>
/** A complete result of a prompt, made by `promptResult()`. */
export type PromptResult = GetPromptResult & MadeBy<'promptResult()'>

/** The messages may come from `message()` or be written by hand. */
export interface PromptResultOptions {
  messages: readonly PromptMessage[]
  /** @default the description of the prompt */
  description?: string
  _meta?: Meta
}

/**
 * One message of a prompt. Throws `GANGWAY_E_USAGE` for an unknown role or content.
 *
 * @example return [message('user', 'Review this'), message('assistant', 'How can I help?')]
 */
export function message(role: 'user' | 'assistant', content: string | Content): Message {
  if (!isRole(role)) refuse('message()', ['role', '"user" or "assistant"', role])
  if (typeof content !== 'string' && !isContent(content)) refuse('message()', ['content', 'a string, or made by text(), image() or the like', content])
  return brand('message()', { role, content: typeof content === 'string' ? { type: 'text', text: content } : content })
}

/**
 * A complete result of a prompt. Use it only for trusted values: the messages reach the client unchanged.
 * Throws `GANGWAY_E_USAGE` for an invalid message. Specification: server/prompts, "Getting a Prompt".
 *
 * @example return promptResult({ messages: [{ role: 'user', content: { type: 'text', text } }] })
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

/** `resultType` is accepted because results of other servers contain it. It is dropped: the engine sets its own. */
const MEMBERS: OptionNames<PromptResultOptions & { resultType: unknown }> = { messages: true, description: true, _meta: true, resultType: true }

const isRole = (value: unknown): value is PromptMessage['role'] => value === 'user' || value === 'assistant'

/** Converts a handler's return value to the result for the client. Data becomes a user message with JSON text. Throws a `TypeError` for values that a prompt must not return. */
export function toPromptResult(value: unknown, description: string | undefined): GetPromptResult {
  const head = description === undefined ? {} : { description }
  if (makerOf(value) === 'promptResult()') return { ...head, ...(value as PromptResult) }
  return { ...head, messages: (Array.isArray(value) ? value : [value]).map(toMessage) }
}

const toMessage = (value: unknown): PromptMessage => (makerOf(value) === 'message()' ? (value as Message) : { role: 'user', content: toBlock(value) })
