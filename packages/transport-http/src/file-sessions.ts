/** `fileSessions()`: a session store that writes one file for each session. Several processes on one machine can share the folder. */
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkNumbers, checkOptions, limitOf, type NumberRules } from '@gangway/core/internal'
import { parseSession, type SessionStore } from './session-store.ts'

export interface FileSessionsOptions {
  /** Maximum number of files in the folder. Above it, the least recently used sessions are deleted. @default 100,000 */
  maxSessions?: number
  /** Maximum bytes of all files together. Above it, the least recently used sessions are deleted. @default 268,435,456 */
  maxBytes?: number
}

const NUMBERS: NumberRules<FileSessionsOptions> = { maxSessions: limitOf('sessions'), maxBytes: limitOf('bytes') }

const UUID = '[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}'
/** The format of session ids. Ids come from clients, so nothing else may become part of a path. */
const ID = new RegExp(`^${UUID}$`)
/** The file of a session. */
const SESSION = new RegExp(`^${UUID}\\.json$`)
/** The file of a session, or a temporary file that was left behind. Other files in the folder are not touched. */
const FILE = new RegExp(`^${UUID}\\.json(\\.${UUID})?$`)

/** The share of a limit that is kept when files are deleted, so that not every new file makes the store read the folder. */
const KEPT_SHARE = 0.9
/** Number of files examined concurrently. */
const SIDE_BY_SIDE = 64

interface Found {
  readonly path: string
  readonly isSession: boolean
  /** Time of the last use, in milliseconds since 1970. */
  readonly used: number
  readonly bytes: number
}

/**
 * Stores sessions in a folder, which is created when needed: `http({ sessionStore: fileSessions('/var/lib/app/sessions') })`.
 * Several processes on one machine can share it. Files are replaced atomically, so a killed process leaves either the old or the new state.
 * Throws `GANGWAY_E_USAGE` for invalid options.
 */
export function fileSessions(folder: string, options: FileSessionsOptions = {}): SessionStore {
  checkOptions('fileSessions()', options, NUMBERS)
  checkNumbers(options, NUMBERS)
  const { maxSessions = 100_000, maxBytes = 2 ** 28 } = options
  const pathOf = (id: string): string => join(folder, `${id}.json`)
  /** Files and bytes of the last scan, plus everything written since. Undefined until the folder has been scanned. */
  let kept: { files: number; bytes: number } | undefined
  let trimming: Promise<void> | undefined

  /** Deletes the least recently used files if a limit is exceeded. */
  const trim = async (): Promise<void> => {
    const found = (await filesIn(folder)).toSorted((a, b) => a.used - b.used)
    let files = found.length
    let bytes = found.reduce((sum, file) => sum + file.bytes, 0)
    const isFull = files > maxSessions || bytes > maxBytes
    for (const file of isFull ? found : []) {
      if (files <= maxSessions * KEPT_SHARE && bytes <= maxBytes * KEPT_SHARE) break
      await removeUnlessRenewed(file, file.used + 1)
      files--
      bytes -= file.bytes
    }
    kept = { files, bytes }
  }

  return {
    async get(id) {
      if (!ID.test(id)) return undefined
      const text = await readFile(pathOf(id), 'utf8').catch(ignoreMissing)
      return text === undefined ? undefined : parse(id, text)
    },
    async set(session) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = `${pathOf(session.id)}.${crypto.randomUUID()}`
      const text = JSON.stringify(session)
      await writeFile(draft, text, { mode: 0o600 })
      const used = new Date(session.lastUsed)
      await utimes(draft, used, used) // `expire()` compares this time and does not need to read the file.
      await rename(draft, pathOf(session.id))
      if (kept) {
        kept.files++
        kept.bytes += Buffer.byteLength(text)
      }
      if (kept && kept.files <= maxSessions && kept.bytes <= maxBytes) return
      await (trimming ??= trim().finally(() => (trimming = undefined)))
    },
    async delete(id) {
      if (ID.test(id)) await rm(pathOf(id), { force: true })
    },
    async expire(before) {
      for (const file of await filesIn(folder)) if (file.used < before) await removeUnlessRenewed(file, before)
    },
  }
}

/** Lists the session files and temporary files in the folder. */
async function filesIn(folder: string): Promise<Found[]> {
  const names = ((await readdir(folder).catch(ignoreMissing)) ?? []).filter((name) => FILE.test(name))
  const found: Found[] = []
  for (let start = 0; start < names.length; start += SIDE_BY_SIDE) {
    const some = names.slice(start, start + SIDE_BY_SIDE).map(async (name): Promise<Found | undefined> => {
      const path = join(folder, name)
      const status = await stat(path).catch(ignoreMissing)
      return status && { path, isSession: SESSION.test(name), used: status.mtimeMs, bytes: status.size }
    })
    for (const file of await Promise.all(some)) if (file) found.push(file)
  }
  return found
}

/**
 * Deletes the file unless it was used at or after `before`. Another process may replace the file at any time, so it is first moved away.
 * If the moved file turns out to be in use, it is moved back, unless a newer one has taken its place.
 */
async function removeUnlessRenewed({ path, isSession }: Found, before: number): Promise<void> {
  if (!isSession) return rm(path, { force: true })
  const moved = `${path}.${crypto.randomUUID()}`
  const isMoved = await rename(path, moved).then(() => true, ignoreMissing)
  if (!isMoved) return
  const status = await stat(moved).catch(ignoreMissing)
  if (status && status.mtimeMs >= before) await link(moved, path).catch(ignoreTaken)
  await rm(moved, { force: true })
}

/** Returns undefined for a truncated file or one that holds no valid session: other programs may write to the folder. */
function parse(id: string, text: string): ReturnType<typeof parseSession> {
  try {
    return parseSession(id, JSON.parse(text))
  } catch {
    return undefined
  }
}

const ignoreMissing = (error: unknown): undefined => ignore(error, 'ENOENT')
const ignoreTaken = (error: unknown): undefined => ignore(error, 'EEXIST')

function ignore(error: unknown, code: string): undefined {
  if (error instanceof Error && 'code' in error && error.code === code) return undefined
  throw error
}
