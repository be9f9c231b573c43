/** The Inspector's configuration: a temporary mcp.json, which the Inspector may change. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

export interface HttpServer {
  readonly type: 'streamable-http' | 'sse'
  readonly url: string
}

export interface StdioServer {
  readonly type: 'stdio'
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
}

/** The Inspector connects automatically to a server of this name if its URL has `autoConnect`. */
export const LINKED = 'deep-link'

/** Only this user can read it. It is removed when this process exits. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-dev-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Returns the path of the file. */
export function writeCatalog(folder: string, name: string, server: HttpServer | StdioServer): string {
  const file = join(folder, 'mcp.json')
  writeFileSync(file, JSON.stringify({ mcpServers: { [name]: server } }), { mode: 0o600 })
  return file
}

/** The URL of the Inspector's page. With an HTTP server, the page connects automatically. */
export function pageOf(origin: string, token: string, server: HttpServer | StdioServer): string {
  const query = server.type === 'stdio' ? { MCP_INSPECTOR_API_TOKEN: token } : { transport: server.type === 'sse' ? 'sse' : 'http', serverUrl: server.url, autoConnect: token }
  return `${origin}/?${new URLSearchParams(query)}`
}
