/** The folder of the cache on each platform. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** A folder that only the user can write to, because code in the cache is executed. A shared temporary folder would not be safe. Undefined if the user has no home directory. */
export function cacheDirectory(name: string): string | undefined {
  try {
    return join(process.env['XDG_CACHE_HOME'] || platformCache(), 'gangway', name)
  } catch {
    return undefined
  }
}

function platformCache(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local')
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache')
}
