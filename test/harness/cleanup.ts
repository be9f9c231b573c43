/**
 * Cleans up after tests. Files that run in one worker share their modules, so a hook in a shared module would run for the first of them only:
 * shared modules register their cleanup here, and `cleanup-hooks.ts`, which vitest runs for each file, calls it.
 */

type Cleanup = () => unknown

const ofTest: Cleanup[] = []
const ofFile: Cleanup[] = []

/** Runs `work` once, when the current test is over. The last registered runs first. */
export const afterTest = (work: Cleanup): void => void ofTest.push(work)

/** Runs `work` once, when the current file is over. The last registered runs first. */
export const afterFile = (work: Cleanup): void => void ofFile.push(work)

export const cleanUpTest = (): Promise<void> => runAll(ofTest.splice(0))
export const cleanUpFile = (): Promise<void> => runAll(ofFile.splice(0))

/** Runs all of them, even if some fail, and then throws the first error. */
async function runAll(works: readonly Cleanup[]): Promise<void> {
  const errors: unknown[] = []
  for (const work of works.toReversed()) {
    try {
      await work()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
