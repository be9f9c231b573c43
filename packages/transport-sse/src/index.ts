/** @gangway/transport-sse: serves MCP over the legacy HTTP+SSE transport. */
export { mcpSse, type McpSseOptions, type MountedSse, type SseEndpointOptions } from './plugin.ts'
export { sse, type SseOptions } from './sse.ts'
