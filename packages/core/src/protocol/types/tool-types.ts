/** Types of tools, as the protocol defines them. */
import type { Icon, Meta } from './base-types.ts'
import type { ContentBlock } from './content-types.ts'

export type JsonSchema = Record<string, unknown>

/** Hints for the client. They are not a security boundary: a server may set them wrongly. */
export interface ToolAnnotations {
  title?: string
  readOnlyHint?: boolean
  destructiveHint?: boolean
  idempotentHint?: boolean
  openWorldHint?: boolean
}

export interface ToolDescription {
  name: string
  title?: string
  description?: string
  icons?: Icon[]
  annotations?: ToolAnnotations
  inputSchema: JsonSchema
  outputSchema?: JsonSchema
  _meta?: Meta
}

export interface CallToolResult {
  content: ContentBlock[]
  structuredContent?: unknown
  isError?: boolean
  _meta?: Meta
}
