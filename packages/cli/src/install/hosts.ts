/** The hosts that gangway can install servers in. */
import { GangwayError } from '@gangway/core'
import { claudeCodePath, claudeDesktopPath, cursorPath, geminiPath, projectPath, vscodePath } from './host-config-paths.ts'
import { suggestion } from '../suggest.ts'
import type { Place } from './platform.ts'

export type Scope = 'user' | 'project'

export interface Target {
  readonly label: string
  /** The key of the object of servers in the file. */
  readonly section: 'mcpServers' | 'servers'
  /** The configuration file of each scope. */
  readonly paths: { readonly [S in Scope]?: (place: Place) => string }
  /** Whether entries contain `"type": "stdio"`. */
  readonly typed: boolean
  /** Valid names of servers, if stricter than the default. */
  readonly names?: RegExp
  /** How the user activates a new entry. */
  readonly next: string
}

/** `mcp-json` is not a host: it prints an mcp.json. */
export const TARGETS: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['claude-desktop', { label: 'Claude Desktop', section: 'mcpServers', paths: { user: claudeDesktopPath }, typed: false, next: 'Restart Claude Desktop' }],
  [
    'claude-code',
    { label: 'Claude Code', section: 'mcpServers', paths: { user: claudeCodePath, project: (place) => projectPath(place, '.mcp.json') }, typed: true, names: /^[\w-]{1,64}$/, next: 'Start a new Claude Code session' },
  ],
  ['cursor', { label: 'Cursor', section: 'mcpServers', paths: { user: cursorPath, project: (place) => projectPath(place, '.cursor', 'mcp.json') }, typed: false, next: "If Cursor prompts, enable it in Cursor's MCP settings" }],
  ['vscode', { label: 'VS Code', section: 'servers', paths: { user: vscodePath, project: (place) => projectPath(place, '.vscode', 'mcp.json') }, typed: true, next: 'Run "MCP: List Servers" in VS Code' }],
  ['gemini-cli', { label: 'Gemini CLI', section: 'mcpServers', paths: { user: geminiPath, project: (place) => projectPath(place, '.gemini', 'settings.json') }, typed: false, next: 'Restart Gemini CLI' }],
  ['mcp-json', { label: 'mcp.json', section: 'mcpServers', paths: {}, typed: false, next: '' }],
])

export function findTarget(name: string): Target {
  const target = TARGETS.get(name)
  if (!target) throw new GangwayError('GANGWAY_E_USAGE', `Unknown host "${name}". ${suggestion(name, TARGETS.keys(), 'hosts')}`)
  return target
}

/** Undefined for `mcp-json`. The default scope is `user`. */
export function configPathOf(target: Target, place: Place, scope?: Scope): string | undefined {
  const find = target.paths[scope ?? 'user']
  if (!find && scope !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `${target.label} does not support --scope ${scope}. ${remedy(target)}`)
  return find?.(place)
}

function remedy({ paths }: Target): string {
  const [only] = Object.keys(paths)
  return only === undefined ? 'Choose a file with --config-path' : `Use --scope ${only}, or remove it`
}
