/** The folders of the cache that hold what npm installed: each is there as a whole or not at all, and never changes. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { cacheDirectory } from '../cache-directory.ts'
import { codeOf, messageOf } from '../errors.ts'
import { lockUnless } from './install-lock.ts'

export type EntryKind = 'packages' | 'node'

const UNFINISHED = '.unfinished-'
/** Milliseconds after which nobody can be working on an unfinished folder any more. */
const ABANDONED = 24 * 60 * 60 * 1000

/** The newest one, for whoever refreshes an entry leaves the old one to those who run on it. */
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
  /** Whether to make another one of an entry that exists. */
  readonly refresh: boolean
  /** Fills a separate folder, which gets its name when it is complete. Nobody ever sees half an entry. */
  readonly fill: (folder: string) => Promise<void>
}

/** Of processes that want the same entry at the same time, one makes it and the others wait for it. */
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
  const abandon = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', abandon)
  try {
    await fill(folder)
    const made = refresh ? undefined : findEntry(kind, key)
    if (made === undefined) return settle(folder, join(dirname(folder), key))
    abandon() // Another process took the lock over, and was faster.
    return made
  } catch (error) {
    abandon()
    throw error
  } finally {
    process.off('exit', abandon)
  }
}

function settle(folder: string, target: string): string {
  const name = statSync(target, { throwIfNoEntry: false }) ? `${target}.${Date.now().toString(36)}` : target
  try {
    renameSync(folder, name)
    return name
  } catch (error) {
    if (!statSync(name, { throwIfNoEntry: false })) throw error
    rmSync(folder, { recursive: true, force: true }) // Somebody else has just made the same.
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

/** Throws what goes wrong in the cache as `GANGWAY_E_CACHE_FOLDER`. */
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

export const noCache = (): GangwayError => new GangwayError('GANGWAY_E_CACHE_FOLDER', 'This user has no home to keep a cache in: set XDG_CACHE_HOME to a folder of its own')

export function cacheFault(cause: unknown, folder: string): GangwayError {
  return new GangwayError('GANGWAY_E_CACHE_FOLDER', `Cannot write to ${folder} (${String(codeOf(cause) ?? messageOf(cause))}): make it writable, or set XDG_CACHE_HOME to another folder`, { cause })
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // Nothing was kept yet.
  }
}
