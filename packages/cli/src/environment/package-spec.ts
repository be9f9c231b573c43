/** Parses package specs such as `zod@4` and `./lib`, and computes their identity in the cache. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { fileFault } from '../user-file.ts'

export interface PackageSpec {
  /** The spec for npm. Paths are absolute. */
  readonly text: string
  /** Undefined if only the installed package reveals it. */
  readonly name: string | undefined
  /** Undefined for any version. */
  readonly range: string | undefined
  /** The option or setting that names it, such as `--with`. */
  readonly origin: string
  /** The cache key. For local packages it depends on their content. */
  readonly identity: string
}

/** Without a leading `-`, which npm would parse as an option, and without `:`. */
const REGISTRY = /^(?<name>(?:@[\w~][\w.~-]*\/)?[\w~][\w.~-]*)(?:@(?<range>.*))?$/
const REMOTE = /^[a-z][a-z+]+:/i
const LOCAL = /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|[a-z]:[\\/]|file:)/i
const TARBALL = /\.(?:tgz|tar\.gz|tar)$/

/** `folder` is the base of relative paths. Throws `GANGWAY_E_USAGE` and `GANGWAY_E_PACKAGE_NOT_FOUND`. */
export function parsePackage(text: string, origin: string, folder: string): PackageSpec {
  if (LOCAL.test(text) || (TARBALL.test(text) && !REMOTE.test(text))) return local(resolve(folder, text.replace(/^file:(\/\/)?/, '')), origin)
  const { name, range } = REGISTRY.exec(text)?.groups ?? {}
  if (name === undefined && !REMOTE.test(text)) {
    throw new GangwayError('GANGWAY_E_USAGE', `Invalid ${origin} "${text}": expected a package (zod, zod@4), a tarball or folder (./lib), or a repository (github:owner/name)`)
  }
  return { text, name, range: range || undefined, origin, identity: text }
}

/** Removes duplicates and sorts, so that the order of options does not matter. Throws `GANGWAY_E_PACKAGE_CONFLICT`. */
export function combine(specs: readonly PackageSpec[]): readonly PackageSpec[] {
  const byName = new Map<string, PackageSpec>()
  for (const spec of specs) {
    const key = spec.name ?? spec.text
    const other = byName.get(key)
    if (other?.range !== undefined && spec.range !== undefined && other.range !== spec.range) throw conflict(other, spec)
    if (other?.range === undefined) byName.set(key, spec) // A spec with a version replaces one without.
  }
  return [...byName.values()].toSorted((a, b) => (a.text < b.text ? -1 : 1))
}

export function conflict(one: PackageSpec, other: PackageSpec): GangwayError {
  return new GangwayError('GANGWAY_E_PACKAGE_CONFLICT', `${one.text} (${one.origin}) and ${other.text} (${other.origin}) conflict. Remove one of them`)
}

function local(path: string, origin: string): PackageSpec {
  const fault = fileFault(path)
  if (fault !== undefined && fault !== 'is a folder') throw new GangwayError('GANGWAY_E_PACKAGE_NOT_FOUND', `${path} ${fault} (${origin}). Pass a tarball or a folder`)
  if (fault === undefined) return { text: path, name: undefined, range: path, origin, identity: `${path} ${hash(readFileSync(path))}` }
  return { text: path, name: nameIn(join(path, 'package.json'), origin), range: path, origin, identity: `${path} ${hash(inventory(path))}` }
}

function nameIn(manifest: string, origin: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_PACKAGE_NOT_FOUND', `Cannot read ${manifest}, so the folder is not a package (${origin}). Create the file with npm init`, { cause })
  }
}

/** Uses sizes and times instead of contents, because the folder may be large and is checked at every start. */
function inventory(folder: string): string {
  const lines: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === '.git') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) lines.push(inventory(path))
    else if (entry.isFile()) {
      const { size, mtimeMs } = statSync(path)
      lines.push(`${path} ${size} ${mtimeMs}`)
    }
  }
  return lines.toSorted().join('\n')
}

export const hash = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex').slice(0, 32)
