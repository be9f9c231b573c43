/** `tools/list` and `tools/call`. */
import { follow, type Awaitable } from '../jsonrpc/awaitable.ts'
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { has } from '../protocol/features.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { CallToolResult } from '../protocol/types/tools.ts'
import type { Context } from '../server/context.ts'
import type { ServerDefinition } from '../server/definition.ts'
import { isInputRequired } from '../server/input.ts'
import type { Logger } from '../server/logger.ts'
import { helperFor, likeBlock, likeInputRequired, likeToolResult, type Look, warnOfLookAlike } from '../server/look-alikes.ts'
import { runHandler } from '../server/run-handler.ts'
import { explain, type CompiledSchema } from '../server/schema.ts'
import type { Tool } from '../server/tool.ts'
import { foreignResult, isToolResult, toolError, toStructuredResult, toToolResult } from '../server/tool-result.ts'
import type { Method } from './method.ts'
import { page } from './page.ts'
import { optionalObjectParam, stringParam } from './params.ts'

export const listTools: Method = ({ definition }, params) => page('tools', definition.lists.tools, ({ name }) => name, params, definition.pageSize)

export const callTool: Method = (server, params, ctx) => {
  const name = stringParam(params, 'name')
  const tool = server.definition.tools.get(name)
  if (!tool) throw new InvalidParamsError(`Unknown tool: ${name}`)
  const given = optionalObjectParam(params, 'arguments')
  return follow(
    () => tool.input?.validate(given) ?? { value: {} },
    (parsed) => (parsed.issues ? badArguments(`Invalid arguments for tool ${name}: ${explain(parsed)}`, ctx.revision) : runTool(tool, parsed.value, server, ctx)),
  )
}

const runTool = (tool: Tool, args: unknown, { logger }: ServerDefinition, ctx: Context<unknown>): Awaitable<Result> =>
  follow(
    () => runHandler(ctx, (own) => tool.handler(args as never, own)),
    (returned) => resultOf(tool, returned, logger),
  )

function resultOf(tool: Tool, returned: unknown, logger: Logger): Awaitable<Result> {
  if (isInputRequired(returned)) return returned
  if (tool.isForeign) return foreignResult(returned as CallToolResult)
  if (tool.output) return checkOutput(tool.output, returned)
  warnOfLookAlike(tool, { tool: tool.name }, LOOKS, returned, logger)
  return toToolResult(returned)
}

/** What plain data may be mistaken for in a tool. */
const LOOKS: readonly Look[] = [likeToolResult, likeBlock, likeInputRequired]

function badArguments(message: string, revision: Revision): Result {
  if (has(revision, 'argumentErrorsAsResults')) return toolError(message)
  throw new InvalidParamsError(message)
}

/** The client gets the value that the schema returns; a result that does not match never leaves. */
function checkOutput(output: CompiledSchema, returned: unknown): Awaitable<Result> {
  const complete = isToolResult(returned) ? returned : undefined
  if (complete?.isError) return complete
  return follow(
    () => output.validate(complete ? complete.structuredContent : returned),
    (checked) => {
      if (!checked.issues) return toStructuredResult(checked.value, complete)
      const helper = helperFor(LOOKS, returned)
      throw new TypeError(`The result does not match the output schema of the tool: ${explain(checked)}${helper ? `. It looks like a result of ${helper}, but was not made by it` : ''}`)
    },
  )
}
