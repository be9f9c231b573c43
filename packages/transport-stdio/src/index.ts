/** @gangway/transport-stdio: MCP over standard input and output. */
export { stdio, type StdioOptions } from './stdio.ts'
