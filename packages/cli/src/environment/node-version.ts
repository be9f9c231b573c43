/** Finds the Node.js version that a project requests. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { intersects, satisfies, validRange } from 'semver'
import { ancestors } from '../ancestors.ts'

export interface WantedNode {
  /** An npm version range. */
  readonly range: string
  /** Such as `--node`, or a file. */
  readonly origin: string
  /** What to do if another version is running. */
  readonly otherwise: 'install' | 'warn' | 'fail'
}

/** Code names of LTS releases. Node.js has none after 24. */
const LONG_TERM: Readonly<Record<string, string>> = { hydrogen: '18', iron: '20', jod: '22', krypton: '24', '*': '24' }
/** The same as `engines` in the package.json of this command. */
const SUPPORTED = '>=20.19'
const ANY: ReadonlySet<string> = new Set(['node', 'stable', 'latest', 'current', 'system', 'default'])

/** In order of precedence: `requested`, then `devEngines`, `.node-version`, `.nvmrc` and `engines` of the nearest folder that has one of them. Throws `GANGWAY_E_NODE_VERSION`. */
export function wantedNode(requested: { readonly text: string; readonly origin: string } | undefined, folder: string): WantedNode | undefined {
  if (requested) return toInstall(requested.text, requested.origin)
  for (const above of ancestors(folder)) {
    const found = declared(above)
    if (found) return found
  }
  return undefined
}

/** Whether the running Node.js satisfies the range. */
export const isRunning = (range: string): boolean => satisfies(process.versions.node, range, { includePrerelease: true })

function declared(folder: string): WantedNode | undefined {
  const manifest = join(folder, 'package.json')
  const { devEngines, engines } = parseManifest(manifest)
  const [runtime] = [devEngines?.runtime].flat().filter((candidate) => candidate?.name === 'node')
  if (runtime?.version !== undefined && runtime.onFail !== 'ignore') {
    const origin = `devEngines in ${manifest}`
    if (runtime.onFail === 'warn') return { range: parseRange(runtime.version, origin), origin, otherwise: 'warn' }
    return { ...toInstall(runtime.version, origin), ...(runtime.onFail === 'error' && { otherwise: 'fail' }) }
  }
  for (const name of ['.node-version', '.nvmrc']) {
    const file = join(folder, name)
    const text = read(file)?.replace(/#.*/g, '').trim()
    if (text) return toInstall(text, file)
  }
  return engines?.node === undefined ? undefined : { range: parseRange(engines.node, `engines in ${manifest}`), origin: `engines in ${manifest}`, otherwise: 'warn' }
}

/** Rejects versions that this command does not support. */
function toInstall(text: string, origin: string): WantedNode {
  const range = parseRange(text, origin)
  if (!intersects(range, SUPPORTED)) throw new GangwayError('GANGWAY_E_NODE_VERSION', `${origin} requests Node.js "${text}", but gangway needs 20.19 or later. Request a newer version, such as --node 24`)
  return { range, origin, otherwise: 'install' }
}

function parseRange(text: string, origin: string): string {
  const word = text.trim().toLowerCase()
  const range = ANY.has(word) ? '*' : word.startsWith('lts/') ? LONG_TERM[word.slice('lts/'.length)] : word
  if (!range || validRange(range) === null) throw new GangwayError('GANGWAY_E_NODE_VERSION', `${origin} requests Node.js "${text}", which is not a version. Use a version such as 24 or 24.4.0, or a range`)
  return range.replace(/^v/, '')
}

interface Runtime {
  readonly name?: string
  readonly version?: string
  readonly onFail?: string
}
interface Manifest {
  readonly devEngines?: { readonly runtime?: Runtime | readonly Runtime[] }
  readonly engines?: { readonly node?: string }
}

function parseManifest(file: string): Manifest {
  try {
    return (JSON.parse(read(file) ?? '{}') ?? {}) as Manifest
  } catch {
    return {} // Code that depends on the file reports the error.
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
