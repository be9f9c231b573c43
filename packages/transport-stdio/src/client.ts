/** @gangway/transport-stdio/client: connects to an MCP server that runs in a child process. */
export { stdioClient, type StdioClientOptions } from './client/stdio-client.ts'
