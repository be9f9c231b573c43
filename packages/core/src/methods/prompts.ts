/** `prompts/list` and `prompts/get`. */
import { follow } from '../jsonrpc/awaitable.ts'
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { isInputRequired } from '../server/input.ts'
import { likeBlock, likeInputRequired, likeMessage, likePromptResult, type Look, warnOfLookAlike } from '../server/look-alikes.ts'
import { toPromptResult } from '../server/prompt-result.ts'
import { runHandler } from '../server/run-handler.ts'
import { explain } from '../server/schema.ts'
import type { Method } from './method.ts'
import { page } from './page.ts'
import { optionalObjectParam, present, stringParam } from './params.ts'

export const listPrompts: Method = ({ definition }, params) => page('prompts', definition.lists.prompts, ({ name }) => name, params, definition.pageSize)

/** What plain data may be mistaken for in a prompt. */
const LOOKS: readonly Look[] = [likePromptResult, likeMessage, likeBlock, likeInputRequired]

export const getPrompt: Method = ({ definition, logger }, params, ctx) => {
  const name = stringParam(params, 'name')
  const prompt = definition.prompts.get(name)
  if (!prompt) throw new InvalidParamsError(`Unknown prompt: ${name}`)
  const given = present(optionalObjectParam(params, 'arguments'))
  const [wrong] = Object.entries(given).find(([, value]) => typeof value !== 'string') ?? []
  if (wrong !== undefined) throw new InvalidParamsError(`Argument "${wrong}" of prompt ${name} must be a string`)
  return follow(
    () => prompt.args.validate(given),
    (parsed) => {
      if (parsed.issues) throw new InvalidParamsError(`Invalid arguments for prompt ${name}: ${explain(parsed)}`)
      return follow(
        () => runHandler(ctx, (own) => prompt.handler(parsed.value as never, own)),
        (returned) => {
          if (isInputRequired(returned) || prompt.isForeign) return returned as Result
          warnOfLookAlike(prompt, { prompt: name }, LOOKS, returned, logger)
          return toPromptResult(returned, prompt.description.description)
        },
      )
    },
  )
}
