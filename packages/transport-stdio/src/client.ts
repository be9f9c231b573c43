/** @gangway/transport-stdio/client: MCP servers that are programs, each in a process of its own. */
export { stdio, type StdioClientOptions } from './client/stdio.ts'
