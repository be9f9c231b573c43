/** One writer at a time, among those that know of it. */
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { GangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'

/** Milliseconds that nobody needs for one edit: a lock that is older was left behind. Taking it away could hit that of a third. */
const OLD = 10_000

/** Resolves with what releases it. Throws `GANGWAY_E_HOST_CONFIG` where one was left behind, and errors of the file system. */
export async function lock(path: string): Promise<() => void> {
  for (; ; await sleep(20)) {
    try {
      closeSync(openSync(path, 'wx', 0o600))
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
      if (Date.now() - since > OLD) throw new GangwayError('GANGWAY_E_HOST_CONFIG', `Another gangway seems to have stopped while it edited: remove ${path} if none is at work`)
    }
  }
}
