/** Tells the user's own files, which are reloaded, from installed packages and Gangway itself. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ancestors } from '../ancestors.ts'

/** Outside node_modules in their own workspace. Reloading them would create a second copy with separate state. */
const OURS: ReadonlySet<unknown> = new Set(['auth', 'cli', 'core', 'http-server', 'transport-http', 'transport-sse', 'transport-stdio'].map((name) => `@gangway/${name}`))

const foreign = new Map<string, boolean>()

/** Takes a real path, because workspace packages are linked into node_modules. */
export const isOwnFile = (file: string): boolean => !/[\\/]node_modules[\\/]/.test(file) && !isOurs(dirname(file))

function isOurs(folder: string): boolean {
  const known = foreign.get(folder)
  if (known !== undefined) return known
  const manifest = ancestors(folder).map((above) => join(above, 'package.json')).find(existsSync)
  const found = manifest !== undefined && OURS.has(nameIn(manifest))
  foreign.set(folder, found)
  return found
}

function nameIn(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown } | null)?.name
  } catch {
    return undefined
  }
}
