/** Cache entries: folders that npm installed into. An entry appears complete or not at all, and never changes. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { cacheDirectory } from '../cache-directory.ts'
import { codeOf, messageOf } from '../errors.ts'
import { lockUnless } from './install-lock.ts'

export type EntryKind = 'packages' | 'node'

const UNFINISHED = '.unfinished-'
/** Milliseconds after which an unfinished folder is treated as discarded. */
const ABANDONED = 24 * 60 * 60 * 1000

/** The newest version of the entry. `--refresh` keeps the old one, because running servers may use it. */
export function findEntry(kind: EntryKind, key: string): string | undefined {
  const folder = cacheDirectory(kind)
  if (folder === undefined) return undefined
  const newest = names(folder)
    .filter((name) => name === key || name.startsWith(`${key}.`))
    .toSorted()
    .at(-1)
  return newest && join(folder, newest)
}

export interface EntryRequest {
  readonly kind: EntryKind
  readonly key: string
  /** Whether to create a new version if the entry exists. */
  readonly refresh: boolean
  /** Fills a temporary folder, which is renamed when it is complete. */
  readonly fill: (folder: string) => Promise<void>
}

/** If several processes need the same entry, one creates it and the others wait. */
export async function makeEntry(request: EntryRequest): Promise<string> {
  const { kind, key, refresh } = request
  if (refresh) return make(request)
  const parent = folderOf(kind)
  const lock = await guarded(parent, () => lockUnless(join(parent, `.lock-${key}`), () => findEntry(kind, key)))
  if ('result' in lock) return lock.result
  try {
    return await make(request)
  } finally {
    lock.release()
  }
}

async function make({ kind, key, refresh, fill }: EntryRequest): Promise<string> {
  const folder = newFolder(kind)
  const discard = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', discard)
  try {
    await fill(folder)
    const made = refresh ? undefined : findEntry(kind, key)
    if (made === undefined) return settle(folder, join(dirname(folder), key))
    discard() // Another process took over the lock and finished first.
    return made
  } catch (error) {
    discard()
    throw error
  } finally {
    process.off('exit', discard)
  }
}

function settle(folder: string, target: string): string {
  const name = statSync(target, { throwIfNoEntry: false }) ? `${target}.${Date.now().toString(36)}` : target
  try {
    renameSync(folder, name)
    return name
  } catch (error) {
    if (!statSync(name, { throwIfNoEntry: false })) throw error
    rmSync(folder, { recursive: true, force: true }) // Another process has just created the same entry.
    return name
  }
}

function folderOf(kind: EntryKind): string {
  const folder = cacheDirectory(kind)
  if (folder === undefined) throw noCache()
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return folder
  } catch (cause) {
    throw cacheFault(cause, folder)
  }
}

/** Converts errors to `GANGWAY_E_CACHE_FOLDER`. */
async function guarded<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cacheFault(cause, folder)
  }
}

function newFolder(kind: EntryKind): string {
  const folder = folderOf(kind)
  try {
    for (const name of names(folder)) {
      const path = join(folder, name)
      const begun = name.startsWith(UNFINISHED) ? statSync(path, { throwIfNoEntry: false })?.mtimeMs : undefined
      if (begun !== undefined && Date.now() - begun > ABANDONED) rmSync(path, { recursive: true, force: true })
    }
    return mkdtempSync(join(folder, UNFINISHED))
  } catch (cause) {
    throw cacheFault(cause, folder)
  }
}

export const noCache = (): GangwayError => new GangwayError('GANGWAY_E_CACHE_FOLDER', 'This user has no home directory for the cache. Set XDG_CACHE_HOME to a writable folder')

export function cacheFault(cause: unknown, folder: string): GangwayError {
  return new GangwayError('GANGWAY_E_CACHE_FOLDER', `Cannot write to the cache ${folder} (${String(codeOf(cause) ?? messageOf(cause))}). Make it writable, or set XDG_CACHE_HOME to another folder`, { cause })
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // The cache does not exist yet.
  }
}
