/** Tools as they appear on the wire. */
import type { Icon, Meta } from './base.ts'
import type { ContentBlock } from './content.ts'

export type JsonSchema = Record<string, unknown>

/** Hints for the client; never to be trusted for security. */
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
