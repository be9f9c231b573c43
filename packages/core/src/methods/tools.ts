/** Implements `tools/list` and `tools/call`. */
import { chain, type Awaitable } from '../util/awaitable.ts'
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { has } from '../protocol/features.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { CallToolResult } from '../protocol/types/tool-types.ts'
import type { Context } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { isInputRequired } from '../context/input-requests.ts'
import type { Logger } from '../logging/logger.ts'
import { helperFor, looksLikeBlock, looksLikeInputRequired, looksLikeToolResult, type ShapeCheck, warnAboutUnbranded } from '../definition/unbranded-results.ts'
import { runHandler } from '../context/run-handler.ts'
import { explain, type CompiledSchema } from '../schema/compile-schema.ts'
import { shorten } from '../util/shorten.ts'
import type { Tool } from '../definition/tool.ts'
import { foreignResult, isToolResult, toolError, toStructuredResult, toToolResult } from '../definition/tool-result.ts'
import type { Method } from './method.ts'
import { page } from './page.ts'
import { optionalObjectParam, stringParam } from './params.ts'

export const listTools: Method = ({ definition }, params) => page('tools', definition.lists.tools, ({ name }) => name, params, definition.pageSize)

export const callTool: Method = (server, params, ctx) => {
  const name = stringParam(params, 'name')
  const tool = server.definition.tools.get(name)
  if (!tool) throw new InvalidParamsError(`Unknown tool: ${shorten(name)}`)
  const given = optionalObjectParam(params, 'arguments')
  return chain(
    () => tool.input?.validate(given) ?? { value: {} },
    (parsed) => (parsed.issues ? badArguments(`Invalid arguments for tool ${name}: ${explain(parsed)}`, ctx.revision) : runTool(tool, parsed.value, server, ctx)),
  )
}

const runTool = (tool: Tool, args: unknown, { logger }: ServerDefinition, ctx: Context<unknown>): Awaitable<Result> =>
  chain(
    () => runHandler(ctx, (own) => tool.handler(args as never, own)),
    (returned) => resultOf(tool, returned, logger),
  )

function resultOf(tool: Tool, returned: unknown, logger: Logger): Awaitable<Result> {
  if (isInputRequired(returned)) return returned
  if (tool.isForeign) return foreignResult(returned as CallToolResult)
  if (tool.output) return checkOutput(tool.output, returned)
  warnAboutUnbranded(tool, { tool: tool.name }, LOOKS, returned, logger)
  return toToolResult(returned)
}

/** Plain objects of these shapes are probably tool results that were built without the helper functions. */
const LOOKS: readonly ShapeCheck[] = [looksLikeToolResult, looksLikeBlock, looksLikeInputRequired]

function badArguments(message: string, revision: Revision): Result {
  if (has(revision, 'argumentErrorsAsResults')) return toolError(message)
  throw new InvalidParamsError(message)
}

/** Validates the result against the output schema. The client receives the value that the schema returns. Throws a `TypeError` for an invalid result, which is never sent. */
function checkOutput(output: CompiledSchema, returned: unknown): Awaitable<Result> {
  const complete = isToolResult(returned) ? returned : undefined
  if (complete?.isError) return complete
  return chain(
    () => output.validate(complete ? complete.structuredContent : returned),
    (checked) => {
      if (!checked.issues) return toStructuredResult(checked.value, complete)
      const helper = helperFor(LOOKS, returned)
      throw new TypeError(`The result does not match the output schema of the tool: ${explain(checked)}${helper ? `. It looks like a result of ${helper}, but was not made by it` : ''}`)
    },
  )
}
