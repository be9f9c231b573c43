/** Where the command keeps what it can make again. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** In the user's own folders: code is kept here and run, so others must not be able to write, as they are in a shared temporary folder. */
export function cacheDirectory(name: string): string | undefined {
  try {
    return join(process.env['XDG_CACHE_HOME'] || platformCache(), 'gangway', name)
  } catch {
    return undefined // This user has no home.
  }
}

function platformCache(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local')
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache')
}
