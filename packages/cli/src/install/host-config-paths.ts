/** The path of each host's configuration file. */
import { pathsOf, type Place } from './platform.ts'

/**
 * Windows redirects Claude Desktop from an MSIX package (the default since 2026) to a folder of the package.
 * It never reads the documented path.
 */
export function claudeDesktopPath(place: Place): string {
  const { join } = pathsOf(place)
  const roaming = join('Claude', 'claude_desktop_config.json')
  if (place.platform !== 'win32') return join(applicationData(place), roaming)
  const packages = join(place.env['LOCALAPPDATA'] || join(place.home, 'AppData', 'Local'), 'Packages')
  const own = place.list(packages).find((name) => /^Claude_\w+$/.test(name))
  return own === undefined ? join(applicationData(place), roaming) : join(packages, own, 'LocalCache', 'Roaming', roaming)
}

export const claudeCodePath = (place: Place): string => pathsOf(place).join(place.env['CLAUDE_CONFIG_DIR'] || place.home, '.claude.json')

export const cursorPath = (place: Place): string => pathsOf(place).join(place.home, '.cursor', 'mcp.json')

/** For the default profile. */
export const vscodePath = (place: Place): string => pathsOf(place).join(applicationData(place), 'Code', 'User', 'mcp.json')

export const geminiPath = (place: Place): string => pathsOf(place).join(place.env['GEMINI_CLI_HOME'] || place.home, '.gemini', 'settings.json')

/** A file in the working directory. */
export const projectPath = (place: Place, ...parts: readonly string[]): string => pathsOf(place).join(place.cwd, ...parts)

/** Electron's `appData`. */
function applicationData(place: Place): string {
  const { join } = pathsOf(place)
  if (place.platform === 'win32') return place.env['APPDATA'] || join(place.home, 'AppData', 'Roaming')
  if (place.platform === 'darwin') return join(place.home, 'Library', 'Application Support')
  return place.env['XDG_CONFIG_HOME'] || join(place.home, '.config')
}
