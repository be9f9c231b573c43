/** Implements `prompts/list` and `prompts/get`. */
import { isLater } from '../util/awaitable.ts'
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { looksLikeBlock, looksLikeInputRequired, looksLikeMessage, looksLikePromptResult, type ShapeCheck, warnAboutUnbranded } from '../definition/brand.ts'
import { toPromptResult } from '../definition/prompt-result.ts'
import type { Prompt } from '../definition/prompt.ts'
import type { Logger } from '../logging/logger.ts'
import { explain } from '../schema/compile-schema.ts'
import type { Validation } from '../schema/standard-schema.ts'
import { shorten } from '../util/shorten.ts'
import type { HandlerCall, HandlerMethod, Method } from './method.ts'
import { page } from './page.ts'
import { stringParam, stringsParam } from './params.ts'

export const listPrompts: Method = ({ definition }, params) => page('prompts', definition.lists.prompts, ({ name }) => name, params, definition.pageSize)

/** Plain objects of these shapes are probably prompt results that were built without the helper functions. */
const LOOKS: readonly ShapeCheck[] = [looksLikePromptResult, looksLikeMessage, looksLikeBlock, looksLikeInputRequired]

export const getPrompt: HandlerMethod = ({ definition, logger }, params) => {
  const name = stringParam(params, 'name')
  const prompt = definition.prompts.get(name)
  if (!prompt) throw new InvalidParamsError(`Unknown prompt: ${shorten(name)}`)
  const given = stringsParam(params, 'arguments', (argument) => `Argument "${argument}" of prompt ${name}`)
  const parsed = prompt.args.validate(given)
  return isLater(parsed) ? parsed.then((settled) => promptCall(name, prompt, settled, logger)) : promptCall(name, prompt, parsed, logger)
}

function promptCall(name: string, prompt: Prompt, parsed: Validation, logger: Logger): HandlerCall {
  if (parsed.issues) throw new InvalidParamsError(`Invalid arguments for prompt ${name}: ${explain(parsed)}`)
  return {
    run: (own) => prompt.handler(parsed.value as never, own),
    toResult: (returned) => {
      if (prompt.isForeign) return returned as Result
      warnAboutUnbranded(prompt, { prompt: name }, LOOKS, returned, logger)
      return toPromptResult(returned, prompt.description.description)
    },
  }
}
