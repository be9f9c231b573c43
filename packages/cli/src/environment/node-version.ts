/** Which Node a project wants, and who says so. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { intersects, satisfies, validRange } from 'semver'
import { ancestors } from '../ancestors.ts'

export interface WantedNode {
  /** As npm takes it. */
  readonly range: string
  /** Such as `--node`, or a file. */
  readonly origin: string
  /** `warn`: only a word about it. */
  readonly otherwise: 'install' | 'warn' | 'fail'
}

/** Code names end with Node 24: from then on, numbers do. */
const LONG_TERM: Readonly<Record<string, string>> = { hydrogen: '18', iron: '20', jod: '22', krypton: '24', '*': '24' }
/** As `engines` in the package.json of this command says. */
const SUPPORTED = '>=20.19'
const ANY: ReadonlySet<string> = new Set(['node', 'stable', 'latest', 'current', 'system', 'default'])

/** In this order: what was asked for, then `devEngines`, `.node-version`, `.nvmrc` and `engines` in the nearest folder that has any. Throws `GANGWAY_E_NODE_VERSION`. */
export function wantedNode(asked: { readonly text: string; readonly origin: string } | undefined, folder: string): WantedNode | undefined {
  if (asked) return toInstall(asked.text, asked.origin)
  for (const above of ancestors(folder)) {
    const found = declared(above)
    if (found) return found
  }
  return undefined
}

/** A Node that this command started for a version is of that version. */
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

/** Nothing is fetched that this command could not run on. */
function toInstall(text: string, origin: string): WantedNode {
  const range = parseRange(text, origin)
  if (!intersects(range, SUPPORTED)) throw new GangwayError('GANGWAY_E_NODE_VERSION', `${origin} asks for Node '${text}', and gangway needs 20.19 or later: ask for a newer one, such as --node 24`)
  return { range, origin, otherwise: 'install' }
}

function parseRange(text: string, origin: string): string {
  const word = text.trim().toLowerCase()
  const range = ANY.has(word) ? '*' : word.startsWith('lts/') ? LONG_TERM[word.slice('lts/'.length)] : word
  if (!range || validRange(range) === null) throw new GangwayError('GANGWAY_E_NODE_VERSION', `${origin} asks for Node '${text}', which is no version: write a number such as 24 or 24.4.0, or a range`)
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
    return {} // Whoever needs it will say what is wrong.
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
