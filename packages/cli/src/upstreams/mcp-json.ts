/** Reads the servers of an mcp.json. Accepts comments and trailing commas, as host applications do. */
import { basename, dirname } from 'node:path'
import { GangwayError } from '@gangway/core'
import { closest } from '@gangway/core/internal'
import type { Node } from 'jsonc-parser'
import { parseJsonc, positionIn, propertyOf, valueOf } from '../jsonc.ts'
import { suggestion } from '../suggest.ts'
import { readUserFile } from '../user-file.ts'
import { toEntry, type Upstreams } from './mcp-json-entry.ts'
import { isLimit } from './limit-options.ts'

/** The second is the name in VS Code. */
const SECTIONS = ['mcpServers', 'servers']

export interface McpJsonOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Read only this server. */
  readonly server?: string | undefined
}

/** Takes an absolute path. Undefined if the file has no section of servers and is not called mcp.json. Throws `GANGWAY_E_MCP_JSON` with the position of the fault. */
export function readMcpJson(file: string, { env, server }: McpJsonOptions): Upstreams | undefined {
  const text = readUserFile(file).replace(/^\uFEFF/, '')
  const { root, fault } = parseJsonc(text)
  const section = root?.type === 'object' ? SECTIONS.map((name) => valueOf(propertyOf(root, name))).find((value) => value !== undefined) : undefined
  if (!section && !fault?.tooDeep && !/^\.?mcp\.jsonc?$/i.test(basename(file))) return undefined
  const failAt = (fault: string, offset: number): never => {
    throw new GangwayError('GANGWAY_E_MCP_JSON', `${fault} (${file}:${positionIn(text, offset)})`)
  }
  const fail = (fault: string, { offset }: Node): never => failAt(fault, offset)
  if (fault) failAt(`Invalid JSON: ${fault.what}`, fault.offset)
  if (!section) return failAt(`No servers found. ${remedy(root)}`, 0)
  if (section.type !== 'object') fail('The servers must be an object: { "name": { "command": "…" } }', section)
  const nodes = new Map<string, Node>()
  for (const { children: [key, value] = [] } of section.children ?? []) if (key && value && valueOf(propertyOf(value, 'disabled'))?.value !== true) nodes.set(key.value as string, value)
  if (nodes.size === 0) fail('No enabled servers found. Add one: "name": { "command": "…" }', section)
  if (server !== undefined && !nodes.has(server)) fail(`Unknown server "${server}". ${suggestion(server, nodes.keys(), 'servers')}`, section)
  const wanted = [...nodes].filter(([name]) => server === undefined || name === server)
  // The proxy prefixes tool names with the server's name.
  for (const [name, node] of wanted) if (wanted.length > 1 && !/^[\w.-]+$/.test(name)) fail(`"${name}" cannot be a prefix of tool names. Rename the server, using letters, digits, _ . and -`, node)
  const limit = root && valueOf(propertyOf(root, 'maxProcesses'))
  if (limit && !(limit.type === 'number' && isLimit(String(limit.value)))) fail('"maxProcesses" must be a whole number of at least 1', limit)
  const entries = new Map(wanted.map(([name, node]) => [name, toEntry(name, node, { env, folder: folderOf(file), fail })]))
  return limit ? Object.assign(entries, { maxProcesses: limit.value as number }) : entries
}

/** Host applications with a folder in the project, such as .vscode, start servers in the project's folder. */
function folderOf(file: string): string {
  const folder = dirname(file)
  return ['.vscode', '.cursor', '.gemini'].includes(basename(folder)) ? dirname(folder) : folder
}

function remedy(root: Node | undefined): string {
  for (const { children: [key] = [] } of root?.type === 'object' ? (root.children ?? []) : []) {
    const near = key && closest(key.value as string, SECTIONS)
    if (near) return `Rename "${String(key.value)}" to "${near}"`
  }
  return 'Add them under "mcpServers"'
}
