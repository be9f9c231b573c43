/** `tools/list` and `tools/call`. */
import { InvalidParamsError, isRpcError } from '../jsonrpc/errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import type { Revision } from '../protocol/revisions.ts'
import { isInputRequired } from '../server/input.ts'
import { runHandler } from '../server/run-handler.ts'
import { explain } from '../server/schema.ts'
import type { Tool } from '../server/tool.ts'
import { isCompleteResult, toolError, toStructuredResult, toToolResult } from '../server/tool-result.ts'
import type { Method } from './method.ts'
import { page } from './page.ts'
import { optionalObjectParam, stringParam } from './params.ts'

export const listTools: Method = ({ definition }, params) => {
  const { items, next } = page(definition.lists.tools, ({ name }) => name, params, definition.pageSize)
  return { tools: items, ...next }
}

export const callTool: Method = async ({ definition, logger }, params, ctx) => {
  const name = stringParam(params, 'name')
  const tool = definition.tools.get(name)
  if (!tool) throw new InvalidParamsError(`Unknown tool: ${name}`)
  const given = optionalObjectParam(params, 'arguments')
  const validation = tool.input ? tool.input.validate(given) : { value: {} }
  const parsed = validation instanceof Promise ? await validation : validation // Most answer at once, and a wait costs.
  if (parsed.issues) return badArguments(`Invalid arguments for tool ${name}: ${explain(parsed)}`, ctx.revision)
  let returned: unknown
  try {
    returned = await runHandler(ctx, () => tool.handler(parsed.value as never, ctx))
  } catch (error) {
    if (isRpcError(error) || ctx.cancelled) throw error
    return toolError(error instanceof Error ? error.message : String(error))
  }
  if (isInputRequired(returned)) return returned
  const result = tool.output ? await checkOutput(tool, returned) : toToolResult(returned)
  if ('fault' in result) {
    logger.error({ tool: name, fault: result.fault }, 'A tool broke its own output schema')
    return toolError(`Tool ${name} produced a result that does not match its output schema`)
  }
  return result
}

// Up to 2025-06-18 wrong arguments are a protocol error; since then the model gets to read what was wrong.
const PROTOCOL_ERROR_REVISIONS: ReadonlySet<Revision> = new Set<Revision>(['2024-11-05', '2025-03-26', '2025-06-18'])

function badArguments(message: string, revision: Revision): Result {
  if (PROTOCOL_ERROR_REVISIONS.has(revision)) throw new InvalidParamsError(message)
  return toolError(message)
}

/** The value that the schema yields is what the client gets; a result that does not conform never leaves. */
async function checkOutput({ output }: Tool, returned: unknown): Promise<object> {
  if (isCompleteResult(returned) && returned.isError) return returned
  const complete = isCompleteResult(returned) && 'structuredContent' in returned
  const checked = await output?.validate(complete ? returned.structuredContent : returned)
  if (!checked || checked.issues) return { fault: checked ? explain(checked) : 'no schema' }
  return toStructuredResult(checked.value, complete ? returned : undefined)
}
