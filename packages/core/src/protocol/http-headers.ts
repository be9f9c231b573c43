/** The HTTP headers of MCP. Specification: basic/transports, Streamable HTTP. */
export const SESSION_HEADER = 'mcp-session-id'
export const VERSION_HEADER = 'mcp-protocol-version'
export const METHOD_HEADER = 'mcp-method'
export const NAME_HEADER = 'mcp-name'
export const LAST_EVENT_HEADER = 'last-event-id'

/** The methods whose modern requests need `Mcp-Name`, and the parameter that the header repeats. */
export const NAMED_METHODS: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
])

export const EVENT_STREAM = 'text/event-stream'
