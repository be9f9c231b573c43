/** A session store in a folder: one file a session, which several processes on one machine may share. */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSession, type SessionStore } from './session-store.ts'

const UUID = '[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}'
/** What ids of ours look like: nothing else becomes part of a path. */
const ID = new RegExp(`^${UUID}$`)
/** A session, or the draft of one that never came to replace it. Nothing else in the folder is ours. */
const FILE = new RegExp(`^${UUID}\\.json(\\.${UUID})?$`)

/** Files are replaced whole, so that whatever kills the process leaves the last state or the one before it. The folder is made when it is needed. */
export function fileSessions(folder: string): SessionStore {
  const pathOf = (id: string): string => join(folder, `${id}.json`)
  return {
    async get(id) {
      if (!ID.test(id)) return undefined
      const text = await readFile(pathOf(id), 'utf8').catch(ignoreMissing)
      return text === undefined ? undefined : parse(id, text)
    },
    async set(session) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = `${pathOf(session.id)}.${crypto.randomUUID()}`
      await writeFile(draft, JSON.stringify(session), { mode: 0o600 })
      const used = new Date(session.lastUsed)
      await utimes(draft, used, used) // So that it is known without reading which have expired.
      await rename(draft, pathOf(session.id))
    },
    async delete(id) {
      if (ID.test(id)) await rm(pathOf(id), { force: true })
    },
    async expire(before) {
      for (const name of (await readdir(folder).catch(ignoreMissing)) ?? []) {
        if (!FILE.test(name)) continue
        const path = join(folder, name)
        const found = await stat(path).catch(ignoreMissing)
        if (found && found.mtimeMs < before) await rm(path, { force: true })
      }
    },
  }
}

/** Undefined for what is torn, or no session: others may write to the folder, too. */
function parse(id: string, text: string): ReturnType<typeof parseSession> {
  try {
    return parseSession(id, JSON.parse(text))
  } catch {
    return undefined
  }
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
