/** A session store in a folder: one file a session, which several processes on one machine may share. */
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkNumbers, limitOf, type NumberRules } from '@gangway/core'
import { parseSession, type SessionStore } from './session-store.ts'

export interface FileSessionsOptions {
  /** Files in the folder. When there are more, those of the sessions that were used least recently are deleted. @default 100,000 */
  maxSessions?: number
  /** The same for their bytes. @default 268,435,456 */
  maxBytes?: number
}

const NUMBERS: NumberRules<FileSessionsOptions> = { maxSessions: limitOf('sessions'), maxBytes: limitOf('bytes') }

const UUID = '[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}'
/** What ids of ours look like: nothing else becomes part of a path. */
const ID = new RegExp(`^${UUID}$`)
/** A session. */
const SESSION = new RegExp(`^${UUID}\\.json$`)
/** A session, or a draft that never replaced one. Other files in the folder are not touched. */
const FILE = new RegExp(`^${UUID}\\.json(\\.${UUID})?$`)

/** The part of a bound that is left after a deletion, so that not every new file makes us read the folder. */
const KEPT_SHARE = 0.9
/** Files looked at side by side. */
const SIDE_BY_SIDE = 64

interface Found {
  readonly path: string
  readonly isSession: boolean
  /** Milliseconds since 1970. */
  readonly used: number
  readonly bytes: number
}

/**
 * A store in a folder, which several processes of one machine may share. Files are replaced whole, so a killed process leaves the last state or the one before it.
 * The folder is made when it is needed. Throws `GANGWAY_E_USAGE`.
 */
export function fileSessions(folder: string, { maxSessions = 100_000, maxBytes = 2 ** 28 }: FileSessionsOptions = {}): SessionStore {
  checkNumbers({ maxSessions, maxBytes }, NUMBERS)
  const pathOf = (id: string): string => join(folder, `${id}.json`)
  /** What was found last, and all that was written since. Undefined until the folder is read. */
  let kept: { files: number; bytes: number } | undefined
  let trimming: Promise<void> | undefined

  /** Deletes the files that were used least recently until there is room. */
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
      await utimes(draft, used, used) // Expiry goes by this time, without reading the file.
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

/** The sessions and drafts in the folder. */
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

/** Another process may replace the file at any time. So it is moved away first, and put back if what was moved is in use; one that is newer still stays. */
async function removeUnlessRenewed({ path, isSession }: Found, before: number): Promise<void> {
  if (!isSession) return rm(path, { force: true })
  const moved = `${path}.${crypto.randomUUID()}`
  const isMoved = await rename(path, moved).then(() => true, ignoreMissing)
  if (!isMoved) return
  const status = await stat(moved).catch(ignoreMissing)
  if (status && status.mtimeMs >= before) await link(moved, path).catch(ignoreTaken)
  await rm(moved, { force: true })
}

/** Undefined for what is torn, or no session: others may write to the folder, too. */
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
