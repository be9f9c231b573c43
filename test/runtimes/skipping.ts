/** Tests of what is not there. */
import { beforeEach } from 'vitest'

/** Skips the tests around it if there is a reason, and says it. With `CI=true` a skipped test has failed (`.ci/count.mjs`). */
export function skipFor(reason: string | undefined): void {
  if (!reason) return
  console.warn(reason)
  beforeEach(({ skip }) => skip(reason))
}
