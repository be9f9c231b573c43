/** Finds the file to run in an installed package. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { ancestors } from '../ancestors.ts'
import { isFile } from './find-file.ts'

interface Manifest {
  /** The server's file, if it differs from the entry point of the package. */
  readonly mcp?: unknown
  readonly exports?: unknown
  readonly main?: unknown
  readonly bin?: unknown
}

/** The conditions of `exports` that apply to an import in Node.js. */
const CONDITIONS = ['node', 'import', 'module-sync', 'default', 'require']

/** Searches each folder and its parents, in order. Throws `GANGWAY_E_PACKAGE_NOT_FOUND` and `GANGWAY_E_NO_SERVER`. */
export function findPackage(name: string, folders: readonly string[]): string {
  const root = folders.map((folder) => installedAt(folder, name)).find((found) => found !== undefined)
  if (root === undefined) throw new GangwayError('GANGWAY_E_PACKAGE_NOT_FOUND', `Package ${name} is not installed in ${folders.at(-1)}. Run npm install ${name}, or add --with ${name}`)
  return entryOf(root, name)
}

/** The file of the `mcp` field, else the entry point, else the first `bin`. Throws `GANGWAY_E_NO_SERVER`. */
export function entryOf(root: string, name: string): string {
  const { mcp, exports, main, bin } = manifestIn(root)
  const mains = typeof main === 'string' ? [main, `${main}.js`, join(main, 'index.js')] : [] // The same order as require().
  const candidates = [mcp, exported(exports), ...mains, 'index.js', typeof bin === 'object' && bin !== null ? Object.values(bin)[0] : bin]
  const file = candidates.filter((path): path is string => typeof path === 'string').map((path) => resolve(root, path)).find(isFile)
  if (file === undefined) throw new GangwayError('GANGWAY_E_NO_SERVER', `Package ${name} has no entry point. Add "mcp" or "exports" to ${join(root, 'package.json')}`)
  return file
}

function manifestIn(root: string): Manifest {
  const file = join(root, 'package.json')
  try {
    return Object(JSON.parse(readFileSync(file, 'utf8'))) as Manifest
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_NO_SERVER', `Cannot parse ${file}. Fix the file, or reinstall the package`, { cause })
  }
}

const installedAt = (folder: string, name: string): string | undefined =>
  ancestors(folder)
    .map((above) => join(above, 'node_modules', name))
    .find((root) => existsSync(join(root, 'package.json')))

function exported(exports: unknown): unknown {
  if (typeof exports !== 'object' || exports === null) return exports
  if (Array.isArray(exports)) return exports.map(exported).find((path) => typeof path === 'string')
  const members = exports as Record<string, unknown>
  if ('.' in members) return exported(members['.'])
  return Object.keys(members)
    .filter((key) => CONDITIONS.includes(key))
    .map((key) => exported(members[key]))
    .find((path) => typeof path === 'string')
}
