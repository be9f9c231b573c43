/** @gangway/transport-http: serves MCP over Streamable HTTP. */
export { http, type HttpOptions } from './http.ts'
export { httpApp, type HttpAppOptions } from './http-app.ts'
export { mcpHttp, type McpHttpOptions, type Mounted } from './plugin.ts'
export type { EndpointStats } from './endpoint.ts'
export type { EndpointOptions } from './endpoint-options.ts'
export { fileSessions, type FileSessionsOptions } from './file-sessions.ts'
export type { SessionStore, StoredSession } from './session-store.ts'
