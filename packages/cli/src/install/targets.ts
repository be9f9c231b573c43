/** The hosts that a server can be installed in. */
import { GangwayError } from '@gangway/core'
import { claudeCodePath, claudeDesktopPath, cursorPath, geminiPath, projectPath, vscodePath } from './config-paths.ts'
import type { Place } from './place.ts'

export type Scope = 'user' | 'project'

export interface Target {
  readonly label: string
  /** The member of the file that holds the servers by name. */
  readonly section: 'mcpServers' | 'servers'
  /** Its file in each scope it has. */
  readonly paths: { readonly [S in Scope]?: (place: Place) => string }
  /** Its entries say `"type": "stdio"`. */
  readonly typed: boolean
  /** It takes no other characters in a name; else `NAME` holds. */
  readonly names?: RegExp
  /** What makes it see a new entry. */
  readonly next: string
}

/** `mcp-json` is no host: a file for whoever reads one. */
export const TARGETS: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['claude-desktop', { label: 'Claude Desktop', section: 'mcpServers', paths: { user: claudeDesktopPath }, typed: false, next: 'Quit Claude Desktop and start it again' }],
  [
    'claude-code',
    { label: 'Claude Code', section: 'mcpServers', paths: { user: claudeCodePath, project: (place) => projectPath(place, '.mcp.json') }, typed: true, names: /^[\w-]{1,64}$/, next: 'Start a new session of Claude Code' },
  ],
  ['cursor', { label: 'Cursor', section: 'mcpServers', paths: { user: cursorPath, project: (place) => projectPath(place, '.cursor', 'mcp.json') }, typed: false, next: "Switch it on in Cursor's MCP settings if Cursor asks" }],
  ['vscode', { label: 'VS Code', section: 'servers', paths: { user: vscodePath, project: (place) => projectPath(place, '.vscode', 'mcp.json') }, typed: true, next: 'Run "MCP: List Servers" in VS Code' }],
  ['gemini-cli', { label: 'Gemini CLI', section: 'mcpServers', paths: { user: geminiPath, project: (place) => projectPath(place, '.gemini', 'settings.json') }, typed: false, next: 'Start Gemini CLI again' }],
  ['mcp-json', { label: 'mcp.json', section: 'mcpServers', paths: {}, typed: false, next: '' }],
])

export function findTarget(name: string): Target {
  const target = TARGETS.get(name)
  if (!target) throw new GangwayError('GANGWAY_E_USAGE', `There is no target "${name}": use ${[...TARGETS.keys()].join(', ')}`)
  return target
}

/** Undefined if it has no file of its own. Without a scope, it is the user's. */
export function configPathOf(target: Target, place: Place, scope?: Scope): string | undefined {
  const find = target.paths[scope ?? 'user']
  if (!find && scope !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `${target.label} has no configuration with --scope ${scope}: ${wayOut(target)}`)
  return find?.(place)
}

function wayOut({ paths }: Target): string {
  const [only] = Object.keys(paths)
  return only === undefined ? 'name a file with --config-path' : `use --scope ${only}, or leave it out`
}
