/** Changes a configuration file so that neither a crash nor another writer costs anybody an edit. */
import { chmodSync, chownSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError, isGangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'
import { fileFault } from '../user-file.ts'
import { lock } from './lock-file.ts'

export interface Change {
  /** Links followed. */
  readonly file: string
  /** Undefined if there was no file. */
  readonly before: string | undefined
  readonly after: string
  /** The file as it was, if it was and has changed. */
  readonly backup?: string
}

type Edit = (text: string) => string

/** What `writeConfig` would do. */
export function previewConfig(path: string, edit: Edit): Change {
  return reported(path, () => {
    const file = followed(path)
    const before = read(file)
    return { file, before, after: edit(before ?? '') }
  })
}

/**
 * Reads, edits and replaces the file as one step; `edit` may run more than once, for hosts know no lock and write, too.
 * Throws `GANGWAY_E_HOST_CONFIG`, and what `edit` throws, with the file as it was.
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

/** False if somebody else has written meanwhile. */
function replace({ file, before, after }: Change): boolean {
  const old = statSync(file, { throwIfNoEntry: false })
  // A rename would replace it all the same.
  if (old && (old.mode & 0o222) === 0) throw new GangwayError('GANGWAY_E_HOST_CONFIG', `${file} is read-only and was left as it is: make it writable, or name another with --config-path`)
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

/** The latest only: they hold secrets, too. */
const backupOf = (file: string): string => `${file}.gangway.bak`

/** With the rights of the old file; a new one is for its user alone, since it may hold secrets. */
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
  if (old.uid !== process.getuid?.()) chownSync(path, old.uid, old.gid) // With sudo it would become root's.
  chmodSync(path, old.mode)
}

/** A link may lead to a file that is still to come. */
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

/** Bytes that are not UTF-8 would not survive. Only a regular file can be replaced by a rename without becoming something else. */
function read(file: string): string | undefined {
  const fault = fileFault(file)
  if (fault === 'does not exist') return undefined
  if (fault !== undefined) throw new GangwayError('GANGWAY_E_HOST_CONFIG', `${file} ${fault}, and a configuration is a regular file: name another file with --config-path`)
  const bytes = readFileSync(file)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new GangwayError('GANGWAY_E_HOST_CONFIG', `${file} was left as it is, for it is not UTF-8: save it as UTF-8`, { cause: error })
  }
}

function reported<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explained(path, error)
  }
}

/** What the system says of a file, in our words; other errors as they are. */
function explained(path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === undefined || isGangwayError(error)) return error
  const fault = code === 'EISDIR' ? 'is a folder' : code === 'ELOOP' ? 'is a symbolic link that leads to itself' : `cannot be read or written (${String(code)})`
  return new GangwayError('GANGWAY_E_HOST_CONFIG', `${resolve(path)} ${fault}: check the path and its rights, or name another file with --config-path`, { cause: error })
}
