/** Implements `tools/list` and `tools/call`. */
import { isLater, type Awaitable } from '../util/awaitable.ts'
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { has } from '../protocol/features.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { CallToolResult } from '../protocol/types/tool-types.ts'
import type { Logger } from '../logging/logger.ts'
import { helperFor, looksLikeBlock, looksLikeInputRequired, looksLikeToolResult, type ShapeCheck, warnAboutUnbranded } from '../definition/brand.ts'
import { explain, type CompiledSchema } from '../schema/compile-schema.ts'
import type { Validation } from '../schema/standard-schema.ts'
import { shorten } from '../util/shorten.ts'
import type { Tool } from '../definition/tool.ts'
import { foreignResult, isToolResult, toolError, toStructuredResult, toToolResult } from '../definition/tool-result.ts'
import type { HandlerCall, HandlerMethod, Method } from './method.ts'
import { page } from './page.ts'
import { optionalObjectParam, stringParam } from './params.ts'

export const listTools: Method = ({ definition }, params) => page('tools', definition.lists.tools, ({ name }) => name, params, definition.pageSize)

export const callTool: HandlerMethod = (server, params, ctx) => {
  const name = stringParam(params, 'name')
  const tool = server.definition.tools.get(name)
  if (!tool) throw new InvalidParamsError(`Unknown tool: ${shorten(name)}`)
  const given = optionalObjectParam(params, 'arguments')
  const parsed = tool.input?.validate(given) ?? NO_ARGUMENTS
  return isLater(parsed) ? parsed.then((settled) => toolCall(tool, settled, server.logger, ctx.revision)) : toolCall(tool, parsed, server.logger, ctx.revision)
}

const NO_ARGUMENTS: Validation = { value: {} }

function toolCall(tool: Tool, parsed: Validation, logger: Logger, revision: Revision): HandlerCall {
  if (parsed.issues) return badArguments(`Invalid arguments for tool ${tool.name}: ${explain(parsed)}`, revision)
  return { run: (own) => tool.handler(parsed.value as never, own), toResult: (returned) => toResult(tool, returned, logger) }
}

function toResult(tool: Tool, returned: unknown, logger: Logger): Awaitable<Result> {
  if (tool.isForeign) return foreignResult(returned as CallToolResult)
  if (tool.output) return checkOutput(tool.output, returned)
  warnAboutUnbranded(tool, { tool: tool.name }, LOOKS, returned, logger)
  return toToolResult(returned)
}

/** Plain objects of these shapes are probably tool results that were built without the helper functions. */
const LOOKS: readonly ShapeCheck[] = [looksLikeToolResult, looksLikeBlock, looksLikeInputRequired]

/** Returns a call that runs no handler. */
function badArguments(message: string, revision: Revision): HandlerCall {
  if (has(revision, 'argumentErrorsAsResults')) return { run: () => undefined, toResult: () => toolError(message) }
  throw new InvalidParamsError(message)
}

/** Validates the result against the output schema. The client receives the value that the schema returns. Throws a `TypeError` for an invalid result, which is never sent. */
function checkOutput(output: CompiledSchema, returned: unknown): Awaitable<Result> {
  const complete = isToolResult(returned) ? returned : undefined
  if (complete?.isError) return complete
  const checked = output.validate(complete ? complete.structuredContent : returned)
  return isLater(checked) ? checked.then((settled) => checkedResult(settled, returned, complete)) : checkedResult(checked, returned, complete)
}

function checkedResult(checked: Validation, returned: unknown, complete: CallToolResult | undefined): Result {
  if (!checked.issues) return toStructuredResult(checked.value, complete)
  const helper = helperFor(LOOKS, returned)
  throw new TypeError(`The result does not match the tool's output schema: ${explain(checked)}${helper ? `. It looks like a value from ${helper}, but was not created with it` : ''}`)
}
