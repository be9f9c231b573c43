/** @gangway/transport-stdio: MCP over standard input and output. */
export { Firewall, type FirewallOptions } from './firewall/firewall.ts'
export { guardStdout, releaseStdout } from './firewall/process-firewall.ts'
export { stdio, type StdioOptions } from './stdio.ts'
