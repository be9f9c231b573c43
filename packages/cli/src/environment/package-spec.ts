/** A package as somebody asked for it: which one npm is to install, and what it must not be confused with in the cache. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { fileFault } from '../user-file.ts'

export interface PackageSpec {
  /** As npm takes it; paths are absolute. */
  readonly text: string
  /** Undefined where only the package itself could tell. */
  readonly name: string | undefined
  /** Undefined if any version will do. */
  readonly range: string | undefined
  /** Who asked for it, such as `--with`. */
  readonly origin: string
  /** The same for the same package: of what lies on this machine, its content. */
  readonly identity: string
}

/** A name can hold neither a leading `-`, which npm would take for an option, nor a `:`. */
const REGISTRY = /^(?<name>(?:@[\w~][\w.~-]*\/)?[\w~][\w.~-]*)(?:@(?<range>.*))?$/
const REMOTE = /^[a-z][a-z+]+:/i
const LOCAL = /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|[a-z]:[\\/]|file:)/i
const TARBALL = /\.(?:tgz|tar\.gz|tar)$/

/** `folder` is what a relative path starts from. Throws `GANGWAY_E_USAGE` and `GANGWAY_E_PACKAGE_NOT_FOUND`. */
export function parsePackage(text: string, origin: string, folder: string): PackageSpec {
  if (LOCAL.test(text) || (TARBALL.test(text) && !REMOTE.test(text))) return local(resolve(folder, text.replace(/^file:(\/\/)?/, '')), origin)
  const { name, range } = REGISTRY.exec(text)?.groups ?? {}
  if (name === undefined && !REMOTE.test(text)) {
    throw new GangwayError('GANGWAY_E_USAGE', `${origin} cannot be '${text}': name a package (zod, zod@4), a tarball or a folder (./lib), or a repository (github:owner/name)`)
  }
  return { text, name, range: range || undefined, origin, identity: text }
}

/** Each once, in an order that does not depend on who asked first. Throws `GANGWAY_E_PACKAGE_CONFLICT`. */
export function combine(specs: readonly PackageSpec[]): readonly PackageSpec[] {
  const byName = new Map<string, PackageSpec>()
  for (const spec of specs) {
    const key = spec.name ?? spec.text
    const other = byName.get(key)
    if (other?.range !== undefined && spec.range !== undefined && other.range !== spec.range) throw conflict(other, spec)
    if (other?.range === undefined) byName.set(key, spec) // One that names a version stands for one that does not.
  }
  return [...byName.values()].toSorted((a, b) => (a.text < b.text ? -1 : 1))
}

export function conflict(one: PackageSpec, other: PackageSpec): GangwayError {
  return new GangwayError('GANGWAY_E_PACKAGE_CONFLICT', `${one.text} (${one.origin}) and ${other.text} (${other.origin}) cannot both be had: leave one out`)
}

function local(path: string, origin: string): PackageSpec {
  const fault = fileFault(path)
  if (fault !== undefined && fault !== 'is a folder') throw new GangwayError('GANGWAY_E_PACKAGE_NOT_FOUND', `${path} ${fault} (${origin}): name a tarball or a folder`)
  if (fault === undefined) return { text: path, name: undefined, range: path, origin, identity: `${path} ${hash(readFileSync(path))}` }
  return { text: path, name: nameIn(join(path, 'package.json'), origin), range: path, origin, identity: `${path} ${hash(inventory(path))}` }
}

function nameIn(manifest: string, origin: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch (cause) {
    throw new GangwayError('GANGWAY_E_PACKAGE_NOT_FOUND', `${manifest} cannot be read, so its folder is no package (${origin}): make one there with npm init`, { cause })
  }
}

/** Sizes and times stand for contents: a folder is looked at on each start, and may be large. */
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
