/** Reads the servers of an mcp.json: JSON as hosts have it, comments and trailing commas included. */
import { basename, dirname } from 'node:path'
import { closest, GangwayError } from '@gangway/core'
import type { Node } from 'jsonc-parser'
import { positionIn, propertyOf, valueOf } from '../install/json-document.ts'
import { parseJsonc } from '../jsonc.ts'
import { readUserFile } from '../user-file.ts'
import { toEntry, type Entry } from './entry.ts'

/** Of most hosts, and of VS Code. */
const SECTIONS = ['mcpServers', 'servers']

export interface McpJsonOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The only one that is wanted. */
  readonly server?: string | undefined
}

/** Takes an absolute path. Undefined for another kind of file: one without a section of servers whose name does not say that there should be one. Throws `GANGWAY_E_MCP_JSON` with the position of the fault. */
export function readMcpJson(file: string, { env, server }: McpJsonOptions): ReadonlyMap<string, Entry> | undefined {
  const text = readUserFile(file).replace(/^\uFEFF/, '')
  const { root, fault } = parseJsonc(text)
  const section = root?.type === 'object' ? SECTIONS.map((name) => valueOf(propertyOf(root, name))).find((value) => value !== undefined) : undefined
  if (!section && !fault?.tooDeep && !/^\.?mcp\.jsonc?$/i.test(basename(file))) return undefined
  const failAt = (fault: string, offset: number): never => {
    throw new GangwayError('GANGWAY_E_MCP_JSON', `${fault} (${file}:${positionIn(text, offset)})`)
  }
  const fail = (fault: string, { offset }: Node): never => failAt(fault, offset)
  if (fault) failAt(`The JSON is invalid, ${fault.what}: fix it`, fault.offset)
  if (!section) return failAt(`There are no servers${misspelt(root)}`, 0)
  if (section.type !== 'object') fail('The servers are no object: write { "name": { "command": "…" } }', section)
  const nodes = new Map<string, Node>()
  for (const { children: [key, value] = [] } of section.children ?? []) if (key && value && valueOf(propertyOf(value, 'disabled'))?.value !== true) nodes.set(key.value as string, value)
  if (nodes.size === 0) fail('There are no servers in it: add one, "name": { "command": "…" }', section)
  if (server !== undefined && !nodes.has(server)) fail(noServer(server, [...nodes.keys()]), section)
  const wanted = [...nodes].filter(([name]) => server === undefined || name === server)
  // Each name begins those of tools.
  for (const [name, node] of wanted) if (wanted.length > 1 && !/^[\w.-]+$/.test(name)) fail(`"${name}" cannot begin the names of tools: call it by letters, digits, and _ . -`, node)
  return new Map(wanted.map(([name, node]) => [name, toEntry(name, node, { env, folder: folderOf(file), fail })]))
}

/** Hosts that keep it in a folder of their own start servers in the project around that. */
function folderOf(file: string): string {
  const folder = dirname(file)
  return ['.vscode', '.cursor', '.gemini'].includes(basename(folder)) ? dirname(folder) : folder
}

function misspelt(root: Node | undefined): string {
  for (const { children: [key] = [] } of root?.type === 'object' ? (root.children ?? []) : []) {
    const near = key && closest(key.value as string, SECTIONS)
    if (near) return ` under "mcpServers": "${String(key.value)}" should be "${near}"`
  }
  return ': put them under "mcpServers"'
}

function noServer(name: string, names: readonly string[]): string {
  const near = closest(name, names)
  return `There is no server "${name}": ${near ? `did you mean "${near}"? ` : ''}there is ${names.join(', ')}`
}
