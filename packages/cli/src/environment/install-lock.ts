/** A lock file per cache entry, so that processes that need the same packages wait instead of installing them twice. */
import { closeSync, openSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '../errors.ts'

/** Milliseconds between updates of the lock file, and without an update until its holder is presumed dead. A process id would not work on a disk that several machines share. */
const SIGN_OF_LIFE = 1000
export const DEAD = 10_000
const LOOK = 50

/**
 * Resolves with a function that releases the lock, or with undefined as soon as `done` finds that another process has finished the work.
 * A holder that was suspended for longer than 10 s may lose its lock. Then two processes do the same work, and the first to finish wins.
 */
export async function lockUnless<T>(lock: string, done: () => T | undefined): Promise<{ readonly release: () => void } | { readonly result: T }> {
  for (; ; await sleep(LOOK)) {
    const result = done()
    if (result !== undefined) return { result }
    if (take(lock)) return { release: hold(lock) }
    discardDead(lock)
  }
}

function take(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function hold(lock: string): () => void {
  const timer = setInterval(() => {
    try {
      utimesSync(lock, new Date(), new Date())
    } catch {
      // The cache was cleared.
    }
  }, SIGN_OF_LIFE)
  timer.unref()
  const release = (): void => {
    clearInterval(timer)
    process.off('exit', release)
    rmSync(lock, { force: true })
  }
  process.once('exit', release)
  return release
}

/** A rename, because of two processes that see a dead holder only one may remove its lock. */
function discardDead(lock: string): void {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
  if (since === undefined || Date.now() - since < DEAD) return
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
    rmSync(aside, { force: true })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}
