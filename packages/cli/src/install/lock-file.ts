/** A lock file, so that only one gangway edits a file at a time. */
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { GangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'

/** Milliseconds after which a lock is presumed abandoned. It is not removed automatically, which could remove the new lock of another process. */
const OLD = 10_000

/** Resolves with a function that releases the lock. Throws `GANGWAY_E_HOST_CONFIG` for an abandoned lock, and errors of the file system. */
export async function lock(path: string): Promise<() => void> {
  for (; ; await sleep(20)) {
    try {
      closeSync(openSync(path, 'wx', 0o600))
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
      if (Date.now() - since > OLD) throw new GangwayError('GANGWAY_E_HOST_CONFIG', `The lock file ${path} seems abandoned. If no other gangway is running, remove it`)
    }
  }
}
