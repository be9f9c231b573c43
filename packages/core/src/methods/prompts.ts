/** `prompts/list` and `prompts/get`. */
import { follow } from '../jsonrpc/awaitable.ts'
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { isInputRequired } from '../server/input.ts'
import { toPromptResult } from '../server/prompt.ts'
import { runHandler } from '../server/run-handler.ts'
import { explain } from '../server/schema.ts'
import type { Method } from './method.ts'
import { page } from './page.ts'
import { optionalObjectParam, stringParam } from './params.ts'

export const listPrompts: Method = ({ definition }, params) => page('prompts', definition.lists.prompts, ({ name }) => name, params, definition.pageSize)

export const getPrompt: Method = ({ definition }, params, ctx) => {
  const name = stringParam(params, 'name')
  const prompt = definition.prompts.get(name)
  if (!prompt) throw new InvalidParamsError(`Unknown prompt: ${name}`)
  const given = optionalObjectParam(params, 'arguments')
  const [wrong] = Object.entries(given).find(([, value]) => typeof value !== 'string') ?? []
  if (wrong !== undefined) throw new InvalidParamsError(`Argument "${wrong}" of prompt ${name} must be a string`)
  return follow(
    () => prompt.args.validate(given),
    (parsed) => {
      if (parsed.issues) throw new InvalidParamsError(`Invalid arguments for prompt ${name}: ${explain(parsed)}`)
      return follow(
        () => runHandler(ctx, () => prompt.handler(parsed.value as never, ctx)),
        (returned) => (isInputRequired(returned) || prompt.isForeign ? (returned as Result) : toPromptResult(returned, prompt.description.description)),
      )
    },
  )
}
