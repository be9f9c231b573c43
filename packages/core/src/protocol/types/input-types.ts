/** Types of the requests that a server sends to the client while it handles a request: elicitation, sampling and roots. */
import type { Meta } from './base-types.ts'
import type { AudioContent, ImageContent, TextContent } from './content-types.ts'
import type { JsonSchema } from './tool-types.ts'

/** A request for input. A legacy client gets it as a separate request, a modern client as an entry of an `input_required` result. */
export type InputRequest =
  | { method: 'elicitation/create'; params: FormElicitation | UrlElicitation }
  | { method: 'sampling/createMessage'; params: SamplingRequest }
  | { method: 'roots/list'; params?: { _meta?: Meta } }

export type InputRequests = Record<string, InputRequest>

export interface InputRequiredResult {
  resultType: 'input_required'
  inputRequests?: InputRequests
  requestState?: string
  _meta?: Meta
}

export interface FormElicitation {
  mode?: 'form'
  message: string
  /** A flat object schema: its properties are strings, numbers, booleans or choices. */
  requestedSchema: JsonSchema
}

export interface UrlElicitation {
  mode: 'url'
  message: string
  url: string
}

export interface SamplingMessage {
  role: 'user' | 'assistant'
  content: SamplingContent | SamplingContent[]
}

export type SamplingContent =
  | TextContent
  | ImageContent
  | AudioContent
  | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown>; _meta?: Meta }
  | { type: 'tool_result'; toolUseId: string; content: unknown[]; structuredContent?: unknown; isError?: boolean; _meta?: Meta }

export interface SamplingRequest {
  messages: SamplingMessage[]
  maxTokens: number
  systemPrompt?: string
  temperature?: number
  stopSequences?: string[]
  includeContext?: 'none' | 'thisServer' | 'allServers'
  modelPreferences?: { hints?: { name?: string }[]; costPriority?: number; speedPriority?: number; intelligencePriority?: number }
  metadata?: object
  /** Requires the capability `sampling.tools`. */
  tools?: { name: string; description?: string; inputSchema: JsonSchema }[]
  toolChoice?: { mode?: 'auto' | 'required' | 'none' }
}

export interface SamplingResult {
  role: 'user' | 'assistant'
  content: SamplingContent | SamplingContent[]
  model: string
  stopReason?: string
}

export interface Root {
  /** A `file:` URI. */
  uri: string
  name?: string
}
