/** What the Inspector is told of the server: a file of its own, which it may change, and which goes with this process. */
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

/** The Inspector connects by itself to a server of this name, if its address asks it to. */
export const LINKED = 'deep-link'

/** A folder that only this user can read, and that is gone when this process is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-dev-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Its path. */
export function writeCatalog(folder: string, name: string, server: HttpServer | StdioServer): string {
  const file = join(folder, 'mcp.json')
  writeFileSync(file, JSON.stringify({ mcpServers: { [name]: server } }), { mode: 0o600 })
  return file
}

/** The page; where it knows how, connected. */
export function pageOf(origin: string, token: string, server: HttpServer | StdioServer): string {
  const query = server.type === 'stdio' ? { MCP_INSPECTOR_API_TOKEN: token } : { transport: server.type === 'sse' ? 'sse' : 'http', serverUrl: server.url, autoConnect: token }
  return `${origin}/?${new URLSearchParams(query)}`
}
