/** A client that knows the tools of its server by their types. */
import { Client, type CallToolOptions } from '../client/client.ts'
import type { ClientConnection } from '../client/connection.ts'
import type { ServerDescription } from '../client/server-description.ts'
import type { Message } from '../jsonrpc/message.ts'
import { isModernRevision, type Revision } from '../protocol/revisions.ts'
import type { ContentBlock } from '../protocol/types/content.ts'
import type { CallToolResult, JsonSchema } from '../protocol/types/tools.ts'
import type { InputOf, OutputOf } from '../server/schema.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { ToolType } from '../server/tool.ts'
import { ToolError as ExpectedError } from '../server/tool-error.ts'

type ToolTypes = Record<string, ToolType<unknown, unknown>>

/** Arguments may be left out where none are required. */
type Arguments<I> = {} extends InputOf<I> ? [args?: InputOf<I>, options?: CallToolOptions] : [args: InputOf<I>, options?: CallToolOptions]

/** By its name, each tool as a function: the value that it declares as `output`; without one, the whole result. */
export type Calls<Tools extends ToolTypes> = {
  readonly [Name in keyof Tools]: (...args: Arguments<Tools[Name]['input']>) => Promise<[Tools[Name]['output']] extends [undefined] ? CallToolResult : OutputOf<Tools[Name]['output']>>
}

/** The tool answered with `isError`. The message is what the model would read: that of the `ToolError` that the handler threw, unless the error was masked. */
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
  /** The tools. A call rejects with `ToolError` if the tool fails. */
  readonly call: Calls<Tools>
  /** All that went over the wire so far, in its order. */
  readonly messages: readonly RecordedMessage[]

  /** For `connect()`. */
  constructor(connection: ClientConnection, description: ServerDescription, server: ServerDefinition, messages: readonly RecordedMessage[]) {
    super(connection, description, connection.requireEra())
    this.messages = messages
    const call = async (name: string, args: Record<string, unknown> = {}, options: CallToolOptions = {}): Promise<unknown> => {
      // The server is our own, and has checked its result.
      const result = await this.callTool(name, args, { validate: false, ...options })
      if (result.isError) throw new ToolError(name, result)
      const { output } = server.definition.tools.get(name) ?? {}
      return output ? valueOf(result, output.json, this.server.revision) : result
    }
    this.call = new Proxy({} as Calls<Tools>, { get: (_, name) => (typeof name === 'string' ? (args?: Record<string, unknown>, options?: CallToolOptions) => call(name, args, options) : undefined) })
  }
}

/** Before 2025-06-18 there was only the text of it; up to 2026, what is no object was put into one. */
function valueOf({ structuredContent, content }: CallToolResult, { type }: JsonSchema, revision: Revision): unknown {
  if (structuredContent === undefined) return JSON.parse(textOf(content))
  return type === 'object' || isModernRevision(revision) ? structuredContent : (structuredContent as { result: unknown }).result
}

const textOf = (content: readonly ContentBlock[]): string => content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
