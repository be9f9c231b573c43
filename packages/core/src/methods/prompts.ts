/** Implements `prompts/list` and `prompts/get`. */
import { chain } from '../util/awaitable.ts'
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { isInputRequired } from '../context/input-requests.ts'
import { looksLikeBlock, looksLikeInputRequired, looksLikeMessage, looksLikePromptResult, type ShapeCheck, warnAboutUnbranded } from '../definition/unbranded-results.ts'
import { toPromptResult } from '../definition/prompt-result.ts'
import { runHandler } from '../context/run-handler.ts'
import { explain } from '../schema/compile-schema.ts'
import { shorten } from '../util/shorten.ts'
import type { Method } from './method.ts'
import { page } from './page.ts'
import { stringParam, stringsParam } from './params.ts'

export const listPrompts: Method = ({ definition }, params) => page('prompts', definition.lists.prompts, ({ name }) => name, params, definition.pageSize)

/** Plain objects of these shapes are probably prompt results that were built without the helper functions. */
const LOOKS: readonly ShapeCheck[] = [looksLikePromptResult, looksLikeMessage, looksLikeBlock, looksLikeInputRequired]

export const getPrompt: Method = ({ definition, logger }, params, ctx) => {
  const name = stringParam(params, 'name')
  const prompt = definition.prompts.get(name)
  if (!prompt) throw new InvalidParamsError(`Unknown prompt: ${shorten(name)}`)
  const given = stringsParam(params, 'arguments', (argument) => `Argument "${argument}" of prompt ${name}`)
  return chain(
    () => prompt.args.validate(given),
    (parsed) => {
      if (parsed.issues) throw new InvalidParamsError(`Invalid arguments for prompt ${name}: ${explain(parsed)}`)
      return chain(
        () => runHandler(ctx, (own) => prompt.handler(parsed.value as never, own)),
        (returned) => {
          if (isInputRequired(returned) || prompt.isForeign) return returned as Result
          warnAboutUnbranded(prompt, { prompt: name }, LOOKS, returned, logger)
          return toPromptResult(returned, prompt.description.description)
        },
      )
    },
  )
}
