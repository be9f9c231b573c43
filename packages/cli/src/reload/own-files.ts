/** Which files are the user's own, to be loaded again: all but installed packages and those of this command. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ancestors } from '../ancestors.ts'

/** In a workspace that has them as packages of its own, they are outside node_modules. Two copies of one would not know each other. */
const OURS: ReadonlySet<unknown> = new Set(['auth', 'cli', 'core', 'transport-http', 'transport-sse', 'transport-stdio'].map((name) => `@gangway/${name}`))

const foreign = new Map<string, boolean>()

/** Takes a real path: a package of the workspace is linked into node_modules, and does not lie there. */
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
