/** Edits a host's configuration file without losing data in a crash or to a concurrent writer. */
import { chmodSync, chownSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError, isGangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'
import { fileFault } from '../user-file.ts'
import { lock } from './lock-file.ts'

export interface Change {
  /** The real path. */
  readonly file: string
  /** Undefined if the file did not exist. */
  readonly before: string | undefined
  readonly after: string
  /** A copy of the previous file, if it existed and changed. */
  readonly backup?: string
}

type Edit = (text: string) => string

/** Returns the change that `writeConfig` would make. */
export function previewConfig(path: string, edit: Edit): Change {
  return reported(path, () => {
    const file = followed(path)
    const before = read(file)
    return { file, before, after: edit(before ?? '') }
  })
}

/**
 * Replaces the file atomically. `edit` runs again if a host, which ignores the lock, has changed the file.
 * Throws `GANGWAY_E_HOST_CONFIG` and the errors of `edit`, and then leaves the file unchanged.
 */
export async function writeConfig(path: string, edit: Edit): Promise<Change> {
  let change = previewConfig(path, edit)
  if (change.after === change.before) return change
  reported(path, () => mkdirSync(dirname(change.file), { recursive: true }))
  const release = await lock(`${change.file}.gangway.lock`).catch((error: unknown) => {
    throw explained(path, error)
  })
  try {
    for (;;) {
      change = previewConfig(path, edit)
      if (change.after === change.before) return change
      if (reported(path, () => replace(change))) return change.before === undefined ? change : { ...change, backup: backupOf(change.file) }
    }
  } finally {
    release()
  }
}

/** False if another process has changed the file. */
function replace({ file, before, after }: Change): boolean {
  const old = statSync(file, { throwIfNoEntry: false })
  // A rename would replace even a read-only file.
  if (old && (old.mode & 0o222) === 0) throw new GangwayError('GANGWAY_E_HOST_CONFIG', `${file} is read-only and was not changed. Make it writable, or choose another file with --config-path`)
  const draft = `${file}.gangway.tmp`
  try {
    writeAs(draft, after, old)
    if (before !== undefined) writeAs(backupOf(file), before, old)
    if (read(file) !== before) return false
    renameSync(draft, file)
    return true
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Only one backup, because it may contain secrets. */
const backupOf = (file: string): string => `${file}.gangway.bak`

/** Keeps the permissions of the old file. Only the user can read a new one, because it may contain secrets. */
function writeAs(path: string, text: string, old: Stats | undefined): void {
  rmSync(path, { force: true })
  const handle = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  if (!old) return
  if (old.uid !== process.getuid?.()) chownSync(path, old.uid, old.gid) // With sudo, the new file would belong to root.
  chmodSync(path, old.mode)
}

/** A link may point to a file that does not exist yet. */
function followed(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    const link = linkIn(path)
    return link === undefined ? resolve(path) : followed(resolve(dirname(path), link))
  }
}

function linkIn(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** Rejects files that are not UTF-8, because decoding would lose bytes, and anything but regular files. */
function read(file: string): string | undefined {
  const fault = fileFault(file)
  if (fault === 'does not exist') return undefined
  if (fault !== undefined) throw new GangwayError('GANGWAY_E_HOST_CONFIG', `${file} ${fault}. Choose a regular file with --config-path`)
  const bytes = readFileSync(file)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new GangwayError('GANGWAY_E_HOST_CONFIG', `${file} is not valid UTF-8 and was not changed. Save it as UTF-8`, { cause: error })
  }
}

function reported<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explained(path, error)
  }
}

/** Rewords errors of the file system. Returns other errors unchanged. */
function explained(path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === undefined || isGangwayError(error)) return error
  const fault = code === 'EISDIR' ? 'is a folder' : code === 'ELOOP' ? 'is a symbolic link to itself' : `cannot be read or written (${String(code)})`
  return new GangwayError('GANGWAY_E_HOST_CONFIG', `${resolve(path)} ${fault}. Check the path and its permissions, or choose another file with --config-path`, { cause: error })
}
