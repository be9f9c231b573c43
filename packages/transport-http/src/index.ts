/** @gangway/transport-http: MCP over Streamable HTTP. */
export { http, type HttpOptions } from './http.ts'
export { mcpHttp, type McpHttpOptions } from './plugin.ts'
export type { EndpointOptions } from './endpoint.ts'
