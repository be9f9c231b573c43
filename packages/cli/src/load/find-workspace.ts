/** Finds the packages of an npm, pnpm or Yarn workspace. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GangwayError } from '@gangway/core'
import { shortList, suggestion } from '../suggest.ts'
import { ancestors } from '../ancestors.ts'

/** The folder of a package. The scope may be omitted if the name is unique without it. Throws `GANGWAY_E_USAGE`. */
export function findWorkspacePackage(name: string, folder: string): string {
  const root = ancestors(folder).find(isWorkspace)
  if (root === undefined) throw new GangwayError('GANGWAY_E_USAGE', `--filter needs a workspace, but ${folder} is not in one. Change to a folder in the workspace, or use --project`)
  const packages = new Map(packagesOf(root))
  const found = packages.get(name)
  if (found !== undefined) return found
  const short = [...packages].filter(([full]) => full.endsWith(`/${name}`))
  const [only, other] = short
  if (only && !other) return only[1]
  if (other) throw new GangwayError('GANGWAY_E_USAGE', `Several packages of the workspace ${root} are called "${name}". Add the scope: ${shortList(short.map(([full]) => full))}`)
  throw new GangwayError('GANGWAY_E_USAGE', `The workspace ${root} has no package "${name}". ${suggestion(name, packages.keys(), 'packages')}`)
}

const isWorkspace = (folder: string): boolean => existsSync(join(folder, 'pnpm-workspace.yaml')) || patternsOf(folder).length > 0

/** Names and folders of the packages of the workspace at `root`; empty if it is not a workspace. */
export function* packagesOf(root: string): Iterable<[string, string]> {
  const patterns = patternsOf(root)
  const foldersOf = (pattern: string): readonly string[] => expand(root, pattern.replace(/^!?(\.\/)?/, '').split('/').filter(Boolean))
  const excluded = new Set(patterns.filter(isNegative).flatMap(foldersOf))
  for (const folder of patterns.filter((pattern) => !isNegative(pattern)).flatMap(foldersOf)) {
    const { name } = manifestOf(folder)
    if (existsSync(join(folder, 'package.json')) && !excluded.has(folder)) yield [typeof name === 'string' ? name : basename(folder), folder]
  }
}

const isNegative = (pattern: string): boolean => pattern.startsWith('!')

function expand(folder: string, [part, ...rest]: readonly string[]): readonly string[] {
  if (part === undefined) return [folder]
  if (!part.includes('*')) return existsSync(join(folder, part)) ? expand(join(folder, part), rest) : []
  const matches = new RegExp(`^${part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\*+/g, '.*')}$`)
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.') && matches.test(entry.name))
  const children = below.map(({ name }) => join(folder, name))
  return part === '**' ? [...expand(folder, rest), ...children.flatMap((child) => expand(child, [part, ...rest]))] : children.flatMap((child) => expand(child, rest))
}

function patternsOf(root: string): readonly string[] {
  const { workspaces } = manifestOf(root)
  const own = Object(workspaces)['packages'] ?? workspaces ?? []
  if (!isTexts(own)) throw new GangwayError('GANGWAY_E_USAGE', `"workspaces" in ${join(root, 'package.json')} must be a list of patterns, such as ["packages/*"]`)
  const pnpm = join(root, 'pnpm-workspace.yaml')
  return existsSync(pnpm) ? [...own, ...listIn(readFileSync(pnpm, 'utf8'))] : own
}

/** The list `packages:` of a pnpm-workspace.yaml, in block or flow style. */
function listIn(yaml: string): readonly string[] {
  const [, inline, block = ''] = /^packages:[ \t]*(?:\[([^\]]*)\]|((?:\r?\n(?:[ \t]*-.*|[ \t]*#.*|[ \t]*))*))/m.exec(yaml) ?? []
  const items = inline === undefined ? Array.from(block.matchAll(/^[ \t]*-[ \t]+(.*)$/gm), ([, item = '']) => item) : inline.split(',')
  return items.map((item) => item.replace(/\s#.*$/, '').trim().replaceAll(/^['"]|['"]$/g, '')).filter((item) => item !== '')
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')

interface Manifest {
  readonly name?: unknown
  /** A list of patterns, or an object with such a list as `packages` (older Yarn workspaces). */
  readonly workspaces?: unknown
}

/** Empty if the file cannot be parsed: code that depends on it reports the error. */
function manifestOf(folder: string): Manifest {
  try {
    return Object(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))) as Manifest
  } catch {
    return {}
  }
}
