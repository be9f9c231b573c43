/** What is known of the server's tools: headers that repeat their arguments, and the schemas that their results must meet. */
import { isGangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { CallToolResult, ToolDescription } from '../protocol/types/tools.ts'
import { toBase64 } from '../server/base64.ts'
import { jsonSchema } from '../server/json-schema.ts'
import { argumentAt, paramHeadersOf, type ParamHeader } from '../server/param-headers.ts'
import { explain } from '../server/schema.ts'
import type { StandardSchema, Validation } from '../server/standard-schema.ts'
import { ClientError, excerpt } from './errors.ts'

interface KnownTool {
  readonly headers: readonly ParamHeader[]
  readonly outputSchema: ToolDescription['outputSchema']
  /** Compiled when the first result comes. */
  output?: StandardSchema
}

export class KnownTools {
  readonly #tools = new Map<string, KnownTool>()

  has(name: string): boolean {
    return this.#tools.has(name)
  }

  /** Gives back those that may be called; `reject` hears of the others. Where there are no headers, no tool is turned down for them. */
  learn(tools: readonly ToolDescription[], withHeaders: boolean, reject: (reason: string) => void): ToolDescription[] {
    this.#tools.clear()
    return tools.filter(({ name, inputSchema, outputSchema }) => {
      try {
        this.#tools.set(name, { headers: withHeaders ? paramHeadersOf(inputSchema, `tool "${name}"`) : [], outputSchema })
        return true
      } catch (error) {
        reject(error instanceof Error ? error.message : String(error))
        return false
      }
    })
  }

  /** Specification 2026-07-28: server/tools, `x-mcp-header`. */
  headersOf(name: string, args: Readonly<Record<string, unknown>>): Record<string, string> {
    const headers = this.#tools.get(name)?.headers ?? []
    return Object.fromEntries(headers.flatMap(({ header, path }) => {
      const value = argumentAt(args, path)
      return value === undefined || value === null || typeof value === 'object' ? [] : [[header, encodeHeader(String(value))] as const]
    }))
  }

  /** Throws `GANGWAY_E_RESULT` for one that breaks its schema. Of one that cannot be held against it, `unchecked` hears why. A failure promises nothing. */
  async checkOutput(name: string, { structuredContent, isError }: CallToolResult, from: string, unchecked: (fault: ClientError) => void): Promise<void> {
    const tool = this.#tools.get(name)
    if (isError || !tool || !isObject(tool.outputSchema)) return
    const where = `${from}: the result of tool ${name}`
    if (structuredContent === undefined) throw new ClientError('GANGWAY_E_RESULT', `${where} has no structuredContent, and its output schema promises some`)
    let checked: Validation
    try {
      tool.output ??= jsonSchema(tool.outputSchema, { runPatterns: false })
      checked = await tool.output['~standard'].validate(structuredContent)
    } catch (cause) {
      return unchecked(new ClientError('GANGWAY_E_RESULT', `${where} is not checked: ${isGangwayError(cause) ? cause.message : String(cause)}`, { cause }))
    }
    if (checked.issues) throw new ClientError('GANGWAY_E_RESULT', `${where} breaks its own output schema: ${explain(checked)}: ${excerpt(JSON.stringify(structuredContent))}`)
  }
}

/** Text that a header cannot carry as it is, or that would pass for encoded, is encoded. */
export const encodeHeader = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) && value.trim() === value && !/^=\?base64\?.*\?=$/.test(value) ? value : `=?base64?${toBase64(new TextEncoder().encode(value))}?=`
