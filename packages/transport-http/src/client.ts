/** @gangway/transport-http/client: MCP servers over Streamable HTTP, on any runtime that has `fetch`. */
export { http, type HttpClientOptions } from './client/http.ts'
