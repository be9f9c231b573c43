/** @gangway/transport-http/client: connects to MCP servers over Streamable HTTP, on any runtime that has `fetch`. */
export { httpClient, type HttpClientOptions } from './client/http-client.ts'
