/** @gangway/transport-sse/client: MCP servers of 2024, over HTTP+SSE. */
export { sse } from './client/sse.ts'
