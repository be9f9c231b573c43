/** What the client knows about the server's tools: which arguments to repeat as headers, and the output schemas that validate results. */
import { isGangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import type { CallToolResult, ToolDescription } from '../protocol/types/tool-types.ts'
import { toBase64 } from '../util/base64.ts'
import { jsonSchema } from '../schema/json-schema-validator.ts'
import { argumentAt, paramHeadersOf, type ParamHeader } from '../definition/param-headers.ts'
import { explain } from '../schema/compile-schema.ts'
import type { StandardSchema, Validation } from '../schema/standard-schema.ts'
import { ClientError, excerpt } from './client-errors.ts'

interface KnownTool {
  readonly headers: readonly ParamHeader[]
  readonly outputSchema: ToolDescription['outputSchema']
  /** Compiled for the tool's first result. */
  output?: StandardSchema
}

export class KnownTools {
  readonly #tools = new Map<string, KnownTool>()

  has(name: string): boolean {
    return this.#tools.has(name)
  }

  /**
   * Stores the tools and returns the usable ones. With `withHeaders`, tools with invalid `x-mcp-header` annotations are left out,
   * and `reject` is called with the reason.
   */
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

  /** Returns the headers that repeat arguments of the call. Specification 2026-07-28: server/tools, `x-mcp-header`. */
  headersOf(name: string, args: Readonly<Record<string, unknown>>): Record<string, string> {
    const headers = this.#tools.get(name)?.headers ?? []
    return Object.fromEntries(headers.flatMap(({ header, path }) => {
      const value = argumentAt(args, path)
      return value === undefined || value === null || typeof value === 'object' ? [] : [[header, encodeHeader(String(value))] as const]
    }))
  }

  /**
   * Throws `GANGWAY_E_RESULT` if a result does not match the tool's output schema. Errors of the tool are not checked.
   * `unchecked` is called if the schema cannot be used.
   */
  async checkOutput(name: string, { structuredContent, isError }: CallToolResult, from: string, unchecked: (fault: ClientError) => void): Promise<void> {
    const tool = this.#tools.get(name)
    if (isError || !tool || !isObject(tool.outputSchema)) return
    const where = `${from}: the result of tool ${name}`
    if (structuredContent === undefined) throw new ClientError('GANGWAY_E_RESULT', `${where} has no structuredContent, but the tool declares an output schema`)
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

/** Encodes the value as `=?base64?…?=` if it is not a valid header value, or if it could be mistaken for an encoded one. */
export const encodeHeader = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) && value.trim() === value && !/^=\?base64\?.*\?=$/.test(value) ? value : `=?base64?${toBase64(new TextEncoder().encode(value))}?=`
