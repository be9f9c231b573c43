/** `TestClient`: a client with a typed method for each tool of the server under test. */
import { Client, type CallToolOptions } from '../client/mcp-client.ts'
import type { ClientConnection } from '../client/client-connection.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { Message } from '../jsonrpc/message.ts'
import { isModernRevision, type Revision } from '../protocol/revisions.ts'
import type { ContentBlock } from '../protocol/types/content-types.ts'
import type { CallToolResult, JsonSchema } from '../protocol/types/tool-types.ts'
import type { InputOf, OutputOf } from '../schema/compile-schema.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import type { ToolType } from '../definition/tool.ts'
import { ToolError as ExpectedError } from '../definition/tool-error.ts'

type ToolTypes = Record<string, ToolType<unknown, unknown>>

/** The arguments parameter is optional if the tool requires no arguments. */
type Arguments<I> = {} extends InputOf<I> ? [args?: InputOf<I>, options?: CallToolOptions] : [args: InputOf<I>, options?: CallToolOptions]

/** Each tool as a function by its name. It resolves with the value of the tool's `output`, or with the whole result if the tool declares none. */
export type Calls<Tools extends ToolTypes> = {
  readonly [Name in keyof Tools]: (...args: Arguments<Tools[Name]['input']>) => Promise<[Tools[Name]['output']] extends [undefined] ? CallToolResult : OutputOf<Tools[Name]['output']>>
}

/** The tool returned `isError`. The message is the text that the model would read: that of the handler's `ToolError`, or a generic one if the error was masked. */
export class ToolError extends ExpectedError {
  readonly result: CallToolResult

  constructor(name: string, result: CallToolResult) {
    super(textOf(result.content) || `Tool ${name} failed`)
    this.result = result
  }
}

export interface RecordedMessage {
  readonly from: 'client' | 'server'
  readonly message: Message
}

export class TestClient<Tools extends ToolTypes = {}> extends Client {
  /** The tools of the server as functions. A call rejects with `ToolError` if the tool fails. */
  readonly call: Calls<Tools>
  /** All messages sent and received so far, in order. */
  readonly messages: readonly RecordedMessage[]

  /** Called by `connectInMemory()`. */
  constructor(connection: ClientConnection, description: ServerDescription, server: ServerDefinition, messages: readonly RecordedMessage[]) {
    super(connection, description, connection.requireEra())
    this.messages = messages
    const call = async (name: string, args: Record<string, unknown> = {}, options: CallToolOptions = {}): Promise<unknown> => {
      // The server in this process has already validated its result.
      const result = await this.callTool(name, args, { validate: false, ...options })
      if (result.isError) throw new ToolError(name, result)
      const { output } = server.definition.tools.get(name) ?? {}
      return output ? valueOf(result, output.json, this.server.revision) : result
    }
    this.call = new Proxy({} as Calls<Tools>, { get: (_, name) => (typeof name === 'string' ? (args?: Record<string, unknown>, options?: CallToolOptions) => call(name, args, options) : undefined) })
  }
}

/** Revisions before 2025-06-18 return the output as text only. Up to 2025-11-25, output that is not an object is wrapped in `{ result }`. */
function valueOf({ structuredContent, content }: CallToolResult, { type }: JsonSchema, revision: Revision): unknown {
  if (structuredContent === undefined) return JSON.parse(textOf(content))
  return type === 'object' || isModernRevision(revision) ? structuredContent : (structuredContent as { result: unknown }).result
}

const textOf = (content: readonly ContentBlock[]): string => content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
