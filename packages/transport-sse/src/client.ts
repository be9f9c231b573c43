/** @gangway/transport-sse/client: connects to MCP servers over HTTP+SSE, the HTTP transport of revision 2024-11-05. */
export { sseClient } from './client/sse-client.ts'
